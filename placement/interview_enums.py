from django.db import models
from django.utils.translation import gettext_lazy as _


class InterviewHow(models.TextChoices):
    PHONE = "phone", _("by telephone")
    VIDEO = "video", _("by video")
    PLACE = "place", _("face to face")


class InterviewState(models.TextChoices):
    PROPOSED = "proposed", _("times proposed")
    PLANNED = "planned", _("planned")
    NONE_FITS = "none-fits", _("no time suits")
    CANCELLED = "cancelled", _("cancelled")


class InterviewEnd(models.TextChoices):
    """What became of a planned interview, as a side says it; of both together also ``DISPUTED``."""

    HELD = "held", _("it took place")
    LEARNER_MISSED = "no-candidate", _("the candidate did not come")
    EMPLOYER_MISSED = "no-employer", _("the employer did not come")
    DISPUTED = "disputed", _("the two sides say different things")


ENDS = (InterviewEnd.HELD, InterviewEnd.LEARNER_MISSED, InterviewEnd.EMPLOYER_MISSED)
RUNNING = (InterviewState.PROPOSED, InterviewState.PLANNED)
