"""Notes about a learner, for whoever may see the account: written, corrected, withdrawn and put back."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.cohorts import members_of
from courses.enums import CallOutcome
from courses.models import Cohort, LearnerNote, NoteWording
from courses.rules import check_note
from lms.accounts.erasing import is_erased, run_at_erasure
from lms.accounts.models import User
from lms.accounts.services import record
from lms.accounts.visibility import visible_to
from lms.lib import sweeps
from lms.lib.locks import hold, locked
from lms.lib.moments import site_day

LONGEST = 1000  # characters of one
MOST_WORDINGS = 10  # that one note had before
PER_PAGE = 10
KEPT, KEPT_WITHDRAWN = timedelta(days=730), timedelta(days=30)


def standing_notes(learner: User) -> QuerySet[LearnerNote]:
    """The newest first."""
    return LearnerNote.objects.filter(learner=learner, withdrawn_at=None).select_related("author")


def notes_for(reader: User, learner: User) -> QuerySet[LearnerNote]:
    """Those that stand, and of the withdrawn their own; managers all."""
    rows = LearnerNote.objects.filter(learner=learner)
    if not reader.is_manager:
        rows = rows.filter(Q(withdrawn_at=None) | Q(author=reader))
    return rows.select_related("author", "withdrawn_by").prefetch_related("before")


def own_notes(author: User, learner: User) -> QuerySet[LearnerNote]:
    """What the author may correct."""
    return LearnerNote.objects.filter(learner=learner, author=author, withdrawn_at=None)


def notes_to_withdraw(user: User, learner: User) -> QuerySet[LearnerNote]:
    """Their own; managers any. Those withdrawn already too: the button may be pressed twice."""
    rows = LearnerNote.objects.filter(learner=learner)
    return rows if user.is_manager else rows.filter(author=user)


def notes_to_put_back(user: User, learner: User) -> QuerySet[LearnerNote]:
    """What a manager withdrew, only managers put back."""
    rows = notes_to_withdraw(user, learner)
    return rows if user.is_manager else rows.filter(Q(withdrawn_at=None) | Q(withdrawn_by=user))


def last_notes(people: Sequence[User]) -> dict[int, LearnerNote]:
    """The newest note about each of them. Two queries."""
    newest = LearnerNote.objects.filter(learner=OuterRef("pk"), withdrawn_at=None).values("pk")[:1]
    keys = User.objects.filter(pk__in=[user.pk for user in people]).values_list(Subquery(newest), flat=True)
    rows = LearnerNote.objects.filter(pk__in=[key for key in keys if key]).select_related("author")
    return {note.learner_id: note for note in rows}


def people_to_call_back(reader: User, cohort: Cohort | OuterRef) -> QuerySet[User]:
    """Whose last call said: call back by today, of those whom the reader may see. In the order of the days."""
    calls = LearnerNote.objects.filter(learner=OuterRef("pk"), withdrawn_at=None).exclude(call="")
    people = members_of(cohort).filter(pk__in=visible_to(reader).values("pk"))
    people = people.annotate(
        last_call=Subquery(calls.values("call")[:1]), back_on=Subquery(calls.values("call_back_on")[:1])
    )
    due = people.filter(last_call=CallOutcome.CALL_BACK, back_on__lte=site_day())
    return due.order_by("back_on", "sort_key", "username")


def with_call_backs(cohorts: QuerySet[Cohort], reader: User) -> QuerySet[Cohort]:
    """Each group with the number of ``people_to_call_back`` in it, in the same query."""
    due = people_to_call_back(reader, OuterRef("pk")).order_by().values("cohort_memberships__cohort")
    return cohorts.annotate(to_call_back=Coalesce(Subquery(due.annotate(number=Count("pk")).values("number")), 0))


@transaction.atomic
def add_note(
    *, learner: User, author: User, text: str, key: UUID, call: str = "", call_back_on: date | None = None
) -> LearnerNote:
    """A second call with the same key changes nothing; with other words it is a correction. Raises ValidationError."""
    check_note(text=text)
    values = {"text": text, "call": call, "call_back_on": call_back_on}
    person = locked(User.objects.filter(pk=learner.pk)).get()
    if is_erased(person):
        raise ValidationError(_("This account was erased meanwhile."))
    before = LearnerNote.objects.filter(learner=learner, author=author, key=key).first()
    if before is not None:
        return reword(before, values, author)
    note = LearnerNote.objects.create(learner=learner, author=author, key=key, **values)
    record(actor=author, verb="write-note", target=note, fields=[f"user:{learner.pk}"])
    return note


@transaction.atomic
def correct_note(
    *, note: LearnerNote, text: str, by: User, call: str = "", call_back_on: date | None = None
) -> LearnerNote:
    """The same words again change nothing; without ``call`` what came of a call stays. Raises ValidationError."""
    check_note(text=text)
    hold(User.objects.filter(pk=note.learner_id))
    fresh = LearnerNote.objects.filter(pk=note.pk).first()
    if fresh is None:
        raise ValidationError(_("This note was withdrawn meanwhile. Write a new one."))
    values = {"text": text, "call": call, "call_back_on": call_back_on} if call else {"text": text}
    return reword(fresh, values, by)


def reword(note: LearnerNote, values: dict[str, Any], by: User) -> LearnerNote:
    if note.withdrawn_at is not None:
        raise ValidationError(_("This note was withdrawn meanwhile. Write a new one."))
    if all(getattr(note, name) == value for name, value in values.items()):
        return note
    if note.before.count() >= MOST_WORDINGS:
        raise ValidationError(_("This note was corrected very often. Write a new one."))
    NoteWording.objects.create(
        note=note, text=note.text, call=note.call, call_back_on=note.call_back_on, at=note.changed_at or note.written_at
    )
    for name, value in values.items():
        setattr(note, name, value)
    note.changed_at = timezone.now()
    note.save(update_fields=[*values, "changed_at"])
    record(actor=by, verb="correct-note", target=note, fields=[f"user:{note.learner_id}"])
    return note


@transaction.atomic
def withdraw_note(*, note: LearnerNote, by: User) -> None:
    """It is deleted ``KEPT_WITHDRAWN`` later, unless it is put back."""
    if LearnerNote.objects.filter(pk=note.pk, withdrawn_at=None).update(withdrawn_at=timezone.now(), withdrawn_by=by):
        record(actor=by, verb="withdraw-note", target=note, fields=[f"user:{note.learner_id}"])


@transaction.atomic
def put_back_note(*, note: LearnerNote, by: User) -> None:
    rows = LearnerNote.objects.filter(pk=note.pk, withdrawn_at__isnull=False)
    if rows.update(withdrawn_at=None, withdrawn_by=None):
        record(actor=by, verb="put-back-note", target=note, fields=[f"user:{note.learner_id}"])


@run_at_erasure
def erase_notes(user: User) -> None:
    LearnerNote.objects.filter(learner=user).delete()


def expired_notes(now: datetime) -> QuerySet[LearnerNote]:
    return LearnerNote.objects.filter(Q(written_at__lt=now - KEPT) | Q(withdrawn_at__lt=now - KEPT_WITHDRAWN))


PURGE = sweeps.register(
    sweeps.Sweep(
        name="courses.purge-notes",
        label=gettext_lazy("Old notes about learners"),
        remedy=gettext_lazy("Look at the line “Database”, and at the worker’s log."),
        work=lambda key, now: sweeps.delete_in_steps(expired_notes(now)) > 0,
        leased=True,  # it deletes in small transactions
    )
)
