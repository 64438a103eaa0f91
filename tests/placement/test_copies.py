"""An opportunity copied: the same words and needs, none of its dates, nothing of what was decided about it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from lms.lib.moments import site_day
from placement.enums import OpportunityState
from placement.models import Opportunity, Review
from placement.services.opportunities import COPIED
from tests.factories.placement import ENTRY, make_employer, make_opportunity

pytestmark = pytest.mark.django_db


def test_every_column_is_copied_or_begins_anew():
    """A new column: in ``COPIED``, or a reason here."""
    own = {"id", "employer", "created_by"}
    dates = {"starts_on", "closes_on", "created_at", "proposed_at", "undo_until", "approved_at"}
    decided = {"state", "cleared_words", "is_demo"}
    assert {field.name for field in Opportunity._meta.concrete_fields} == {*COPIED, *own, *dates, *decided}


def test_a_draft_without_dates_that_is_checked_like_any_other(claire, employer, settings):
    settings.FIRST_OPPORTUNITIES_CHECKED = 1
    day = site_day() + timedelta(days=9)
    row = make_opportunity(
        employer, skills=((ENTRY, 2, True), ("dw.typing", 1, False)), languages={"fr": 4}, starts_on=day, closes_on=day,
        pay_min=75_000, equipment=["computer"], cleared_words=["x"],
    )  # fmt: skip
    page = claire.get(reverse("placement:opportunity", args=[row.pk])).content.decode()
    url = reverse("placement:copy_opportunity", args=[row.pk])
    assert url in page
    answer = claire.post(url)
    made = Opportunity.objects.exclude(pk=row.pk).get()
    assert answer.url == reverse("placement:edit_opportunity", args=[made.pk])
    for name in COPIED:
        assert getattr(made, name) == getattr(row, name), name
    assert (made.employer, made.state, made.starts_on, made.closes_on) == (employer, "draft", None, None)
    assert (made.approved_at, made.cleared_words, made.proposed_at) == (None, [], None)
    needs = [(need.skill.code, need.level, need.essential) for need in made.skills.order_by("pk")]
    assert needs == [(ENTRY, 2, True), ("dw.typing", 1, False)]
    assert [(need.language, need.level) for need in made.languages.all()] == [("fr", 4)]
    claire.post(reverse("placement:opportunity_state", args=[made.pk]), {"state": "open"})
    made.refresh_from_db()
    assert made.state == OpportunityState.WAITING, "an employer of whom nothing was let pass yet"
    assert Review.objects.get().opportunity == made


def test_nobody_copies_what_is_another_employers(claire):
    row = make_opportunity(make_employer("Rivale"))
    assert claire.post(reverse("placement:copy_opportunity", args=[row.pk])).status_code == 404
    assert Opportunity.objects.count() == 1
