"""Bulk work on assessments: marking attempts again, and questions from a file."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale

from assessments.enums import Decision, Difficulty, MarkOutcome
from assessments.models.bank import Assessment, QuestionBank
from assessments.models.records import Attempt
from courses.models import Skill
from lms.lib.runs import Run


class RegradeRun(Run):
    """Marking the attempts of an assessment again. Checking writes a row for each mark that would change."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="regrade_runs")
    question_key = models.UUIDField(null=True, editable=False)  # one question that was wrong; else all as they are now
    decision = models.CharField(max_length=4, choices=Decision.choices, blank=True, editable=False)
    reason = models.CharField(max_length=300, blank=True, editable=False)
    may_lower = models.BooleanField(default=False)
    last_checked = models.UUIDField(null=True, editable=False)  # attempts are checked in the order of their keys

    class Meta(Run.Meta):
        verbose_name = _("re-marking")
        verbose_name_plural = _("re-markings")


class RegradedMark(models.Model):
    """One mark that a run would change, and what became of it."""

    run = models.ForeignKey(RegradeRun, models.CASCADE, related_name="rows")
    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="+")
    old_score = models.DecimalField(max_digits=5, decimal_places=2)
    old_passed = models.BooleanField()
    new_score = models.DecimalField(max_digits=5, decimal_places=2)
    new_passed = models.BooleanField()
    is_lowered = models.BooleanField()
    outcome = models.CharField(max_length=8, choices=MarkOutcome.choices, default=MarkOutcome.WAITING)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["run", "attempt"], name="regraded_mark_once"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.old_score} {self.new_score}"


class QuestionImportRun(Run):
    """Questions from a file into a bank. The file and what was read in it are files beside the row."""

    bank = models.ForeignKey(QuestionBank, models.CASCADE, related_name="+")
    skill = models.ForeignKey(Skill, models.CASCADE, related_name="+")
    difficulty = models.PositiveSmallIntegerField(choices=Difficulty.choices)
    locale = models.ForeignKey(Locale, models.CASCADE, related_name="+")
    live = models.BooleanField()
    added = models.PositiveIntegerField(default=0, editable=False)
    known = models.PositiveIntegerField(default=0, editable=False)
    renewed = models.PositiveIntegerField(default=0, editable=False)  # known, with a new version
    left_out = models.PositiveIntegerField(default=0, editable=False)  # questions in the file that came back
    failed = models.JSONField(default=list, editable=False)  # numbers of those that the database refused

    class Meta(Run.Meta):
        verbose_name = _("import of questions")
        verbose_name_plural = _("imports of questions")
