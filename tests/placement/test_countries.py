"""Placement is open in a country once what its law asks for is written down; else nobody of it is shown or sent."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from lms.lib import sweeps
from lms.lib.checkup import Level
from placement import countries, doctor
from placement.enums import Obstacle
from placement.models import CandidateProfile, PlacementCountry, Referral, SearchEntry
from placement.services import profiles, proposals, referrals
from placement.services.prefilter import certified_for
from placement.services.transitions import NotAllowedError
from tests.factories.placement import make_candidate, make_employer, make_opportunity, make_referral, open_country

pytestmark = pytest.mark.django_db
ALL = {
    "authority": "CDP", "filing": "2026-17", "transfers": {"fr": "En France."}, "contact_name": "Fatou Sarr",
    "contact_email": "fatou@example.org",
}  # fmt: skip


def close(code="SN"):
    row = PlacementCountry.objects.get(country=code)
    row.is_open = False
    row.save()
    return row


def listed(profile):
    return CandidateProfile.objects.searchable().filter(pk=profile.pk).exists()


@pytest.mark.parametrize("name", ALL)
def test_a_country_opens_only_with_all_that_its_law_asks_for(name):
    whole = PlacementCountry(country="SN", is_open=True, **ALL)
    whole.clean()
    lacking = PlacementCountry(country="SN", is_open=True, **{**ALL, name: {} if name == "transfers" else ""})
    with pytest.raises(ValidationError) as refused:
        lacking.clean()
    assert set(refused.value.error_dict) == {name}
    lacking.is_open = False
    lacking.clean()  # it may be prepared


class TestClosed:
    @pytest.fixture
    def awa(self):
        return make_candidate(country="ML")

    def test_nobody_is_found_at_once_and_all_come_back_once_it_opens(self, awa):
        employer = make_employer()
        assert listed(awa)
        row = close("ML")
        assert not listed(awa)
        assert not CandidateProfile.objects.visible_to(employer.contacts.get().user).exists()
        profiles.index_profile(profile=awa)
        assert not listed(awa)
        row.is_open = True
        row.save()
        sweeps.run(proposals.INDEX)
        assert listed(awa)
        assert not SearchEntry.objects.filter(valid_until__isnull=False).exists(), "looked at once, not for ever"

    def test_who_asked_to_be_found_meanwhile_is_found_once_it_opens(self):
        row = open_country("TG", is_open=False)
        akou = make_candidate(country="TG")
        assert not listed(akou)
        row.is_open = True
        row.save()
        sweeps.run(proposals.INDEX)
        assert listed(akou)

    def test_nothing_is_proposed_and_no_employer_asks(self, awa):
        opportunity = make_opportunity(proposed_at=None)
        assert list(certified_for(opportunity)) == [awa]
        close("ML")
        assert list(certified_for(opportunity)) == []
        assert proposals.propose_matches(certificate=awa.user.certificates.get()) == []
        with pytest.raises(NotAllowedError):
            proposals.request_referral(opportunity=opportunity, profile=awa, actor=make_employer().contacts.get().user)
        assert not Referral.objects.exists()

    def test_a_yes_is_refused_with_the_reason(self, awa):
        referral = make_referral(awa)
        assert referrals.obstacle(referral=referral, user=awa.user) is None
        close("ML")
        with pytest.raises(NotAllowedError, match=str(Obstacle.COUNTRY.label)[:40]):
            referrals.consent(referral=referral, fields=["name"], user=awa.user)
        CandidateProfile.objects.filter(pk=awa.pk).update(country="")
        assert referrals.obstacle(referral=referral, user=awa.user) == Obstacle.NO_COUNTRY

    def test_doctor_and_the_overview_count_who_waits(self, awa, client, manager):
        make_candidate(searchable=False)
        close("ML")
        (found,) = countries.closed_with_people()
        assert (found.country, found.people) == ("ML", 1)
        (finding,) = doctor.countries_not_ready()
        assert "1" in finding.text
        client.force_login(manager)
        page = client.get(reverse("placement_overview")).content.decode()
        assert "Mise en relation non ouverte, Mali\u00a0: 1 personne certifiée y attend." in page
        assert "?country=ML" in page


def test_doctor_tells_of_a_country_open_before_this_was_asked():
    row = open_country(filing="")
    (finding,) = doctor.countries_not_ready()
    assert finding.level == Level.AMBER
    assert row.missing == ["filing"]


class TestPages:
    def test_before_the_yes_and_on_the_profile(self, client):
        open_country(filing="C-2026-17", transfers={"fr": "En France, chez l’hébergeur."})
        awa = make_candidate()
        referral = make_referral(awa)
        client.force_login(awa.user)
        for url in (reverse("opportunities:detail", args=[referral.pk]), reverse("opportunities:profile")):
            page = client.get(url).content.decode()
            for words in ("C-2026-17", "En France, chez l’hébergeur.", "fatou@example.org", "CDP"):
                assert words in page, (url, words)

    def test_whoever_is_not_found_is_told_why(self, client):
        awa = make_candidate(country="ML")
        referral = make_referral(awa)
        close("ML")
        client.force_login(awa.user)
        for url in (reverse("opportunities:detail", args=[referral.pk]), reverse("opportunities:profile")):
            page = client.get(url).content.decode()
            assert "Nous ne pouvons pas encore transmettre aux employeurs" in page, url
        CandidateProfile.objects.filter(pk=awa.pk).update(country="")
        page = client.get(reverse("opportunities:detail", args=[referral.pk]))
        assert reverse("opportunities:profile") in page.content.decode()
        assert "Dites d’abord dans quel pays vous vivez" in page.content.decode()

    def test_the_manager_writes_it_down_with_what_is_known(self, client, manager):
        client.force_login(manager)
        add = reverse("wagtailsnippets_placement_placementcountry:add")
        page = client.get(f"{add}?country=SN").content.decode()
        assert "Commission de protection des données personnelles" in page
        data = {"country": "SN", "authority": "CDP", "law": "", "filing": "", "transfers_fr": "En France.",
                "transfers_en": "", "contact_name": "F", "contact_email": "f@example.org", "is_open": "on"}  # fmt: skip
        refused = client.post(add, data)
        assert refused.status_code == 200
        assert not PlacementCountry.objects.exists()
        assert client.post(add, {**data, "filing": "C-17"}).status_code == 302
        assert countries.is_open("SN")
