"""Two rows that may be one employer are shown to whoever decides, before a row is made and on its page."""

import pytest
from django.urls import reverse
from django.utils import translation

from placement.duplicates import domains, duplicates_of, name_key, registration_key
from placement.models import Employer
from tests.factories.placement import make_candidate, make_employer, make_opportunity, make_referral


@pytest.mark.parametrize(
    ("one", "other"), [("Pont Data", "PONT-DATA"), ("Pont Data SARL", "pont data s.a.r.l."), ("Société É", "societe e")]
)
def test_names_that_are_the_same(one, other):
    assert name_key(one) == name_key(other)


def test_names_that_are_not():
    assert name_key("Pont Data") != name_key("Pont Data Services")
    assert name_key("SA") == "sa"


def test_numbers_and_domains():
    assert registration_key("sn-dkr 2020.B/123") == "sndkr2020b123"
    assert registration_key("12") == ""
    assert domains("https://www.pont-data.sn/contact", "claire@pont-data.sn") == {"pont-data.sn"}
    assert domains("", "claire@gmail.com") == set()


@pytest.mark.django_db
class TestFound:
    @pytest.fixture
    def old(self):
        return make_employer(
            "Pont Data SARL",
            registration="SN.DKR.2020-B-123",
            website="https://pont-data.sn",
            contact_email="a@pont.sn",
        )

    @pytest.mark.parametrize(
        ("fields", "why"),
        [({"name": "pont-data"}, "same name"), ({"registration": "sndkr2020b123"}, "same registration number"),
         ({"website": "http://www.pont-data.sn/fr/"}, "same domain: pont-data.sn"),
         ({"contact_email": "b@PONT.sn"}, "same domain: pont.sn")],
    )  # fmt: skip
    def test_by_each_sign(self, old, fields, why):
        draft = Employer(**{"name": "Autre", "country": "SN", **fields})
        with translation.override("en"):
            ((found, reasons),) = [(each.employer, each.reasons) for each in duplicates_of(draft)]
        assert found == old
        assert reasons == [why]

    def test_others_are_not_and_neither_is_itself(self, old):
        make_employer("Pont Data Services", registration="SN.DKR.2020-B-124", contact_email="c@gmail.com")
        make_employer("Sans rien", contact_email="d@gmail.com")
        assert duplicates_of(old) == []
        assert duplicates_of(Employer(name="Neuf", contact_email="e@gmail.com")) == []

    def test_the_page_of_the_check_shows_them(self, old, client, manager):
        asked = Employer.objects.create(name="Pont data", slug="two", country="SN")
        client.force_login(manager)
        page = client.get(reverse("placement_vetting", args=[asked.pk]))
        assert "même nom" in page.content.decode()
        assert reverse("placement_vetting", args=[old.pk]) in page.content.decode()

    def test_none_is_made_before_they_are_shown(self, old, client, manager):
        client.force_login(manager)
        add = reverse("wagtailsnippets_placement_employer:add")
        data = {"name": "PONT DATA", "slug": "pont-2", "country": "SN", "town": "", "website": "", "registration": "",
                "about_fr": "", "about_en": "", "contact_name": "", "contact_email": "", "vetting_note": "",
                "no_fee_pledge_at": ""}  # fmt: skip
        page = client.post(add, data)
        assert page.status_code == 200
        assert "Pont Data SARL" in page.content.decode()
        assert not Employer.objects.filter(slug="pont-2").exists()
        assert client.post(add, {**data, "is_another": "on"}).status_code == 302
        assert Employer.objects.filter(slug="pont-2").exists()


@pytest.mark.django_db
def test_learners_read_who_the_employer_is(client):
    employer = make_employer("Pont Data", website="https://pont-data.sn/", about={"fr": "Saisie.", "en": "Data entry."})
    referral = make_referral(make_candidate(), make_opportunity(employer))
    client.force_login(referral.profile.user)
    page = client.get(reverse("opportunities:detail", args=[referral.pk]))
    text = page.content.decode()
    assert "Saisie." in text
    assert 'href="https://pont-data.sn/" rel="noopener noreferrer nofollow"' in text
