import pytest

from lms.accounts.models import User
from placement.code_name_words import NAMES
from placement.evidence import match_of, wanted_by, with_evidence
from placement.filters import Filters
from placement.models import CandidateProfile, CodeName, Opportunity
from placement.near_misses import near_misses
from placement.services.indexing import index_profile
from placement.services.profiles import ensure_profile, update_profile
from placement.services.proposals import propose_matches, unexamined
from tests.factories.placement import ENTRY, WHOLE, facts_of, give_certificate, make_candidate, make_opportunity

pytestmark = pytest.mark.django_db


def test_a_profile_is_made_once_with_a_code_name_and_hidden(learner):
    give_certificate(learner)
    profile = ensure_profile(user=learner)
    assert ensure_profile(user=learner) == profile
    name, number = profile.pseudonym.split("-")
    assert name in NAMES
    assert number.isdigit()
    assert not profile.is_searchable


def test_nothing_is_filled_in_for_them(learner):
    """No hours, no network, no language, no country: what they never said is unknown."""
    give_certificate(learner, language="en")
    User.objects.filter(pk=learner.pk).update(country="SN")
    profile = ensure_profile(user=learner)
    facts = ("hours_per_week", "works_remote", "works_on_site", "connectivity")
    assert [getattr(profile, name) for name in facts] == [None] * 4
    assert (profile.country, profile.pay_currency, profile.equipment) == ("", "", [])
    assert not profile.languages.exists()


def test_what_they_say_makes_more_opportunities_fit(learner):
    """Their certificate is looked at once more: nothing is proposed on a guess, and nothing has to be waited for."""
    certificate = give_certificate(learner)
    opportunity = make_opportunity(languages={"fr": 2})
    assert propose_matches(certificate=certificate) == []
    profile = ensure_profile(user=learner)
    assert [near.opportunity for near in near_misses(profile)] == [opportunity]
    update_profile(profile=profile, languages={"fr": 3}, **WHOLE)
    assert list(unexamined()) == [certificate]
    (referral,) = propose_matches(certificate=certificate)
    assert referral.opportunity == opportunity
    assert near_misses(CandidateProfile.objects.get()) == []


def test_a_fact_that_does_not_fit_is_not_near(learner):
    make_candidate(learner, hours_per_week=10, connectivity=None)
    make_opportunity()
    assert near_misses(CandidateProfile.objects.get()) == []


def test_a_taken_code_name_is_drawn_again(learner, stranger, monkeypatch):
    drawn = iter(["Baobab-417", "Baobab-417", "Ibis-200"])
    monkeypatch.setattr("placement.services.profiles.new_pseudonym", lambda: next(drawn))
    assert ensure_profile(user=learner).pseudonym == "Baobab-417"
    assert ensure_profile(user=stranger).pseudonym == "Ibis-200"


def test_nobody_gets_a_name_by_which_an_employer_knows_another(learner, employer, monkeypatch):
    """Who hears of Ibis-200 must know which person is meant."""
    CodeName.objects.create(employer=employer, profile=make_candidate(), name="Ibis-200")
    drawn = iter(["Ibis-200", "Ibis-201"])
    monkeypatch.setattr("placement.services.profiles.new_pseudonym", lambda: next(drawn))
    assert ensure_profile(user=learner).pseudonym == "Ibis-201"


def test_the_index_says_at_least():
    profile = make_candidate(skills=[(ENTRY, 2)], hours_per_week=23, equipment=["computer"], connectivity=2)
    found = facts_of(profile)
    assert {f"skill:{ENTRY}:1", f"skill:{ENTRY}:2", "hours:20", "equip:computer", "line:1", "line:2"} <= found
    assert {"certified", "country:SN", "region:SN-DK", "lang:fr:3", "place:remote"} <= found
    assert not {f"skill:{ENTRY}:3", "hours:25", "line:3", "lang:fr:4", "equip:phone"} & found


@pytest.mark.parametrize("region", ["Thiès", "saint louis", "SN-TH"])
def test_the_index_and_the_match_agree_on_regions_and_computers(region):
    profile = make_candidate(region=region, equipment=["computer"])
    found = facts_of(profile)
    assert "equip:shared" in found
    assert set(Filters({"region": [region.upper()]}).tokens()) <= found
    opportunity = make_opportunity(place="on-site", country="SN", region=region.lower(), equipment=["shared"])
    (person,) = with_evidence([profile])
    lines = match_of(wanted_by(Opportunity.objects.with_needs().get(pk=opportunity.pk)), person).lines
    assert {line.kind: line.ok for line in lines} | {"place": True, "equipment": True} == {
        line.kind: line.ok for line in lines
    }


def test_hiding_takes_them_out_of_the_index_at_once():
    profile = make_candidate()
    update_profile(profile=profile, languages={"fr": 4}, is_searchable=False)
    assert facts_of(profile) == set()
    assert not CandidateProfile.objects.searchable().exists()


def test_without_a_certificate_nobody_is_indexed(learner):
    profile = ensure_profile(user=learner)
    update_profile(profile=profile, languages={"fr": 6}, is_searchable=True)
    assert facts_of(profile) == set()


def test_a_revoked_certificate_leaves_the_index():
    from django.utils import timezone

    profile = make_candidate()
    profile.user.certificates.update(revoked_at=timezone.now(), revoked_reason="Fraude")
    assert index_profile(profile=profile) == set()


def test_indexing_twice_changes_nothing():
    profile = make_candidate()
    before = facts_of(profile)
    index_profile(profile=profile)
    assert facts_of(profile) == before
