"""Celery doorways: ids in, one service call each, safe to run twice."""

from celery import shared_task

from certificates.models import Certificate
from lms.lib import sweeps
from placement.models import CandidateProfile, Opportunity
from placement.services import (
    check_ends,
    colleagues,
    deadlines,
    freeing,
    indexing,
    interviews,
    mailing,
    notes,
    people_shown,
    proposals,
    saved_searches,
    sending,
    sights,
    teams,
    terms_agreed,
)


@shared_task(ignore_result=True)
def propose_matches(certificate_id: int) -> None:
    proposals.propose_matches(certificate=Certificate.objects.select_related("user").get(pk=certificate_id))


@shared_task(ignore_result=True)
def index_holder(certificate_id: int) -> None:
    for profile in CandidateProfile.objects.filter(user__certificates=certificate_id):
        indexing.index_profile(profile=profile)


@shared_task(ignore_result=True)
def propose_opportunity(opportunity_id: int) -> None:
    proposals.propose_opportunity(opportunity=Opportunity.objects.get(pk=opportunity_id))


@shared_task(ignore_result=True)
def send_referral(referral_id: int) -> None:
    sending.send(referral_id=referral_id)


@shared_task(ignore_result=True)
def free_waiting() -> None:
    sweeps.run(freeing.FREE)


@shared_task(ignore_result=True)
def sweep_referrals() -> int:
    """Whatever a lost wake-up left undone: freeing, proposals, the index, sending."""
    return sweeps.run(
        freeing.FREE,
        proposals.MATCH,
        proposals.INDEX,
        proposals.PROPOSE,
        teams.FILL,
        sending.SEND,
        terms_agreed.TELL,
        saved_searches.ALERT,
    )


@shared_task(ignore_result=True)
def run_referral_deadlines() -> int:
    return sweeps.run(
        interviews.REMIND,
        mailing.DIGESTS,
        *deadlines.SWEEPS,
        people_shown.PURGE,
        sights.PURGE,
        notes.PURGE,
        check_ends.TELL,
        colleagues.PURGE,
    )


@shared_task(ignore_result=True, name="placement.tasks.run_referral_clock")
def run_referral_deadlines_by_old_name() -> None:
    """For messages of a scheduler that an upgrade has not restarted yet."""
    run_referral_deadlines()
