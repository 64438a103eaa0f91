"""Reading across rows: where a learner stands, what an inbox holds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lms.accounts.models import User
from lms.lib.seams.compiled_queries import CompiledQuery
from placement.enums import OutcomeMark
from placement.enums import ReferralState as S
from placement.models import CandidateProfile, Employer, EmployerContact, Outcome, Referral, Shortlisted

SHORTLIST = 200  # people on a shortlist who are shown
STAGES = (S.FORWARDED, S.SEEN, S.QUESTION, S.INTERESTED, S.INTERVIEW, S.OFFER, S.ACCEPTED, S.STARTED)


def sent_count(opportunity_id: int) -> int:
    """How many people were sent to this opportunity so far."""
    return Referral.objects.filter(opportunity=opportunity_id, forwarded_at__isnull=False).count()


@dataclass(frozen=True)
class Stage:
    label: str
    at: datetime | None
    is_now: bool


def stages(referral: Referral) -> list[Stage]:
    """What happened since it was sent, with dates. Nothing before: being considered is not being offered."""
    events = [event for event in referral.events.all() if event.after in STAGES]
    return [
        Stage(event.get_after_display(), event.at, is_now=number == len(events) and referral.state == event.after)
        for number, event in enumerate(events, start=1)
    ]


def start_of(referral: Referral) -> Outcome | None:
    """The first day of somebody at work, when it is not certain: the two sides differ, or a manager decided no."""
    if referral.state != S.STARTED:
        return None
    rows = referral.outcomes.filter(mark=OutcomeMark.STARTED)
    return next((row for row in rows if row.in_work is not True), None)


def listed_by(employer: Employer, reader: User) -> set[int]:
    """Keys of the profiles on the employer's shortlist that the reader may still see: of its newest ``SHORTLIST``."""
    rows = Shortlisted.objects.filter(employer=employer, profile__in=CandidateProfile.objects.visible_to(reader))
    return set(rows.order_by("-added_at").values_list("profile_id", flat=True)[:SHORTLIST])


def contact_by_user(user: int) -> Any:
    return EmployerContact.objects.select_related("employer").filter(user=user).order_by("pk")[:1]


CONTACT_OF: CompiledQuery[EmployerContact] = CompiledQuery(contact_by_user, user=int)


def contact_of(user: User) -> EmployerContact | None:
    """Asked for every page of an employer."""
    return CONTACT_OF.first(user=user.pk)


def employer_of(user: User) -> Employer | None:
    contact = contact_of(user)
    return contact.employer if contact else None
