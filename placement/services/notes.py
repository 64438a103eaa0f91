"""An employer's notes on people: written, taken away, and found for a page."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts.models import User
from lms.lib import sweeps
from placement import rules
from placement.marks import marks_of
from placement.models import CandidateProfile, Employer, PersonNote
from placement.services.code_names import hold_name

LONGEST = 500  # characters of one
MOST_NOTES = 20  # of one employer on one person
KEPT = timedelta(days=730)


@transaction.atomic
def add_note(*, employer: Employer, profile: CandidateProfile, author: User, text: str) -> PersonNote:
    """Raises ``ValidationError``: its words, or too many; ``NameEndedError`` when the person has just left."""
    rules.check_note(text=text)
    hold_name(employer_id=employer.pk, profile=profile)
    if notes_on(employer.pk, profile.pk).count() >= MOST_NOTES:
        raise ValidationError({"text": _("No more notes fit here (the limit is %(count)d): delete one first.")
                               % {"count": MOST_NOTES}})  # fmt: skip
    return PersonNote.objects.create(employer=employer, profile=profile, author=author, text=text)


def delete_note(*, note: PersonNote) -> None:
    note.delete()


def notes_on(employer_id: int, profile_id: int) -> QuerySet[PersonNote]:
    rows: QuerySet[PersonNote] = PersonNote.objects.filter(employer=employer_id, profile=profile_id)
    return rows.select_related("author")


def add_marks(people: Iterable[CandidateProfile], employer_id: int) -> None:
    """To the people on a page. Two queries."""
    rows = list(people)
    keys = [row.pk for row in rows]
    marks, found = (marks_of(employer_id, keys), latest_notes(employer_id, keys)) if keys else ({}, {})
    for row in rows:
        row.mark, row.note = marks.get(row.pk), found.get(row.pk)


def latest_notes(employer_id: int, profiles: Iterable[int]) -> dict[int, tuple[str, int]]:
    """Of the people on a page those with notes: the newest, and how many there are. One query."""
    newest = PersonNote.objects.filter(employer=employer_id, profile=OuterRef("profile"))
    rows = (
        PersonNote.objects.filter(employer=employer_id, profile__in=set(profiles))
        .order_by()
        .values("profile")
        .annotate(count=Count("pk"), text=Subquery(newest.values("text")[:1]))
    )
    return {row["profile"]: (row["text"], row["count"]) for row in rows}


def expired_notes(now: datetime) -> QuerySet[PersonNote]:
    return PersonNote.objects.filter(at__lt=now - KEPT)


PURGE = sweeps.register(
    sweeps.Sweep(
        name="placement.purge-notes",
        label=gettext_lazy("Old notes of employers on people"),
        remedy=gettext_lazy("Look at the line “Database”, and at the worker’s log."),
        work=lambda key, now: sweeps.delete_in_steps(expired_notes(now)) > 0,
        leased=True,  # it deletes in small transactions
    )
)
