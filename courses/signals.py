"""News from courses. Sent after the row that proves it is written, inside the same transaction."""

from django.dispatch import Signal

step_done = Signal()
"""Sent by ``services.mark_step_done`` the first time. Carries ``enrolment_id`` and ``step_key``."""

course_completed = Signal()
"""Sent by ``services.mark_step_done`` once, when ``Enrolment.completed_at`` is written. Carries ``enrolment_id``."""
