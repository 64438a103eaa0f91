from django.db import models
from django.utils.translation import gettext_lazy as _


class Framework(models.TextChoices):
    DIGCOMP = "digcomp", "DigComp 2.2"
    DIGITAL_WORK = "digital-work", _("Digital work")


class Level(models.IntegerChoices):
    """How far a skill goes. 1: guided; 2: alone on ordinary work; 3: alone on hard work, helps others."""

    BASIC = 1, _("level 1, with guidance")
    INDEPENDENT = 2, _("level 2, independent")
    ADVANCED = 3, _("level 3, advanced")


LEVEL_WORDS = {
    Level.BASIC: _("Does it with help, following an example step by step."),
    Level.INDEPENDENT: _("Does ordinary work alone, following a guideline, and checks it."),
    Level.ADVANCED: _("Does hard work alone, decides where the guideline says nothing, and helps others."),
}
"""What somebody can do who has a skill at this level, where the skill has no words of its own."""


class StepKind(models.TextChoices):
    LESSON = "lesson", _("lesson")
    ASSESSMENT = "assessment", _("assessment")


class CourseRoleKind(models.TextChoices):
    """What a person of the team does for one course."""

    AUTHOR = "author", _("author")
    REVIEWER = "reviewer", _("reviewer")


class CallOutcome(models.TextChoices):
    """What came of a call to a learner."""

    REACHED = "reached", _("has answered")
    NO_ANSWER = "no-answer", _("no answer")
    WRONG_NUMBER = "wrong-number", _("wrong number")
    CALL_BACK = "call-back", _("to call back")
