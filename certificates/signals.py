"""News from certificates. Sent after the row that proves it is written, inside the same transaction."""

from django.dispatch import Signal

certificate_issued = Signal()
"""Sent by ``services.issue`` once per certificate. Carries ``certificate_id``."""

certificate_revoked = Signal()
"""Sent by ``services.revoke``. Carries ``certificate_id``."""
