"""Suspending an employer, with what it will do shown first; lifting it.

Those who wait are freed (``freeing``) and read why; those at work there go on, are told whom to ask, and stand in the
employer's case until the programme has called them.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts.messages import tell
from lms.accounts.models import User
from lms.accounts.recipient import in_language_of
from placement.case_enums import EntryKind
from placement.enums import UNDECIDED, Vetting
from placement.enums import ReferralState as S
from placement.interview_enums import InterviewState
from placement.models import Case, CaseEntry, Employer, Interview, Opportunity, Outcome, Referral
from placement.people_shown import whom_to_ask
from placement.services import cases, employers

SHOWN = 20  # of each kind in the preview


@dataclass(frozen=True)
class Preview:
    """What a suspension would touch now; of a suspended employer ``opportunities`` come back when it is lifted."""

    opportunities: int
    waiting: int
    interviews: int
    offers: int
    hired: list[Referral]  # the first ``SHOWN``
    hired_count: int
    contacts: int


def preview(employer: Employer) -> Preview:
    referrals = Referral.objects.filter(opportunity__employer=employer)
    working = at_work(employer)
    return Preview(
        opportunities=Opportunity.objects.filter(employer=employer, state="open").count(),
        waiting=referrals.filter(state__in=UNDECIDED).count(),
        interviews=Interview.objects.filter(
            referral__in=referrals.filter(state__in=UNDECIDED), state=InterviewState.PLANNED,
            starts_at__gt=timezone.now(),
        ).count(),
        offers=referrals.filter(state=S.OFFER).count(),
        hired=list(working[:SHOWN]),
        hired_count=working.count(),
        contacts=employer.contacts.filter(user__is_active=True).count(),
    )  # fmt: skip


def at_work(employer: Employer) -> QuerySet[Referral]:
    """Hired there, and nobody told that the work ended."""
    ended = Outcome.objects.filter(referral=OuterRef("pk"), in_work=False)
    rows: QuerySet[Referral] = Referral.objects.with_page_data().filter(
        ~Exists(ended), opportunity__employer=employer, state__in=[S.ACCEPTED, S.STARTED]
    )
    return rows.order_by("pk")


@transaction.atomic
def suspend(*, employer: Employer, by: User, reason: str) -> int | None:
    """``reason`` goes to its contacts. How many are freed; None when it was suspended already."""
    if not Employer.objects.filter(pk=employer.pk, vetting=Vetting.VETTED).update(vetting=Vetting.SUSPENDED):
        return None
    employer.refresh_from_db()
    freed = employers.suspend(employer=employer, by=by)
    case = cases.open_case(employer)
    entry = cases.write(case, EntryKind.SUSPENDED, by=by, text=reason)
    managers = ", ".join(whom_to_ask())
    tell_contacts(employer, entry)
    for referral in at_work(employer):
        cases.write(case, EntryKind.TO_CALL, by=by, referral=referral)
        tell_at_work(referral, entry, managers)
    return freed


def tell_contacts(employer: Employer, entry: CaseEntry) -> None:
    managers = ", ".join(whom_to_ask())
    is_lifted = entry.kind == EntryKind.LIFTED
    for contact in employer.contacts.select_related("user").filter(user__is_active=True):
        with in_language_of(contact.user):
            words = {"employer": employer.name, "reason": entry.text, "managers": managers}
            subject = _("%(employer)s is suspended") % words
            body = _("You no longer see candidates, and your opportunities are not shown. Why: %(reason)s") % words
            if managers:
                body += " " + _("To answer, write to: %(managers)s.") % words
            if is_lifted:
                subject = _("%(employer)s may work with us again") % words
                body = _("The suspension is lifted: you see candidates again, and your opportunities are shown."
                         " %(reason)s") % words  # fmt: skip
            tell(user=contact.user, key=f"case-entry:{entry.pk}:contact:{contact.pk}", kind=kind_of(entry),
                 subject=subject, body=body, link=reverse("placement:home"), by_sms=False)  # fmt: skip


def tell_at_work(referral: Referral, entry: CaseEntry, managers: str) -> None:
    user = referral.profile.user
    if not user.is_active:
        return
    with in_language_of(user):
        words = {"employer": referral.opportunity.employer.name, "managers": managers}
        subject = _("We have stopped working with %(employer)s") % words
        body = (
            _(
                "We no longer propose anyone to %(employer)s. Your own work there continues, and your rights with it."
                " Somebody from the programme will call you. If you are not paid or not treated well, tell us."
            )
            % words
        )
        if managers:
            body += " " + _("You can reach: %(managers)s.") % words
        if entry.kind == EntryKind.LIFTED:
            subject = _("We work with %(employer)s again") % words
            body = _("What we had stopped with %(employer)s is put right. Your work there continues.") % words
        tell(user=user, key=f"case-entry:{entry.pk}:work:{referral.pk}", kind=kind_of(entry),
             subject=subject, body=body, link=reverse("opportunities:report", args=[referral.pk]))  # fmt: skip


def kind_of(entry: CaseEntry) -> str:
    return "suspension-lifted" if entry.kind == EntryKind.LIFTED else "employer-suspended"


def last_of(employer: Employer) -> CaseEntry | None:
    """The suspension that stands, with its reason."""
    rows = CaseEntry.objects.filter(case__employer=employer, kind=EntryKind.SUSPENDED)
    entry: CaseEntry | None = rows.select_related("actor").order_by("-at", "-pk").first()
    return entry


@transaction.atomic
def lift(*, employer: Employer, by: User, reason: str) -> bool:
    """Its people search again, what was open is shown again. Whoever was freed stays free. False: nothing to lift."""
    case = Case.objects.filter(employer=employer).order_by("-opened_at", "-pk").first() or cases.open_case(employer)
    employer.refresh_from_db(fields=["vetting"])
    if employer.vetting != Vetting.SUSPENDED or not employers.vet(employer=employer, by=by):
        return False
    entry = cases.write(case, EntryKind.LIFTED, by=by, text=reason)
    tell_contacts(employer, entry)
    for referral in at_work(employer):
        tell_at_work(referral, entry, "")
    return True
