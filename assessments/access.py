"""Whose banks, questions, assessments and results are whose: those of the courses on which somebody works."""

from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponseBase

from assessments.models import (
    Assessment,
    AssessmentPage,
    AssessmentSection,
    Attempt,
    AttemptItem,
    Question,
    QuestionBank,
    SectionQuestion,
)
from assessments.selectors import AttemptNotFoundError
from cms.rows import Action, has_site_right
from courses.access import course_ids
from courses.cohorts import cohorts_of
from courses.models import CohortMember, Enrolment
from lms.accounts.http import SignedInRequest
from lms.accounts.visibility import visible_to
from lms.lib.http import View, private


def on_own_attempt(view: View) -> View:
    """For pages of one attempt: signed in, never stored, and 404 for what is not theirs."""

    @private
    @login_required
    @wraps(view)
    def wrapped(request: SignedInRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, **kwargs)
        except AttemptNotFoundError as error:
            raise Http404 from error

    return wrapped


def banks_of(user: Any, action: Action, model: type[Model] = QuestionBank) -> QuerySet[QuestionBank]:
    rows = QuestionBank.objects.all()
    return rows if has_site_right(user) else rows.filter(course__in=course_ids(user, action))


def questions_of(user: Any, action: Action, model: type[Model] = Question) -> QuerySet[Question]:
    rows = Question.objects.all()
    return rows if has_site_right(user) else rows.filter(bank__course__in=course_ids(user, action, has_drafts=True))


def assessments_of(user: Any, action: Action, model: type[Model] = Assessment) -> QuerySet[Assessment]:
    rows = Assessment.objects.all()
    return rows if has_site_right(user) else rows.filter(course__in=course_ids(user, action))


def enrolments_to_help(user: Any) -> QuerySet[Enrolment]:
    """Of learners whom this person sees, on the courses that they write or that a group which they lead takes."""
    rows = Enrolment.objects.filter(user__in=visible_to(user).values("pk"))
    if has_site_right(user):
        return rows
    led = CohortMember.objects.filter(
        user=OuterRef("user"), cohort__in=cohorts_of(user).values("pk"), cohort__courses=OuterRef("course")
    )
    return rows.filter(Q(course__in=course_ids(user, "change")) | Exists(led))


def questions_with_files(user: Any) -> tuple[type[Model], list[Any]]:
    return Question, list(questions_of(user, "view").values_list("pk", flat=True))


def kept_banks(rows: QuerySet[QuestionBank]) -> QuerySet[QuestionBank]:
    drawn = AssessmentSection.objects.exclude(bank=None).values("bank")
    return rows.filter(Q(pk__in=Question.objects.values("bank")) | Q(pk__in=drawn))


def kept_questions(rows: QuerySet[Question]) -> QuerySet[Question]:
    """Learners were asked it, in whatever language, or an assessment names it."""
    used = Question.objects.filter(
        Q(pk__in=AttemptItem.objects.values("question")) | Q(pk__in=SectionQuestion.objects.values("question"))
    )
    return rows.filter(translation_key__in=used.values("translation_key"))


def kept_assessments(rows: QuerySet[Assessment]) -> QuerySet[Assessment]:
    placed = AssessmentPage.objects.values("assessment")
    return rows.filter(Q(pk__in=placed) | Q(pk__in=Attempt.objects.values("assessment")))


def steps_with_attempts() -> QuerySet[Any]:
    return Attempt.objects.values_list("step_key", flat=True)


def asked_versions() -> Q:
    """Of questions, those that attempts show; what is live as well stands in the question itself."""
    is_live = Q(question__live_revision__isnull=False, revision=F("question__live_revision"))
    return Q(pk__in=AttemptItem.objects.exclude(is_live).values("revision"))
