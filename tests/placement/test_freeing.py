"""What many people wait for is closed: the first are told at once, the others by the worker, and none goes on."""

import pytest

from lms.accounts.models import OutboundMessage
from placement.enums import OpportunityState, Vetting
from placement.enums import ReferralState as S
from placement.models import Opportunity, Referral
from placement.services import answers, employers, freeing, opportunities, referrals, sending
from placement.services.transitions import NotAllowedError
from placement.tasks import free_waiting, sweep_referrals
from tests.factories.placement import make_candidate, make_opportunity, make_referral, offer_work

pytestmark = pytest.mark.django_db

AT_ONCE = 4
MANY = AT_ONCE + 3


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch) -> None:
    """The limit is the same law for four as for twenty, and people cost much to make."""
    monkeypatch.setattr(freeing, "FREED_AT_ONCE", AT_ONCE)


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Referral.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def waiting_for(state: S, opportunity: Opportunity | None = None) -> Opportunity:
    opportunity = opportunity or make_opportunity()
    for _number in range(MANY):
        make_referral(make_candidate(), opportunity, state=state)
    return opportunity


@pytest.fixture
def no_worker(monkeypatch):
    """Nobody hears the wake-up: the sweep of the next minute does it."""
    monkeypatch.setattr(free_waiting, "apply_async", lambda *args, **options: None)


@pytest.mark.parametrize(
    ("to", "state", "freed"),
    [
        (OpportunityState.CLOSED, S.PROPOSED, True),
        (OpportunityState.CLOSED, S.FORWARDED, False),
        (OpportunityState.FILLED, S.FORWARDED, True),
        (OpportunityState.FILLED, S.PROPOSED, True),
    ],
)
def test_closing_frees_everybody_once(to, state, freed, no_worker):
    row = waiting_for(state)
    assert opportunities.close(opportunity=row, state=to) == (MANY if freed else 0)
    assert states() == ({S.OBSOLETE: AT_ONCE, state: 3} if freed else {state: MANY})
    sweep_referrals()
    sweep_referrals()
    assert states() == ({S.OBSOLETE: MANY} if freed else {state: MANY})
    told = OutboundMessage.objects.filter(kind="referral-obsolete", channel="app")
    assert told.count() == (MANY if freed else 0)


def test_suspending_frees_everybody_and_says_who_did_it(manager, no_worker):
    row = waiting_for(S.FORWARDED)
    assert employers.suspend(employer=row.employer, by=manager) == MANY
    free_waiting()
    assert states() == {S.OBSOLETE: MANY}
    events = {event for each in Referral.objects.all() for event in each.events.values_list("after", "by", "note")}
    assert (S.OBSOLETE, "manager", "employer suspended") in events


def last_one() -> Referral:
    return Referral.objects.with_page_data().exclude(state=S.OBSOLETE).latest("pk")


def test_whoever_is_not_told_yet_cannot_go_on(no_worker):
    row = waiting_for(S.FORWARDED)
    opportunities.close(opportunity=row, state=OpportunityState.FILLED)
    for to in (S.INTERVIEW, S.INTERESTED, S.QUESTION):
        with pytest.raises(NotAllowedError):
            answers.answer(referral=last_one(), to=to, message="Oui")
    with pytest.raises(NotAllowedError):
        offer_work(last_one())


def test_an_offer_of_a_filled_opportunity_is_not_accepted_any_more(no_worker):
    """Even by whoever is not told yet: no more people are hired than there are positions."""
    row = waiting_for(S.FORWARDED)
    offer_work(last_one())
    opportunities.close(opportunity=row, state=OpportunityState.FILLED)
    offered = Referral.objects.with_page_data().get(state=S.OFFER)
    with pytest.raises(NotAllowedError):
        referrals.accept_offer(referral=offered, user=offered.profile.user)
    referrals.decline_offer(referral=offered, user=offered.profile.user)


def test_what_was_agreed_to_is_not_sent_after_the_end(no_worker):
    row = waiting_for(S.CONSENTED)
    opportunities.close(opportunity=row, state=OpportunityState.CLOSED)
    consented = list(Referral.objects.filter(state=S.CONSENTED).values_list("pk", flat=True))
    assert [sending.send(referral_id=pk) for pk in consented] == [False] * 3
    assert states() == {S.OBSOLETE: AT_ONCE, S.CONSENTED: 3}


def test_an_employer_that_is_back_keeps_those_not_told_yet(manager, no_worker):
    row = waiting_for(S.FORWARDED)
    employers.suspend(employer=row.employer, by=manager)
    employers.vet(employer=row.employer, by=manager)
    assert row.employer.vetting == Vetting.VETTED
    free_waiting()
    assert states() == {S.OBSOLETE: AT_ONCE, S.FORWARDED: 3}
