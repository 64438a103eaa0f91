import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certificates.models import Certificate
from certificates.services import revoke
from lms.accounts.enums import Role
from lms.accounts.models import OutboundMessage
from placement import tasks
from placement.enums import ReferralState as S
from placement.enums import Vetting
from placement.evidence import match_of, wanted_by, with_evidence
from placement.matching import best_matches, tie_break
from placement.models import CandidateProfile, Opportunity, Referral, ReferralEvent
from placement.services import opportunities
from placement.services.disclosure import of_referral
from placement.services.indexing import index_profile
from placement.services.prefilter import best_people, certified_for
from placement.services.proposals import (
    propose_matches,
    propose_opportunity,
    request_referral,
    run_out,
    unexamined,
)
from placement.services.transitions import NotAllowedError
from tests.factories.people import make_user
from tests.factories.placement import (
    ENTRY,
    give_certificate,
    make_candidate,
    make_employer,
    make_opportunity,
    make_referral,
    tell_all,
)

pytestmark = pytest.mark.django_db


def test_a_certificate_brings_a_proposal_with_its_reasons(learner):
    tell_all(learner)
    opportunity = make_opportunity()
    certificate = give_certificate(learner)
    [referral] = propose_matches(certificate=certificate)
    assert (referral.state, referral.opportunity, referral.certificate) == (S.PROPOSED, opportunity, certificate)
    assert referral.score > 50
    assert referral.reasons[0] == {"kind": "version", "version": "2"}
    assert ReferralEvent.objects.get().after == S.PROPOSED
    assert OutboundMessage.objects.filter(user=learner, channel="app").count() == 1


def test_any_number_of_calls_makes_one_proposal(learner):
    tell_all(learner)
    make_opportunity()
    certificate = give_certificate(learner)
    for _again in range(3):
        propose_matches(certificate=certificate)
    assert Referral.objects.count() == ReferralEvent.objects.count() == 1
    assert OutboundMessage.objects.filter(channel="app").count() == 1


@pytest.mark.parametrize(
    "opportunity",
    [
        {"state": "draft"},
        {"state": "closed"},
        {"closes_on": timezone.localdate() - timedelta(days=1)},
        {"hours_per_week": 40},
        {"skills": [(ENTRY, 3, True)]},
        {"languages": {"en": 4}},
        {"equipment": ["computer"]},
    ],
)
def test_nothing_is_proposed_that_does_not_fit_or_is_not_open(learner, opportunity):
    make_opportunity(**opportunity)
    assert propose_matches(certificate=give_certificate(learner)) == []


@pytest.mark.parametrize("vetting", [Vetting.WAITING, Vetting.SUSPENDED])
def test_only_vetted_employers_are_proposed(learner, vetting):
    make_opportunity(make_employer(vetting=vetting))
    assert propose_matches(certificate=give_certificate(learner)) == []


def test_an_employer_that_refused_rests_for_ninety_days(learner):
    employer = make_employer()
    referral = make_referral(make_candidate(learner), make_opportunity(employer))
    Referral.objects.filter(pk=referral.pk).update(
        state=S.REFUSED, forwarded_at=timezone.now(), answered_at=timezone.now()
    )
    make_opportunity(employer)
    assert propose_matches(certificate=give_certificate(learner)) == []
    Referral.objects.filter(pk=referral.pk).update(answered_at=timezone.now() - timedelta(days=91))
    assert len(propose_matches(certificate=learner.certificates.first())) == 2


def test_an_opportunity_is_not_proposed_to_people_its_employer_refused_lately():
    employer = make_employer()
    people = [make_candidate() for _ in range(3)]
    refused = make_referral(people[0], make_opportunity(employer))
    now = timezone.now()
    Referral.objects.filter(pk=refused.pk).update(state=S.REFUSED, forwarded_at=now, answered_at=now)
    opportunity = make_opportunity(employer, proposed_at=None)
    assert propose_opportunity(opportunity=opportunity) == 2
    assert not opportunity.referrals.filter(profile=people[0]).exists()


def test_looking_for_people_takes_as_many_queries_for_many():
    opportunity = make_opportunity(proposed_at=None, hours_per_week=40)  # fits nobody
    counts = []
    for number in (1, 5):
        for _ in range(number):
            make_candidate(hours_per_week=10)
        Opportunity.objects.update(proposed_at=None)
        with CaptureQueriesContext(connection) as queries:
            assert propose_opportunity(opportunity=opportunity) == 0
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_revoked_certificate_proposes_nothing(learner):
    make_opportunity()
    assert (
        propose_matches(certificate=give_certificate(learner, revoked_at=timezone.now(), revoked_reason="Fraude")) == []
    )


def test_the_sweep_finds_certificates_that_no_signal_announced(learner):
    make_opportunity()
    tell_all(learner)
    give_certificate(learner)
    tasks.sweep_referrals()
    assert Referral.objects.get().profile.user == learner
    tasks.sweep_referrals()
    assert Referral.objects.count() == 1


def test_opening_an_opportunity_proposes_it_once_to_those_who_fit():
    fitting, _other = make_candidate(), make_candidate(skills=[(ENTRY, 1)])
    opportunity = make_opportunity(state="draft", proposed_at=None)
    opportunities.publish(opportunity=opportunity, actor=opportunity.employer.contacts.get().user)
    assert propose_opportunity(opportunity=opportunity) == 1
    assert propose_opportunity(opportunity=opportunity) == 0
    assert Referral.objects.get().profile == fitting


def test_an_employer_asks_first_and_nothing_is_shown():
    profile, opportunity = make_candidate(), make_opportunity()
    actor = opportunity.employer.contacts.get().user
    referral = request_referral(opportunity=opportunity, profile=profile, actor=actor)
    assert referral.asked_by_employer
    assert referral.state == S.PROPOSED
    assert of_referral(referral).contact == {}
    assert request_referral(opportunity=opportunity, profile=profile, actor=actor).pk == referral.pk


def test_asking_again_after_it_expired_proposes_it_again():
    referral = make_referral()
    Referral.objects.filter(pk=referral.pk).update(state=S.EXPIRED)
    actor = referral.opportunity.employer.contacts.get().user
    again = request_referral(opportunity=referral.opportunity, profile=referral.profile, actor=actor)
    assert (again.pk, again.state, again.asked_by_employer) == (referral.pk, S.PROPOSED, True)


def test_asking_for_a_closed_opportunity_is_refused():
    opportunity = make_opportunity(state="closed")
    with pytest.raises(NotAllowedError):
        request_referral(opportunity=opportunity, profile=make_candidate(), actor=make_employer().contacts.get().user)


REST = timedelta(days=90)


@pytest.mark.parametrize(("ago", "rests"), [(REST - timedelta(hours=1), True), (REST + timedelta(hours=1), False)])
def test_the_rest_after_a_no_is_ninety_days_whoever_comes_first(learner, ago, rests):
    """By their new certificate, by the employer’s new opportunity: neither an hour less nor an hour more."""
    employer = make_employer()
    referral = make_referral(make_candidate(learner), make_opportunity(employer))
    then = timezone.now() - ago
    Referral.objects.filter(pk=referral.pk).update(state=S.REFUSED, forwarded_at=then, answered_at=then)
    opened = make_opportunity(employer, proposed_at=None)
    assert propose_opportunity(opportunity=opened) == (not rests)
    Referral.objects.filter(opportunity=opened).delete()
    found = propose_matches(certificate=give_certificate(learner))
    assert (opened in [row.opportunity for row in found]) == (not rests)


def test_whoever_has_many_certificates_is_one_person():
    """Each join multiplies them: they would take the places of others among the thousand looked at."""
    many, one = make_candidate(), make_candidate()
    for _number in range(3):
        give_certificate(many.user, [(ENTRY, 2), ("dw.spreadsheet", 2)])
    give_certificate(one.user, [("dw.spreadsheet", 2)])
    skills = [(ENTRY, 2, True), ("dw.spreadsheet", 1, True)]
    opportunity = make_opportunity(proposed_at=None, skills=skills)
    people = list(certified_for(Opportunity.objects.with_needs().get(pk=opportunity.pk)))
    assert sorted(profile.pk for profile in people) == sorted([many.pk, one.pk])
    assert propose_opportunity(opportunity=opportunity) == 2


def test_a_certificate_that_was_withdrawn_or_ran_out_waits_to_be_looked_at():
    withdrawn, ended, sound = make_candidate(), make_candidate(), make_candidate()
    Certificate.objects.update(examined_at=timezone.now())
    revoke(certificate=withdrawn.user.certificates.get(), reason="Fraude", by=make_user("revokes", Role.MANAGER))
    assert [row.user_id for row in unexamined()] == [withdrawn.user_id]
    soon = timezone.now() + timedelta(days=1)
    ended.user.certificates.update(expires_at=soon)
    index_profile(profile=ended)
    index_profile(profile=sound)
    assert not run_out(timezone.now()).exists()
    assert [row.pk for row in run_out(soon)] == [ended.pk]


def random_opportunity(dice, employer):
    """Fits some, and not others, of the people of ``random_person``."""
    return make_opportunity(
        employer, skills=[(code, dice.randint(1, 3), dice.random() < 0.7) for code in dice.sample(CODES, 2)],
        languages={"fr": dice.randint(1, 5)} if dice.random() < 0.5 else {}, hours_per_week=dice.choice([10, 22, 38]),
        place=dice.choice(["remote", "on-site"]), country=dice.choice(["SN", "CI"]),
        region=dice.choice(["", "Dakar", "Thiès"]), equipment=dice.choice([[], ["computer"], ["shared"]]),
        connectivity=dice.randint(1, 4), pay_min=dice.choice([None, 60_000, 90_000]),
        starts_on=dice.choice([None, timezone.localdate() + timedelta(days=10)]),
    )  # fmt: skip


def random_person(dice):
    return make_candidate(
        skills=[(code, dice.randint(1, 3)) for code in dice.sample(CODES, dice.randint(1, 3))],
        country=dice.choice(["SN", "SN", "CI"]), region=dice.choice(["Dakar", "Thiès", ""]),
        hours_per_week=dice.choice([10, 22, 40]), connectivity=dice.randint(1, 4), works_on_site=dice.random() < 0.6,
        works_remote=dice.random() < 0.8, equipment=dice.choice([["phone"], ["computer"], ["shared"]]),
        pay_floor=dice.choice([None, 70_000]), searchable=dice.random() < 0.7,
        available_from=dice.choice([None, timezone.localdate() + timedelta(days=30)]),
        last_active_at=timezone.now() - timedelta(days=dice.choice([0, 3, 200])),
    )  # fmt: skip


CODES = [ENTRY, "dw.spreadsheet", "dw.typing"]


@pytest.mark.parametrize("seed", range(3))
def test_a_certificate_brings_the_ten_best_of_everything_that_is_open(seed):
    dice = random.Random(seed)
    employers = [make_employer() for _number in range(4)]
    for _number in range(60):
        random_opportunity(dice, dice.choice(employers))
    lengths = []
    for person in with_evidence([random_person(dice) for _number in range(10)]):
        every = [(match_of(wanted_by(row), person), row) for row in Opportunity.objects.open().with_needs()]
        expected = [(row.pk, match.score) for match, row in best_matches(every, tie=lambda row: row.pk)[:10]]
        found = propose_matches(certificate=person.user.certificates.get())
        assert [(row.opportunity_id, row.score) for row in found] == expected
        lengths.append(len(expected))
    assert max(lengths) > 2


@pytest.mark.parametrize("seed", range(3))
def test_an_opportunity_is_proposed_to_the_best_of_all_who_fit(seed, monkeypatch):
    monkeypatch.setattr("placement.services.prefilter.ROWS_AT_ONCE", 7)
    dice = random.Random(seed + 10)
    people = with_evidence([random_person(dice) for _number in range(60)])
    opportunity = random_opportunity(dice, make_employer())
    Opportunity.objects.filter(pk=opportunity.pk).update(proposed_at=None)
    wanted = wanted_by(Opportunity.objects.with_needs().get(pk=opportunity.pk))
    every = [(match_of(wanted, row), row) for row in people]
    best = best_matches(every, tie=lambda row: tie_break(opportunity.pk, row.pk))[:10]
    assert propose_opportunity(opportunity=opportunity) == len(best)
    assert {(row.profile_id, row.score) for row in opportunity.referrals.all()} == {
        (row.pk, match.score) for match, row in best
    }


def test_whoever_could_not_be_among_the_best_is_not_looked_at(monkeypatch):
    """Ten active people with everything; a hundred silent for years are not read."""
    monkeypatch.setattr("placement.services.prefilter.ROWS_AT_ONCE", 10)
    for quiet in [0] * 10 + [900] * 25:
        make_candidate(skills=[(ENTRY, 3)], last_active_at=timezone.now() - timedelta(days=quiet))
    opportunity = make_opportunity(proposed_at=None, skills=[(ENTRY, 2, True)])
    wanted = Opportunity.objects.with_needs().get(pk=opportunity.pk)
    with CaptureQueriesContext(connection) as queries:
        found = best_people(wanted, CandidateProfile.objects.none(), 10)
    assert len(found) == 10
    assert len(queries) <= 1 + 6 * 2


def test_queries_for_a_certificate_do_not_grow_with_what_does_not_fit(learner):
    counts = []
    for more in (5, 40):
        for _number in range(more):
            make_opportunity(skills=[("dw.typing", 3, True)])
        certificate = give_certificate(learner)
        with CaptureQueriesContext(connection) as queries:
            propose_matches(certificate=certificate)
        counts.append(len(queries))
    assert counts[1] <= counts[0]
