from django.db import models
from django.utils.translation import gettext_lazy as _


class Difficulty(models.IntegerChoices):
    EASY = 1, _("easy")
    MEDIUM = 2, _("medium")
    HARD = 3, _("hard")


class Purpose(models.TextChoices):
    """What an assessment is for. Only what certifies counts for a certificate and its result."""

    CERTIFYING = "certifying", _("certifying: it counts for the certificate")
    PRACTICE = "practice", _("practice: it proves nothing")


class EvidenceKind(models.TextChoices):
    """What a certifying assessment proves with. From the weakest to the strongest."""

    KNOWLEDGE = "knowledge", _("knowledge test")
    SIMULATION = "simulation", _("work simulation")
    SUPERVISED = "supervised", _("supervised test")


class ShowAnswers(models.TextChoices):
    """When a learner may see which answers were right."""

    NEVER = "never", _("never")
    PASSED = "passed", _("once they have passed")
    SUBMITTED = "submitted", _("after each attempt")


class Decision(models.TextChoices):
    """What becomes of a question that was wrong."""

    FULL = "full", _("full marks to everybody")
    DROP = "drop", _("it does not count")
    KEY = "key", _("the corrected answer counts")


class AllowanceKind(models.TextChoices):
    """What one learner is given beside the rules of an assessment."""

    ATTEMPT = "attempt", _("one more attempt")
    TIME = "time", _("more time")


class GradeReason(models.TextChoices):
    SUBMITTED = "submitted", _("submitted")
    TIME_OVER = "time-over", _("time up")
    REGRADED = "regraded", _("regraded")


class MarkOutcome(models.TextChoices):
    """What became of a mark that a new marking would change."""

    WAITING = "waiting", _("not written")
    CHANGED = "changed", _("written")
    KEPT = "kept", _("kept: the new mark is lower")
    SAME = "same", _("nothing left to change")
    FAILED = "failed", _("could not be marked")
