"""News from accounts."""

from django.dispatch import Signal

role_changed = Signal()
"""Sent by ``services.set_role`` after the row is written. Carries ``user_id`` and ``role``."""
