"""What the admin offers, walked like a person would: from the lists, through every link, to the end."""

import html
import re
from collections import deque
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page
from wagtailmedia.models import get_media_model

from assessments.models import Question
from cms.gates import Rows, gate_of, name_of
from courses.enums import CourseRoleKind
from courses.models import LessonPage
from courses.roles import give_role
from lms.accounts.enums import Role
from lms.accounts.models import User
from tests.factories.assessments import make_bank, make_question
from tests.factories.people import make_user
from tests.flows.test_admin_rows import routes
from tests.flows.test_offered_actions import refusal
from tests.flows.world import World
from tests.worlds import put_back

pytestmark = pytest.mark.pages

ADDRESS = re.compile(r"""["'](/cms/[^"'#\s<>\\{}]*)""")
ROW_IN_LIST = re.compile(r'data-object-id="(\d+)"')
STATES = ("live", "course_id", "uploaded_by_user_id", "vetting", "state", "revoked_at")
SCRIPTED = {
    "wagtailadmin_api:images:listing", "wagtailadmin_api:documents:listing", "wagtailadmin_api:pages:listing",
    "wagtailadmin_block_preview", "wagtailadmin_tag_autocomplete", "wagtailadmin_tag_model_autocomplete",
    "wagtailadmin_editing_sessions:ping", "wagtailadmin_editing_sessions:release",
}  # fmt: skip
"""Told to Wagtail's scripts on every page, whoever reads it; nobody presses them."""
LEAVES = {"wagtailadmin_logout"}
PEOPLE = ["admin", "manager", "author of one", "reviewer", "no course"]


def people(world: World) -> dict[str, User]:
    one = {name: make_user(name.replace(" ", "-"), Role.TRAINER, all_courses=False) for name in PEOPLE[2:]}
    give_role(course=world.course, user=one["reviewer"], role=CourseRoleKind.REVIEWER, by=None)
    give_role(course=world.course, user=one["author of one"], role=CourseRoleKind.AUTHOR, by=None)
    return one | {name: getattr(world, name) for name in PEOPLE[:2]}


def add_files(world: World, by: User) -> None:
    """Of each kind one that is theirs, and one of the manager's that they see in a lesson of the course."""
    for owner in (by, world.manager):
        kinds = (
            (get_image_model(), {"file": get_test_image_file()}),
            (get_document_model(), {"file": ContentFile(b"x", name="x.txt")}),
            (get_media_model(), {"file": ContentFile(b"x", name="x.mp3"), "type": "audio"}),
        )
        image, document, media = (
            model.objects.create(title="Fichier", uploaded_by_user=owner, **fields) for model, fields in kinds
        )
    lesson = LessonPage.objects.get(pk=world.lesson.pk)
    body = lesson.body
    body.append(("image", {"image": image, "alt": "Une image", "caption": ""}))
    body.append(("audio", {"media": media, "transcript": "x"}))
    body.append(("download", {"document": document, "title": "Une fiche"}))
    lesson.save_revision().publish()


def start() -> Iterator[str]:
    """Every list and chooser: what has an address without arguments."""
    for _name, path in routes():
        path = path.replace("^", "").replace("$", "")
        if "<" not in path and "(" not in path:
            yield "/" + path


def kind_of(url: str) -> tuple[Any, ...]:
    """One address stands for all of its kind: the same view, of a row in the same state."""
    try:
        match = resolve(urlsplit(url).path)
    except Resolver404:
        return ("missing", url)
    name = name_of(match)
    gate = gate_of(name)
    rest = tuple(sorted((key, value) for key, value in match.kwargs.items() if not str(value).isdecimal()))
    if name == "wagtail_bulk_action":
        model, pk = apps.get_model(match.kwargs["app_label"], match.kwargs["model_name"]), url.rpartition("=")[2]
    elif not isinstance(gate, Rows) or gate.argument.startswith("?"):
        return (name, *rest)
    else:
        model = gate.model()
        pk = match.kwargs.get(gate.argument) or next(iter(match.kwargs.values()), None) or match.args[0]
    row = model._default_manager.filter(pk=pk).first()
    if isinstance(row, Page):
        row = row.specific
        return (name, *rest, type(row).__name__, row.live, row.depth)
    return (name, *rest, *(getattr(row, field, None) for field in STATES))


def without_next(url: str) -> str:
    """The address without what says where one came from."""
    return re.sub(r"([?&])next=[^&]*", r"\1", url).rstrip("?&")


def links(text: str) -> Iterator[str]:
    """All that a page offers; what is done with rows that are ticked, for each of the rows that can be."""
    text = html.unescape(html.unescape(text))
    ticked = list(dict.fromkeys(ROW_IN_LIST.findall(text)))
    opens_privacy = 'data-a11y-dialog-show="set-privacy"' in text
    for url in dict.fromkeys(ADDRESS.findall(text)):
        if "/cms/bulk/" in url:
            yield from (f"{url.partition('?')[0]}?id={pk}" for pk in ticked)
        elif "/999999/" in url:  # a script puts in the row that is dragged
            yield from (url.replace("999999", pk) for pk in ticked[:1])
        elif opens_privacy or not url.endswith("/privacy/"):
            yield url


def refused(client: Client, url: str) -> tuple[Any, str]:
    """What a link or a button answers, and why it refuses."""
    with put_back():
        answer = client.get(url, follow=True)
        if answer.status_code == 405:
            answer = client.post(url)
            return answer, str(answer.status_code) if answer.status_code in {403, 404} else ""
    return answer, refusal(answer)


@pytest.mark.parametrize("role", PEOPLE)
def test_no_link_of_the_admin_is_refused(world, role):
    client = Client()
    person = people(world)[role]
    add_files(world, person)
    client.force_login(person)
    waiting = deque((url, "") for url in start())
    seen: set[Any] = set()
    wrong: list[str] = []
    known: set[str] = set()
    while waiting:
        url, place = waiting.popleft()
        address = without_next(url)
        if address in known:
            continue
        known.add(address)
        kind = kind_of(url)
        if kind[0] in SCRIPTED | LEAVES or kind in seen:
            continue
        seen.add(kind)
        answer, why = refused(client, url)
        if place and why:
            wrong.append(f"{place} offers {url}: {why}")
        if answer.status_code == 200 and not answer.streaming:
            waiting.extend((found, url) for found in links(answer.text))
    assert not wrong, "\n".join(sorted(wrong))
    assert len(seen) > 100, f"{len(seen)} kinds of addresses"


def test_of_what_is_ticked_only_what_is_theirs_is_deleted(world, contexts):
    """Wagtail asks first and names what stays; a forged form changes nothing of it."""
    one = people(world)["reviewer"]
    give_role(course=world.closed_course, user=one, role=CourseRoleKind.AUTHOR, by=None)
    read, written = (
        make_question(bank=make_bank(course.code, course=course), code=f"q-{course.code}", live=False)
        for course in (world.course, world.closed_course)
    )
    client = Client()
    client.force_login(one)
    url = f"/cms/bulk/assessments/question/delete/?id={read.pk}&id={written.pk}"
    answer = client.get(url)
    assert answer.status_code == 200
    assert [row["item"].pk for row in answer.context["items"]] == [written.pk]
    assert [row.pk for row in answer.context["items_with_no_access"]] == [read.pk]
    client.post(url)
    assert list(Question.objects.filter(pk__in=[read.pk, written.pk])) == [read]
    assert client.get(f"/cms/bulk/assessments/question/delete/?id={read.pk}").status_code == 200
    assert client.post(f"/cms/bulk/assessments/question/delete/?id={read.pk}").status_code == 404
    assert Question.objects.filter(pk=read.pk).exists()


def test_what_a_reviewer_saves_stays_a_draft(world):
    """Neither offered below the form nor done when the form is forged."""
    client = Client()
    client.force_login(people(world)["reviewer"])
    url = reverse("wagtailsnippets_assessments_question:edit", args=[world.question.pk])
    page = client.get(url).text
    assert "action-publish" not in page
    assert client.post(url, {"action-publish": "1"}).status_code == 404


def test_a_course_is_made_where_it_is_chosen(world):
    client = Client()
    client.force_login(world.trainer)
    url = reverse("wagtailsnippetchoosers_courses_course:create")
    prefix = "course-form" if "course-form" in client.get(url).text else ""
    assert client.get(url).status_code == 200
    assert prefix or "titles" in client.get(url).text
