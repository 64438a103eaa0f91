"""Regions are chosen from a list; employers see and find nothing that is not on it."""

import csv

import pytest
from django.urls import reverse
from django.utils import translation

from placement.choices import COUNTRIES
from placement.evidence import match_of, wanted_by, with_evidence
from placement.models import CandidateProfile, Opportunity
from placement.regions import codes, listed, listed_anywhere, region_choices, region_name
from placement.services.profiles import ensure_profile
from tests.factories.placement import (
    code_name,
    facts_of,
    give_certificate,
    make_candidate,
    make_opportunity,
    make_referral,
)

TYPED = "Chez Tante Awa, Médina"


def body(response) -> str:
    return response.content.decode()


def test_every_country_on_offer_has_regions_with_names_in_both_languages():
    for country, _name in COUNTRIES:
        assert codes(country), country
        for language in ("fr", "en"):
            with translation.override(language):
                labels = [label for _code, label in region_choices(country)]
            assert all(labels)
            assert not any(sign in label for label in labels for sign in "[](),"), (country, labels)
            assert len(labels) == len(set(labels)), country


@pytest.mark.parametrize(
    ("country", "text", "code"),
    [("SN", "Dakar", "SN-DK"), ("SN", " thies", "SN-TH"), ("SN", "SAINT LOUIS", "SN-SL"), ("SN", "SN-DK", "SN-DK"),
     ("SN", TYPED, ""), ("SN", "SN-XX", ""), ("SN", "FR-IDF", ""), ("", "Dakar", ""), ("CM", "Douala", "CM-LT"),
     ("CM", "far north", "CM-EN"), ("CM", "Extrême-Nord", "CM-EN"), ("FR", "Saint-Denis", ""), ("XX", "Dakar", "")],
)  # fmt: skip
def test_what_was_typed_counts_only_where_it_is_sure(country, text, code):
    assert listed(country, text) == code


def test_names_are_in_the_readers_language():
    with translation.override("fr"):
        assert (region_name("CM-LT"), region_name("DE-BY")) == ("Littoral", "Bavière")
        assert region_name("BE-BRU") == "Région de Bruxelles-Capitale"
    with translation.override("en"):
        assert (region_name("CM-EN"), region_name("DE-BY")) == ("Far North", "Bayern")
    assert listed_anywhere("thies") == "SN-TH"
    assert listed_anywhere("nowhere") == "nowhere"


@pytest.mark.django_db
def test_what_is_not_on_the_list_reaches_no_employer(claire, employer):
    person = make_candidate(region=TYPED, works_on_site=True)
    make_opportunity(employer, place="on-site", country="SN", region="Dakar")
    name = code_name(person, employer)
    claire.post(reverse("placement:toggle_shortlist", args=[name]), {"wanted": "1"})
    for page in ("search", "shortlist", "export_shortlist"):
        assert "Tante Awa" not in body(claire.get(reverse(f"placement:{page}")))
    assert "Tante Awa" not in body(claire.get(reverse("placement:profile", args=[name])))
    assert not [token for token in facts_of(person) if token.startswith("region:")]


@pytest.mark.django_db
def test_a_region_is_a_filter_with_its_count(claire):
    make_candidate(region="SN-TH"), make_candidate(region="SN-TH"), make_candidate(region="Dakar")
    page = body(claire.get(reverse("placement:search"), {"country": "SN"}))
    assert '<option value="SN-TH">Thiès (2)</option>' in page
    assert '<option value="SN-DK">Dakar (1)</option>' in page
    found = claire.get(reverse("placement:search"), {"region": "SN-TH"})
    assert len(found.context["found"].profiles) == 2
    assert len(claire.get(reverse("placement:search"), {"region": "dakar"}).context["found"].profiles) == 1


@pytest.mark.django_db
def test_the_sheet_names_the_region(claire, employer):
    person = make_candidate(region="SN-TH")
    claire.post(reverse("placement:toggle_shortlist", args=[code_name(person, employer)]), {"wanted": "1"})
    sheet = body(claire.get(reverse("placement:export_shortlist"))).lstrip("\ufeff")
    assert list(csv.reader(sheet.splitlines(), delimiter=";"))[1][1] == "Thiès, Sénégal"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("place", "lives", "ok"),
    [("Dakar", "SN-DK", True), ("dakar", "Dakar", True), ("Dakar", "SN-TH", False), ("Plateau", "SN-DK", True),
     ("Dakar", "", False)],
)  # fmt: skip
def test_a_region_of_an_opportunity_is_compared_where_it_is_one(employer, place, lives, ok):
    """A town that is no region asks for the country only: nobody can say a town."""
    opportunity = make_opportunity(employer, place="on-site", country="SN", region=place)
    (person,) = with_evidence([make_candidate(region=lives, works_on_site=True)])
    lines = match_of(wanted_by(Opportunity.objects.with_needs().get(pk=opportunity.pk)), person).lines
    assert [line.ok for line in lines if line.kind == "place"] == [ok]


@pytest.mark.django_db
class TestForm:
    url = property(lambda self: reverse("opportunities:profile"))

    def save(self, client, **fields):
        return client.post(self.url, {"country": "SN", **fields}, follow=True)

    def test_the_country_first_then_its_regions(self, learner, sign_in):
        give_certificate(learner)
        client = sign_in(learner)
        assert "Choisissez d’abord votre pays" in body(client.get(self.url))
        page = body(self.save(client))
        assert '<option value="SN-TH">Thiès</option>' in page
        assert "FR-IDF" not in page
        self.save(client, region="SN-TH")
        assert CandidateProfile.objects.get().region == "SN-TH"

    def test_no_other_text_is_taken(self, learner, sign_in):
        client = sign_in(learner)
        CandidateProfile.objects.filter(pk=ensure_profile(user=learner).pk).update(country="SN")
        for region in (TYPED, "FR-IDF", "Dakar"):
            answer = client.post(self.url, {"country": "SN", "region": region})
            assert answer.status_code == 422
        assert CandidateProfile.objects.get().region == ""

    def test_with_another_country_the_region_is_asked_again(self, learner, sign_in):
        profile = make_candidate(learner, region="SN-TH")
        page = body(self.save(sign_in(learner), country="CI", region="SN-TH"))
        profile.refresh_from_db()
        assert (profile.country, profile.region) == ("CI", "")
        assert '<option value="CI-AB">' in page

    def test_what_was_typed_once_is_shown_to_its_writer_to_choose_again(self, learner, sign_in):
        profile = make_candidate(learner, region=TYPED)
        client = sign_in(learner)
        assert f"Vous aviez écrit «\u00a0{TYPED}\u00a0»" in body(client.get(self.url))
        self.save(client)
        profile.refresh_from_db()
        assert profile.region == TYPED, "kept until they choose"
        self.save(client, region="SN-DK")
        profile.refresh_from_db()
        assert profile.region == "SN-DK"

    def test_before_the_yes_too(self, learner, sign_in):
        profile = make_candidate(learner, region="SN-DK")
        referral = make_referral(profile)
        page = body(sign_in(learner).get(reverse("opportunities:detail", args=[referral.pk])))
        assert '<option value="SN-DK" selected>Dakar</option>' in page


@pytest.mark.django_db
def test_the_migration_chooses_where_it_is_sure():
    from importlib import import_module

    from django.apps import apps

    rows = {text: make_candidate(region=text) for text in ("Dakar", "thiès", TYPED, "")}
    migration = import_module("placement.migrations.0030_regions_from_a_list")
    migration.choose_where_sure(apps, None)
    now = {text: CandidateProfile.objects.get(pk=row.pk).region for text, row in rows.items()}
    assert now == {"Dakar": "SN-DK", "thiès": "SN-TH", TYPED: TYPED, "": ""}
    again = {text: row.user.certificates.get().examined_at for text, row in rows.items()}
    assert {text for text, at in again.items() if at is None} >= {"Dakar", "thiès"}
