"""Objecting to one employer, and taking it back."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from lms.accounts.models import User
from lms.accounts.services import record
from lms.lib.locks import hold
from placement.enums import END_STATES, PROPOSED_STATES, SHARING_STATES, ActorKind
from placement.enums import ReferralState as S
from placement.models import CandidateProfile, Consent, Employer, Objection, Referral
from placement.objections import standing
from placement.services.code_names import end_names
from placement.services.transitions import change_state
from placement.services.withdrawals import end_yes


def employers_of(profile: CandidateProfile) -> QuerySet[Employer]:
    """Those that they can object to: who saw them, was put in touch with them, or is kept away."""
    seen = Q(pk__in=profile.sights.values("employer")) | Q(pk__in=profile.objections.values("employer"))
    rows: QuerySet[Employer] = Employer.objects.filter(
        seen | Q(pk__in=Referral.objects.filter(profile=profile).values("opportunity__employer"))
    )
    return rows


def objection_to(profile: CandidateProfile, employer: Employer) -> Objection | None:
    return standing().filter(profile=profile, employer=employer).first()


def would_end(profile: CandidateProfile, employer: Employer, *, most: int | None = None) -> list[Referral]:
    """What ends with an objection: what is under way with this employer, and each yes that stands. At most ``most``."""
    rows = Referral.objects.filter(profile=profile, opportunity__employer=employer).with_page_data()
    shares = Q(consent__isnull=False, consent__withdrawn_at=None, state__in=SHARING_STATES)
    return list(rows.filter(~Q(state__in=END_STATES) | shares).order_by("pk")[:most])


@transaction.atomic
def object_to(*, profile: CandidateProfile, employer: Employer, user: User) -> Objection:
    """From now on this employer sees nothing of them, anywhere; what is under way with it ends. Again: the same row."""
    hold(Referral.objects.filter(profile=profile, opportunity__employer=employer))
    row, is_new = Objection.objects.get_or_create(profile=profile, employer=employer, ended_at=None)
    if not is_new:
        return row
    for referral in would_end(profile, employer):
        if referral.state in PROPOSED_STATES:
            change_state(referral=referral, to=S.DECLINED, by=ActorKind.LEARNER, actor=user)
        else:
            end_yes(referral=referral, user=user)
    rest = Consent.objects.filter(referral__profile=profile, employer=employer, withdrawn_at=None)
    rest.update(withdrawn_at=timezone.now())
    end_names(profile_id=profile.pk, employers=[employer.pk])
    record(actor=user, verb="object-to-employer", target=employer)
    return row


@transaction.atomic
def take_back(*, profile: CandidateProfile, employer: Employer, user: User) -> bool:
    """This employer may find them again, under another code name; what has ended stays so. False: nothing stood."""
    if not standing().filter(profile=profile, employer=employer).update(ended_at=timezone.now()):
        return False
    record(actor=user, verb="take-back-objection", target=employer)
    return True
