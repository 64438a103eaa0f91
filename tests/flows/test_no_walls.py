"""No button leads to a wall: whoever follows every link and button of the pages they are led to, in whatever state they
are, meets no refusal, and is sent to sign in only by a link that says so.
"""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from assessments.services import start, submit
from courses.models import Course, Enrolment
from courses.services import enrol
from lms.accounts.models import User
from placement.enums import ReferralState as S
from placement.models import Referral
from tests.factories.people import make_user
from tests.worlds import signed_in_as_before

pytestmark = pytest.mark.pages

TAG = re.compile(r"<(a|form)\b([^>]*)>(.*?)</\1>", re.S)
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
MOST = 40  # pages that one walk looks at
NOT_WALKED = re.compile(r"/(logout|language|cms)/|\.ics$|/download/")


def links(html: str, here: str) -> Iterator[tuple[str, str]]:
    """(method, address) of each link and of each form without a field to fill in."""
    for tag, attributes, inside in TAG.findall(html):
        given = {name: unescape(value) for name, value in ATTRIBUTE.findall(attributes)}
        target = given.get("href", "") if tag == "a" else given.get("action", "")
        url = urlsplit(urljoin(f"http://testserver{here}", target))
        if (url.scheme, url.netloc) != ("http", "testserver") or target.startswith("#"):
            continue
        method = given.get("method", "get").upper() if tag == "form" else "GET"
        is_empty = not re.search(r'<(input(?![^>]*type="hidden")|select|textarea)', inside)
        if tag == "a" or is_empty:
            yield method, url.path + (f"?{url.query}" if url.query else "")


def walls(client: Client, beginning: list[str]) -> list[str]:
    """Follow everything from these pages, two steps deep; what was met that leads no further."""
    found, seen = [], set()
    queue = [("GET", path, "", 0) for path in beginning]
    while queue and len(seen) < MOST:
        method, path, source, depth = queue.pop(0)
        if (method, path) in seen or NOT_WALKED.search(path):
            continue
        seen.add((method, path))
        with signed_in_as_before(client), transaction.atomic():
            answer = (client.post if method == "POST" else client.get)(path, follow=True)
            transaction.set_rollback(True)
        last = answer.redirect_chain[-1][0] if answer.redirect_chain else path
        if answer.status_code >= 400 and answer.status_code != 422:
            found.append(f"{source} -> {method} {path}: {answer.status_code}")
        elif "/accounts/login/" in last and "/accounts/login/" not in path:
            found.append(f"{source} -> {method} {path}: to the sign-in page")
        elif depth < 2 and method == "GET" and "text/html" in answer.headers.get("Content-Type", ""):
            queue += [(m, p, path, depth + 1) for m, p in links(answer.content.decode(), last)]
    return found


# --- states of a learner


def nobody(world) -> None:
    return None


def fresh(world) -> User:
    return make_user("nouvelle", full_name="Nouvelle Venue")


def enrolled(world) -> User:
    user = fresh(world)
    enrol(user=user, course=world.course)
    return user


def failed(world) -> User:
    user = enrolled(world)
    enrolment = Enrolment.objects.get(user=user, course=world.course)
    page = world.assessment.pages.filter(live=True, locale__language_code="fr").get()
    submit(attempt=start(enrolment=enrolment, page=page, language="fr"))
    return user


def finished_without_certificate(world) -> User:
    user = enrolled(world)
    Enrolment.objects.filter(user=user).update(completed_at=timezone.now())
    return user


def certified(world) -> User:
    return world.learner


def refused(world) -> User:
    Referral.objects.filter(profile__user=world.learner, forwarded_at__isnull=False).update(state=S.REFUSED)
    return world.learner


def of_a_closed_course(world) -> User:
    user = enrolled(world)
    Course.objects.filter(pk=world.course.pk).update(is_open=False)
    return user


def with_unpublished_course(world) -> User:
    user = enrolled(world)
    for page in world.course.pages.all():
        page.unpublish()
    return user


STATES = [
    nobody, fresh, enrolled, failed, finished_without_certificate, certified, refused, of_a_closed_course,
    with_unpublished_course,
]  # fmt: skip


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_every_link_and_button_leads_on(world, state):
    user, client = state(world), Client()
    beginning = ["/fr/", "/fr/courses/", f"/fr/courses/{world.course.code}/"]
    if user is not None:
        client.force_login(user)
        beginning += ["/fr/learn/", f"/fr/learn/{world.course.code}/", "/fr/certificates/", "/fr/opportunities/",
                      "/fr/accounts/"]  # fmt: skip
    assert walls(client, beginning) == []


def test_the_walk_sees_a_wall(world):
    """A page with a dead link would not pass."""
    html = '<a href="/fr/nope/">x</a><form method="post" action="/fr/learn/"></form><a href="https://wa.me/1">w</a>'
    assert list(links(html, "/fr/")) == [("GET", "/fr/nope/"), ("POST", "/fr/learn/")]
    assert walls(Client(), ["/fr/nope/"])
