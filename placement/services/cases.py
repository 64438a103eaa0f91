"""Cases about employers: a report opens one or joins it, the programme replies, notes, and closes it with an outcome.

A report is shown to its writer, with what was replied, and to the programme; never to the employer.
"""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts.messages import tell, tell_managers
from lms.accounts.models import User
from lms.accounts.recipient import in_language_of
from lms.accounts.services import record
from placement.case_enums import CaseOutcome, CaseState, EntryKind
from placement.models import Case, CaseEntry, Employer, Referral
from placement.services import mailing

ANSWERED = "report-answered"


class CaseError(Exception):
    """A step that cannot be taken. ``str`` is a sentence for whoever asked for it."""


class UnreadReportError(CaseError):
    def __init__(self) -> None:
        super().__init__(_("A new report came while you were writing. Read it below, then close the case."))


class AnotherOpenError(CaseError):
    def __init__(self) -> None:
        super().__init__(_("Not opened: another case about this employer is open. Work on that one."))


class StillToCallError(CaseError):
    def __init__(self, names: str) -> None:
        super().__init__(_("First call the people who work there, and note it here: %(names)s.") % {"names": names})


@transaction.atomic
def report(*, referral: Referral, user: User, text: str) -> CaseEntry:
    """They were asked for money, or treated badly: the managers are told at once, the employer is not."""
    employer = referral.opportunity.employer
    case = open_case(employer)
    entry = CaseEntry.objects.create(case=case, actor=user, kind=EntryKind.REPORT, referral=referral, text=text)
    event = record(actor=user, verb="report-employer", target=employer)
    tell_managers(
        key=f"report:{event.pk}", kind="employer-reported",
        subject=lambda: _("A learner reports an employer"),
        body=lambda: _("%(person)s reports %(employer)s (opportunity “%(title)s”): %(text)s") % {
            "person": user, "employer": employer.name, "title": referral.opportunity.title, "text": text,
        },
        link=reverse("placement_case", args=[case.pk]),
    )  # fmt: skip
    return entry


def open_case(employer: Employer) -> Case:
    """The one that is not closed, else a new one; nobody closes it before the transaction ends."""
    while True:
        case, is_new = Case.objects.exclude(state=CaseState.CLOSED).get_or_create(employer=employer)
        if is_new or take(case):
            return case


def take(case: Case, **changes: Any) -> bool:
    """Take turns with whoever closes it, and write; False when it is closed."""
    rows = Case.objects.filter(pk=case.pk).exclude(state=CaseState.CLOSED)
    return rows.update(**(changes or {"acted_at": F("acted_at")})) == 1


def write(case: Case, kind: EntryKind, *, by: User, **fields: Any) -> CaseEntry:
    """An entry of the programme: nobody waits for it any more."""
    entry = CaseEntry.objects.create(case=case, actor=by, kind=kind, **fields)
    Case.objects.filter(pk=case.pk).update(acted_at=entry.at)
    return entry


@transaction.atomic
def note(*, case: Case, by: User, text: str) -> None:
    write(case, EntryKind.NOTE, by=by, text=text)
    record(actor=by, verb="case-note", target=case)


def reporters(case: Case) -> QuerySet[Referral]:
    """One row a person and opportunity that was reported from."""
    keys = case.entries.filter(kind=EntryKind.REPORT).values("referral")
    rows: QuerySet[Referral] = Referral.objects.with_page_data().filter(pk__in=keys).order_by("pk")
    return rows


@transaction.atomic
def reply(*, case: Case, referral: Referral, by: User, text: str) -> CaseEntry:
    """To one who reported. They are told that there is a reply, not what it says: phones are shared."""
    entry = write(case, EntryKind.REPLY, by=by, referral=referral, text=text)
    record(actor=by, verb="case-reply", target=case)
    user = referral.profile.user
    if user.is_active:
        with in_language_of(user):
            rows = tell(
                user=user, key=f"case-entry:{entry.pk}", kind=ANSWERED,
                subject=_("The programme has answered you"),
                body=_("We have read what you wrote to the programme and answered you. Read it on your page."),
                link=reverse("opportunities:report", args=[referral.pk]),
            )  # fmt: skip
        mailing.settle(rows, user=user, pace=mailing.pace_of(user), urgent=True)
    return entry


@transaction.atomic
def set_state(*, case: Case, to: CaseState, by: User) -> None:
    """``WAITING`` for somebody’s answer, or ``OPEN`` again; a closed one too, unless another is open."""
    changes = {"state": to, "outcome": "", "closed_at": None}
    try:
        with transaction.atomic():
            if not Case.objects.filter(pk=case.pk).exclude(state=to).update(**changes):
                return
    except IntegrityError:
        raise AnotherOpenError from None
    write(case, EntryKind.STATE, by=by, after=to)
    record(actor=by, verb=f"case-{to}", target=case)


@transaction.atomic
def close(*, case: Case, by: User, outcome: CaseOutcome, words: str, seen: int) -> None:
    """With an outcome, and words that every reporter reads. ``seen``: the last entry that the manager had before them.

    Raises ``UnreadReportError`` and ``StillToCallError``.
    """
    if not take(case, state=CaseState.CLOSED, outcome=outcome, closed_at=timezone.now()):
        return  # pressed twice, or a colleague did
    if case.entries.filter(kind=EntryKind.REPORT, pk__gt=seen).exists():
        raise UnreadReportError
    if waiting := list(to_call(case)):
        raise StillToCallError(", ".join(str(row.profile.user) for row in waiting))
    write(case, EntryKind.STATE, by=by, after=CaseState.CLOSED, outcome=outcome)
    record(actor=by, verb="case-closed", target=case)
    for referral in one_for_each(reporters(case)):
        reply(case=case, referral=referral, by=by, text=words)


def to_call(case: Case) -> QuerySet[Referral]:
    """People at work at a suspended employer whom the programme has not called yet."""
    wanted = case.entries.filter(kind=EntryKind.TO_CALL).values("referral")
    called = case.entries.filter(kind=EntryKind.CALLED).values("referral")
    rows: QuerySet[Referral] = Referral.objects.with_page_data().filter(pk__in=wanted).exclude(pk__in=called)
    return rows.order_by("pk")


@transaction.atomic
def record_call(*, case: Case, referral: Referral, by: User, text: str) -> None:
    write(case, EntryKind.CALLED, by=by, referral=referral, text=text)
    record(actor=by, verb="case-called", target=case)


def one_for_each(referrals: Iterable[Referral]) -> list[Referral]:
    """Whoever reported from two opportunities is told once, at the last."""
    return list({row.profile_id: row for row in referrals}.values())


def seen_by_reporter(referral: Referral) -> QuerySet[CaseEntry]:
    """What they wrote and what was replied, in order."""
    kinds = (EntryKind.REPORT, EntryKind.REPLY)
    rows: QuerySet[CaseEntry] = referral.case_entries.filter(kind__in=kinds).select_related("case").order_by("at", "pk")
    return rows
