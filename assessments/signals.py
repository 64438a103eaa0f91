"""News from assessments. Sent after the row that proves it is written, inside the same transaction."""

from django.dispatch import Signal

attempt_graded = Signal()
"""Sent by ``services.submit`` and by regrading. Carries ``attempt_id``, ``passed`` and ``regraded``."""
