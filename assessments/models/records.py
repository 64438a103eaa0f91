"""What learners did: attempts drawn once, answers saved as they are given, grades that are only ever added."""

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.enums import Decision, GradeReason
from assessments.models.bank import Assessment, Question
from courses.models import Enrolment
from lms.lib import clock
from lms.lib.append_only import AppendOnly


class Attempt(models.Model):
    """One try. Drawn once with ``seed``; its items keep the question versions they showed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="attempts")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="attempts")
    step_key = models.UUIDField()  # translation_key of the assessment page it was started from
    number = models.PositiveSmallIntegerField()  # 1, 2, 3 ... for this learner
    seed = models.BigIntegerField()
    language = models.CharField(max_length=12)
    started_at = models.DateTimeField(default=timezone.now)
    deadline_at = models.DateTimeField(null=True, blank=True)  # by the database's clock
    submitted_at = models.DateTimeField(null=True, blank=True)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)  # percent, of the newest grade
    passed = models.BooleanField(null=True, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering: ClassVar[list[str]] = ["-started_at"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["enrolment", "assessment", "number"], name="attempt_number_once"),
            models.UniqueConstraint(
                fields=["enrolment", "assessment"], condition=Q(submitted_at=None), name="one_open_attempt"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None, score=None, passed=None)
                | Q(submitted_at__isnull=False, score__isnull=False, passed__isnull=False),
                name="attempt_ends_with_a_mark",
            ),
            models.CheckConstraint(condition=Q(score=None) | Q(score__range=(0, 100)), name="attempt_score_in_percent"),
            models.CheckConstraint(condition=Q(number__gte=1), name="attempt_numbers_from_one"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["deadline_at"], condition=Q(submitted_at=None), name="attempt_open_deadline"),
        ]

    GRACE = timedelta(seconds=30)  # for an answer that was on its way when time ran out

    def __str__(self) -> str:
        return f"{self.enrolment} {self.number}"

    @property
    def percent(self) -> int:
        """Whole percent, rounded down: what is shown never looks like a pass that it is not."""
        return int(self.score or 0)

    @property
    def minutes(self) -> int | None:
        """From the start to handing in, breaks included."""
        return round((self.submitted_at - self.started_at).total_seconds() / 60) if self.submitted_at else None

    def is_overdue(self) -> bool:
        """Its time is over, by the database's clock, and nothing speaks for a jump of it."""
        return self.deadline_at is not None and clock.is_past(self.deadline_at + self.GRACE)


class AttemptItem(models.Model):
    """One drawn question at its place, with the version that was shown."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()  # from 1
    question = models.ForeignKey(Question, models.PROTECT, related_name="items")
    question_key = models.UUIDField()  # the question's translation_key
    revision = models.ForeignKey("wagtailcore.Revision", models.PROTECT, related_name="+")
    section_titles = models.JSONField(default=dict)  # language -> title, frozen
    points = models.PositiveSmallIntegerField(default=1)
    flagged = models.BooleanField(default=False)  # "to read again", their own mark

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["attempt", "position"], name="item_position_once"),
            models.CheckConstraint(condition=Q(points__gte=1, position__gte=1), name="item_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.position}"


class Response(models.Model):
    """An answer as it arrived. The newest row of an item counts; ``key`` makes repeating a save harmless."""

    item = models.ForeignKey(AttemptItem, models.CASCADE, related_name="responses")
    key = models.UUIDField()  # one per form shown or queue entry
    answer = models.JSONField(default=dict)  # as QuestionType.read returned it
    saved_at = models.DateTimeField(default=timezone.now)
    client_at = models.DateTimeField(null=True, blank=True)  # the phone's clock: for information only

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["item", "key"], name="response_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.saved_at:%H:%M:%S}"


class Grade(AppendOnly):
    """Append-only history of what an attempt was worth, by which version of the rules, and why it was computed."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="grades")
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=12, choices=GradeReason.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    grader_version = models.CharField(max_length=20)
    score = models.DecimalField(max_digits=5, decimal_places=2)
    passed = models.BooleanField()
    detail = models.JSONField(default=dict)  # points in all and per skill; those of each question are ``ItemMark``

    class Meta:
        verbose_name = _("grade")
        verbose_name_plural = _("grades")
        ordering: ClassVar[list[str]] = ["at", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=Q(score__range=(0, 100)), name="grade_in_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.score} {self.reason}"


class ItemMark(AppendOnly):
    """What one question of an attempt was worth in one grade. A later grade has rows of its own."""

    grade = models.ForeignKey(Grade, models.CASCADE, related_name="marks")
    item = models.ForeignKey(AttemptItem, models.PROTECT, related_name="marks")
    fraction = models.DecimalField(max_digits=7, decimal_places=6)  # of its points, 0 to 1
    answered = models.BooleanField()
    reason = models.CharField(max_length=200, blank=True)  # why the answer could not be marked

    class Meta:
        verbose_name = _("mark of a question")
        verbose_name_plural = _("marks of questions")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["grade", "item"], name="item_marked_once_in_a_grade"),
            models.CheckConstraint(condition=Q(fraction__range=(0, 1)), name="item_mark_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.fraction}"


class Correction(AppendOnly):
    """What was decided about a question that was wrong. The newest of a question in an assessment counts, for attempts
    that show one of the versions there were then.
    """

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="corrections")
    question_key = models.UUIDField()  # the question's translation_key
    decision = models.CharField(max_length=4, choices=Decision.choices)
    until_revision = models.BigIntegerField()  # later versions are not meant: they were written after it
    reason = models.CharField(max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    run = models.UUIDField(unique=True)  # the bulk work that marked again
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("correction of a question")
        verbose_name_plural = _("corrections of questions")
        ordering: ClassVar[list[str]] = ["at", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["assessment", "question_key"], name="correction_of_question"),
        ]

    def __str__(self) -> str:
        return f"{self.question_key} {self.decision}"
