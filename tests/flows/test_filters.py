"""What lists are filtered by names no row of others."""

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from wagtail.models import Collection

from lms.accounts.enums import Role
from tests.factories.assessments import SECRET
from tests.factories.people import make_user
from tests.flows.test_admin_rows import others, routes

pytestmark = pytest.mark.pages

__all__ = ["others"]


@pytest.fixture
def without_a_course(site, others) -> Client:
    """A trainer without a role; files of the others' course are in a collection of their own."""
    collection = Collection.get_first_root_node().add_child(instance=Collection(name=f"{SECRET} collection"))
    for kind in ("image", "document", "media"):
        others[kind].collection = collection
        others[kind].save()
    client = Client()
    client.force_login(make_user("autre", Role.TRAINER, all_courses=False))
    return client


def lists() -> list[str]:
    found = []
    for name in dict.fromkeys(name for name, _path in routes()):
        try:
            found.append(reverse(name))
        except NoReverseMatch:
            continue
    return found + [reverse("wagtailmedia:chooser_typed", args=[kind]) for kind in ("audio", "video")]


def test_nothing_of_others_is_offered_as_a_filter(without_a_course):
    wrong = []
    for path in lists():
        for query in ("", "?p=1", "?q=a"):
            response = without_a_course.get(path + query)
            text = b"".join(response.streaming_content) if response.streaming else response.content
            body = text.decode(errors="replace").lower()
            if SECRET in body:
                place = body.index(SECRET)
                wrong.append(f"{path}{query}: {body[max(0, place - 80) : place + 40]!r}")
    assert not wrong, "\n".join(wrong)
