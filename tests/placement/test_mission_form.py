"""The form of a mission: what it refuses, and what can be changed once some of its lines are open."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.translation import override

from lms.accounts.enums import Role
from lms.lib.moments import site_day
from placement.enums import OpportunityState
from placement.mission_forms import MissionForm
from placement.mission_pay import sum_words
from placement.missions.money import UnitPrice
from placement.models import EmployerContact, Mission, Opportunity, Review
from placement.services import decisions, missions, opportunities
from tests.factories.courses import make_skill
from tests.factories.people import make_user
from tests.factories.placement import ENTRY
from tests.placement.test_missions import draft, employer, opened, portal, typed

__all__ = ["employer", "portal"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["level", "window", "connectivity", "language_level"])
def test_what_a_line_does_not_say_is_named(portal, name):
    form = typed()
    del form[f"{name}_1"]
    response = portal.post(reverse("placement:new_mission"), form)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [f"{name}_1"]
    assert not Mission.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"price_1": "0.01", "currency": "EUR"},
        {"price_1": "999999999", "units_1": "999999"},
    ],
)
def test_a_sum_that_no_pay_can_hold_is_refused_in_words(portal, changes):
    response = portal.post(reverse("placement:new_mission"), typed(**changes))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["price_1"]
    assert not Mission.objects.exists()


@pytest.mark.parametrize(
    ("price", "units", "currency", "gets"),
    [
        ("0.04", "60", "EUR", "1,68 €"), ("0.5", "60", "USD", "21,00 $"), ("25", "60", "XOF", "1 050 FCFA"),
        ("25", "61", "XOF", "1 067,5 FCFA"), ("0.043", "61", "EUR", "1,8361 €"), ("1", "100000", "XOF", "70 000 FCFA"),
    ],
)  # fmt: skip
def test_the_sum_is_true(price, units, currency, gets):
    with override("fr"):
        text = sum_words(UnitPrice(Decimal(price), Decimal(units), 70), currency)
    assert f"= {gets}" in text.replace("\xa0", " ").replace("\u202f", " ")


def with_second_line(**changes):
    line = {
        "people": 1, "skill": make_skill(ENTRY).pk, "level": 1, "hours": 10, "window": "day", "connectivity": 1,
        "unit": "Une page", "price": "50", "units": "30",
    }  # fmt: skip
    return {**{f"{name}_2": value for name, value in line.items()}, **changes}


@pytest.fixture
def half_open(employer, settings):
    """Of two lines the first is open, and the second came back."""
    settings.FIRST_OPPORTUNITIES_CHECKED = 1
    mission = draft(employer, **with_second_line())
    missions.open_mission(mission=mission, actor=employer.contacts.get().user)
    first, second = Review.objects.order_by("opportunity__mission_line__number")
    manager = make_user("manager", Role.MANAGER)
    decisions.approve(review=first, by=manager)
    decisions.send_back(review=second, by=manager, note="Dites quelles pages.")
    return mission


def test_a_line_that_came_back_is_rewritten_and_opened_beside_one_that_is_open(portal, half_open):
    edit, page = (reverse(f"placement:{name}", args=[half_open.pk]) for name in ("edit_mission", "mission"))
    shown = portal.get(edit)
    fields = shown.context["form"].fields
    assert "people_1" not in fields
    assert "people_3" not in fields
    assert {name for name, field in fields.items() if field.disabled} == {*MissionForm.OWN}
    assert "Dites quelles pages." in shown.content.decode()
    assert [fields[f"{name}_2"].initial for name in ("price", "units")] == ["50", "30"]
    before = half_open.lines.get(number=1)
    told = typed(**with_second_line(people_2=3), title="Pages de contrats", people_1=50, price_1="1", worker_share=10)
    assert portal.post(edit, told).headers["Location"] == page
    first, second = Mission.objects.get().lines.order_by("number")
    assert (first.people, first.price, first.opportunity.titles) == (2, before.price, before.opportunity.titles)
    assert (second.people, second.seats.count(), second.mission.worker_share) == (3, 3, 70)
    assert second.opportunity.titles["fr"].startswith("Pages de contrats")
    ask = reverse("placement:open_mission", args=[half_open.pk])
    assert ask in portal.get(page).content.decode()
    opportunities.close(opportunity=first.opportunity, state=OpportunityState.CLOSED)
    portal.post(ask)
    assert [line.opportunity.state for line in half_open.lines.order_by("number")] == ["closed", "waiting"]
    assert ask not in portal.get(page).content.decode()


def test_a_line_that_came_back_is_taken_out(portal, half_open):
    portal.post(reverse("placement:edit_mission", args=[half_open.pk]), typed())
    assert [line.number for line in half_open.lines.all()] == [1]


def test_the_closing_day_moves_later_only(portal, employer):
    day = site_day() + timedelta(days=5)
    mission = opened(employer, closes_on=day)
    edit = reverse("placement:edit_mission", args=[mission.pk])
    sooner = portal.post(edit, typed(closes_on=day - timedelta(days=1)))
    assert list(sooner.context["form"].errors) == ["closes_on"]
    Mission.objects.update(closes_on=site_day() - timedelta(days=2))
    past = portal.post(edit, typed(closes_on=site_day() - timedelta(days=1)))
    assert list(past.context["form"].errors) == ["closes_on"]
    later = day + timedelta(days=5)
    assert portal.post(edit, typed(closes_on=later, price_1="1", title="Autre")).status_code == 302
    line = Mission.objects.get().lines.get()
    assert (line.mission.closes_on, line.opportunity.closes_on) == (later, later)
    assert (line.price, line.mission.title) == (25, "Saisie de factures")


def test_a_line_belongs_to_whoever_wrote_the_mission(client, employer):
    mission = draft(employer)
    row = mission.lines.get().opportunity
    author, other = (make_user(name, Role.EMPLOYER, email=f"{name}@example.org") for name in ("paul", "awa"))
    for member in (author, other):
        EmployerContact.objects.create(employer=employer, user=member)
    Mission.objects.update(created_by=author)
    Opportunity.objects.update(created_by=other)
    state, edit, page = (
        reverse(f"placement:{name}", args=[row.pk]) for name in ("opportunity_state", "edit_opportunity", "opportunity")
    )
    client.force_login(other)
    assert client.get(page).context["may_change"] is False
    assert client.get(edit).headers["Location"] == page
    client.post(state, {"state": "closed"})
    row.refresh_from_db()
    assert row.state == OpportunityState.DRAFT
    client.force_login(author)
    assert client.get(page).context["may_change"] is True
    assert client.get(edit).headers["Location"] == reverse("placement:edit_mission", args=[mission.pk])
    client.post(state, {"state": "closed"})
    row.refresh_from_db()
    assert row.state == OpportunityState.CLOSED
