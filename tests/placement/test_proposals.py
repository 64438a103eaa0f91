from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lms.accounts.models import OutboundMessage
from placement import tasks
from placement.enums import ReferralState as S
from placement.enums import Vetting
from placement.models import MatchedCertificate, Opportunity, Referral, ReferralEvent
from placement.services import opportunities
from placement.services.disclosure import of_referral
from placement.services.proposals import (
    certified_for,
    propose_matches,
    propose_opportunity,
    request_referral,
    stale_profiles,
)
from placement.services.transitions import NotAllowedError
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
    assert referral.reasons[0] == {"kind": "version", "version": "1"}
    assert ReferralEvent.objects.get().after == S.PROPOSED
    assert OutboundMessage.objects.filter(user=learner, channel="app").count() == 1


def test_any_number_of_calls_makes_one_proposal(learner):
    tell_all(learner)
    make_opportunity()
    certificate = give_certificate(learner)
    for _again in range(3):
        propose_matches(certificate=certificate)
    assert Referral.objects.count() == ReferralEvent.objects.count() == MatchedCertificate.objects.count() == 1
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


def test_a_profile_whose_certificates_all_changed_waits_once():
    """A sweep takes so many rows in a round: the same one ten times would keep nine others waiting."""
    profile = make_candidate()
    give_certificate(profile.user)
    profile.user.certificates.update(revoked_at=timezone.now(), revoked_reason="Fraude")
    assert [row.pk for row in stale_profiles()] == [profile.pk]
