"""News from accounts."""

from django.dispatch import Signal

role_changed = Signal()
"""Sent by ``services.set_role`` after the row is written. Carries ``user_id`` and ``role``."""

learners_created = Signal()
"""Sent by ``enrolling.create_learners`` in its transaction. Carries ``user_ids`` and ``by_id``."""
