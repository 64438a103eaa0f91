"""News from courses. Sent after the row that proves it is written, inside the same transaction."""

from django.dispatch import Signal

course_completed = Signal()
"""Sent by ``services.mark_step_done`` once, when ``Enrolment.completed_at`` is written. Carries ``enrolment_id``."""
