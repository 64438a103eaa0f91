"""Opportunities as their employer writes, opens, changes and closes them."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from placement.enums import ReferralState as S
from placement.models import Employer, Opportunity
from placement.services import opportunities
from tests.factories.courses import make_skill
from tests.factories.placement import ENTRY, code_name, make_candidate, make_opportunity, make_referral

pytestmark = [pytest.mark.django_db, pytest.mark.pages]


def body(response):
    return response.content.decode()


OPENING = {
    "title": "Saisie de factures", "kind": "job", "place": "remote", "hours_per_week": "20", "positions": "2",
    "pay_currency": "XOF", "pay_period": "month", "connectivity": "2", "language_1": "fr", "language_level_1": "3",
    "skill_level_1": "2", "skill_essential_1": "on",
}  # fmt: skip


class TestOpenings:
    def test_an_empty_form_chooses_nothing_for_the_employer(self, claire):
        page = body(claire.get(reverse("placement:new_opportunity")))
        assert "---------" not in page
        assert not re.search(r'name="skill_essential_\d"[^>]*checked', page)

    def test_a_country_outside_the_list_survives_an_edit(self, claire, employer):
        row = make_opportunity(employer, country="US", place="on-site")
        url = reverse("placement:edit_opportunity", args=[row.pk])
        assert '<option value="US" selected>' in body(claire.get(url))
        data = {**OPENING, "skill_1": make_skill(ENTRY).pk, "place": "on-site", "country": "US"}
        assert claire.post(url, data).status_code == 302
        row.refresh_from_db()
        assert row.country == "US"

    def test_write_and_open(self, claire, employer):
        data = {**OPENING, "skill_1": make_skill(ENTRY).pk, "open": "1"}
        answer = claire.post(reverse("placement:new_opportunity"), data)
        opportunity = Opportunity.objects.get()
        assert answer.headers["Location"] == reverse("placement:opportunity", args=[opportunity.pk])
        assert (opportunity.employer, opportunity.state, opportunity.title) == (employer, "open", "Saisie de factures")
        assert opportunity.skills.get().level == 2
        assert opportunity.languages.get().language == "fr"

    @pytest.mark.parametrize(
        "wrong",
        [{"title": ""}, {"skill_1": ""}, {"pay_min": "9", "pay_max": "3"}, {"place": "on-site"}, {"positions": "-1"}],
    )
    def test_mistakes_are_reported_and_typed_text_kept(self, claire, wrong):
        data = {**OPENING, "skill_1": make_skill(ENTRY).pk, "description": "Relire trois fois", **wrong}
        page = claire.post(reverse("placement:new_opportunity"), data)
        assert page.status_code == 422
        assert "Relire trois fois" in body(page)
        assert not Opportunity.objects.exists()

    def test_change_close_and_see_who_fits(self, claire, employer):
        opportunity, profile = make_opportunity(employer), make_candidate()
        page = body(claire.get(reverse("placement:opportunity", args=[opportunity.pk])))
        assert code_name(profile) in page
        data = {**OPENING, "skill_1": make_skill(ENTRY).pk, "title": "Autre titre"}
        claire.post(reverse("placement:edit_opportunity", args=[opportunity.pk]), data)
        claire.post(reverse("placement:opportunity_state", args=[opportunity.pk]), {"state": "closed"})
        opportunity.refresh_from_db()
        assert opportunity.titles == {"fr": "Autre titre", "en": "Invoice entry"}
        assert opportunity.state == "closed"
        assert opportunity.title in body(claire.get(reverse("placement:opportunities")))

    @pytest.mark.parametrize("field", ["positions", "hours_per_week"])
    def test_a_number_out_of_range_is_reported_at_its_field(self, claire, field):
        data = {**OPENING, "skill_1": make_skill(ENTRY).pk, field: "0"}
        page = claire.post(reverse("placement:new_opportunity"), data)
        assert page.status_code == 422
        assert f'href="#id_{field}"' in body(page)
        assert "opportunity_h" not in body(page)  # the name of a constraint of the database

    def test_a_last_day_that_is_past_is_reported(self, claire, employer):
        yesterday = timezone.localdate() - timedelta(days=1)
        data = {**OPENING, "skill_1": make_skill(ENTRY).pk, "closes_on": yesterday.isoformat()}
        assert claire.post(reverse("placement:new_opportunity"), data).status_code == 422
        row = make_opportunity(employer, state="closed", closes_on=yesterday)
        edit = reverse("placement:edit_opportunity", args=[row.pk])
        assert claire.post(edit, data).status_code == 302  # an old opportunity keeps its day
        assert claire.post(edit, {**data, "open": "1"}).status_code == 422
        claire.post(reverse("placement:opportunity_state", args=[row.pk]), {"state": "open"})
        row.refresh_from_db()
        assert row.state == "closed"

    def test_its_people_are_links_and_ending_it_is_a_second_step(self, claire, employer):
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        page = body(claire.get(reverse("placement:opportunity", args=[referral.opportunity_id])))
        assert f'<a href="{reverse("placement:referral", args=[referral.pk])}">' in page
        assert page.index("<details") < page.index('value="closed"') < page.index("</details>")


def test_an_old_form_does_not_open_a_filled_opportunity_again(employer, employer_user):
    row = make_opportunity(employer)
    read = Opportunity.objects.get(pk=row.pk)
    opportunities.close(opportunity=row, state="filled")
    saved = opportunities.save_opportunity(
        opportunity=read, employer=employer, skills=[], languages={}, actor=employer_user, positions=3
    )
    assert saved.state == "filled"
    row.refresh_from_db()
    assert (row.state, row.positions) == ("filled", 3)


def test_what_cannot_be_opened_is_saved_all_the_same(claire, employer, monkeypatch):
    """Suspended while they were writing."""
    row = make_opportunity(employer, state="draft")
    publish = opportunities.publish

    def suspended(**kwargs):
        Employer.objects.update(vetting="suspended")
        publish(**kwargs)

    monkeypatch.setattr(opportunities, "publish", suspended)
    data = {**OPENING, "skill_1": make_skill(ENTRY).pk, "positions": "7", "open": "1"}
    assert claire.post(reverse("placement:edit_opportunity", args=[row.pk]), data).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.positions) == ("draft", 7)


class TestWordsThatHarm:
    def test_they_are_refused_beside_their_field_and_nothing_typed_is_lost(self, claire):
        data = {**OPENING, "skill_1": make_skill(ENTRY).pk, "open": "1",
                "description": "Jeune femme, 18-25 ans. Frais de dossier : 5 000 FCFA."}  # fmt: skip
        response = claire.post(reverse("placement:new_opportunity"), data)
        page = body(response)
        assert response.status_code == 422
        assert "«\u00a0Jeune femme\u00a0»" in page
        assert "«\u00a0Frais de dossier : 5 000 FCFA\u00a0»" in page
        assert data["description"] in page
        assert not Opportunity.objects.exists()

    def test_a_change_is_checked_as_a_new_one(self, claire, employer):
        row = make_opportunity(employer)
        data = {**OPENING, "skill_1": make_skill(ENTRY).pk, "title": "Saisie, femme uniquement"}
        assert claire.post(reverse("placement:edit_opportunity", args=[row.pk]), data).status_code == 422
        row.refresh_from_db()
        assert row.titles["fr"] == "Saisie de factures"

    def test_hours_that_no_law_allows_are_refused(self, claire):
        data = {**OPENING, "skill_1": make_skill(ENTRY).pk, "hours_per_week": "60"}
        response = claire.post(reverse("placement:new_opportunity"), data)
        assert response.status_code == 422
        assert 'href="#id_hours_per_week"' in body(response)
