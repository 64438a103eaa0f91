"""The search page in a browser with scripts: a filter changes the results, and nothing else moves."""

import pytest
from django.urls import reverse

from placement.models import CandidateProfile
from placement.services import profiles
from tests.factories.people import PASSWORD
from tests.factories.placement import make_candidate

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(desk, site, employer, employer_user):
    for number in range(30):
        person = make_candidate()
        CandidateProfile.objects.filter(pk=person.pk).update(equipment=["phone", "computer"][: 1 + number % 2])
        profiles.index_profile(profile=CandidateProfile.objects.get(pk=person.pk))
    desk.goto(reverse("account_login"))
    desk.fill("[name=login]", employer_user.username)
    desk.fill("[name=password]", PASSWORD)
    desk.click("form.field button.btn")
    desk.goto(reverse("placement:search"))
    return desk


def top_of(page, selector):
    return page.evaluate("selector => document.querySelector(selector).getBoundingClientRect().top", selector)


@pytest.mark.parametrize("size", [(1280, 800), (360, 640)])
def test_a_box_stays_under_the_pointer(page, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    if size[0] < 500:
        page.click(".facets > summary")
    page.click("#more-conditions > summary")
    box = "#equip-computer"
    page.locator(box).scroll_into_view_if_needed()
    for expected in ("15 personnes certifiées", "30 personnes certifiées"):
        before = top_of(page, box)
        with page.expect_response("**/search/**"):
            page.locator(box).click()
        page.wait_for_selector(f"[role=status]:has-text('{expected}')")
        assert page.locator(box).is_visible()  # what was unfolded stays so
        assert abs(top_of(page, box) - before) < 2
        assert page.evaluate("document.activeElement.id") == box[1:]
