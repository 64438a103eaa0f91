"""A file of a course goes to those who take the course and to the team; one of a public page to everybody."""

from uuid import uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.models import Page, ReferenceIndex

from lms.lib.files import SANDBOX
from tests.factories.courses import course_page, home_page, lesson_page, make_course, make_enrolment, module_page

pytestmark = pytest.mark.pages


def make_document(title: str = "Carnet", content: bytes = b"%PDF-1.7 x"):
    return get_document_model().objects.create(title=title, file=ContentFile(content, "carnet.pdf"))


def show_on(page, document) -> None:
    page.body = [*page.body.raw_data, {"type": "download", "value": {"document": document.pk, "title": "Carnet"}}]
    page.save_revision().publish()


@pytest.fixture
def in_a_lesson(site, indexed):
    course, document = make_course(), make_document()
    show_on(lesson_page(course), document)
    return course, document


def status(client, document) -> int:
    return client.get(document.url).status_code


def test_whoever_takes_the_course_saves_it(in_a_lesson, sign_in, learner):
    course, document = in_a_lesson
    make_enrolment(learner, course)
    response = sign_in(learner).get(document.url)
    assert b"".join(response.streaming_content) == b"%PDF-1.7 x"
    assert response["Content-Disposition"] == 'attachment; filename="Carnet.pdf"'
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Security-Policy"] == SANDBOX
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "private" in response["Cache-Control"]


def test_nobody_else_does(in_a_lesson, sign_in, stranger, employer_user, client):
    _course, document = in_a_lesson
    make_enrolment(stranger, make_course("autre"))
    assert status(sign_in(stranger), document) == 404
    assert status(sign_in(employer_user), document) == 404
    answer = client.get(document.url)
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_the_team_does(in_a_lesson, sign_in, trainer, manager):
    for person in (trainer, manager):
        assert status(sign_in(person), in_a_lesson[1]) == 200


def link_from(page, document) -> None:
    """As Wagtail notes a link: no block of a public page leads to a file today, one of tomorrow may."""
    page_type, document_type = (ContentType.objects.get_for_model(model) for model in (Page, document))
    ReferenceIndex.objects.create(
        base_content_type=page_type, content_type=ContentType.objects.get_for_model(page), object_id=page.pk,
        to_content_type=document_type, to_object_id=document.pk, model_path="body", content_path="body",
        content_path_hash=uuid4(),
    )  # fmt: skip


def test_a_file_of_a_public_page_is_public(site, client):
    document = make_document()
    link_from(home_page("fr"), document)
    assert status(client, document) == 200


def test_one_that_both_show_is_public(in_a_lesson, client):
    link_from(home_page("fr"), in_a_lesson[1])
    assert status(client, in_a_lesson[1]) == 200


def test_what_nothing_shows_any_more_is_the_teams(in_a_lesson, sign_in, learner, trainer):
    course, document = in_a_lesson
    make_enrolment(learner, course)
    lesson_page(course).unpublish()
    assert status(sign_in(learner), document) == 404
    assert status(sign_in(learner), make_document("Loose")) == 404
    assert status(sign_in(trainer), document) == 200


@pytest.mark.parametrize("above", [module_page, course_page])
def test_it_goes_with_the_module_or_the_course_that_is_withdrawn(above, in_a_lesson, sign_in, learner, trainer):
    """Wagtail leaves the lessons below live."""
    course, document = in_a_lesson
    make_enrolment(learner, course)
    client = sign_in(learner)
    assert status(client, document) == 200
    above(course).unpublish()
    assert lesson_page(course).live
    assert status(client, document) == 404
    above(course).save_revision().publish()
    assert status(client, document) == 200


def test_a_draft_gives_nothing_away(site, sign_in, learner):
    course, document = make_course(), make_document()
    make_enrolment(learner, course)
    page = lesson_page(course)
    page.body = [*page.body.raw_data, {"type": "download", "value": {"document": document.pk, "title": "Carnet"}}]
    page.save_revision()
    assert status(sign_in(learner), document) == 404


@pytest.mark.parametrize("tail", ["x.pdf", "", "%00", "a" * 5000, "..", "%2e%2e%2fx", "x%0a.pdf"])
def test_other_names_are_not_there(in_a_lesson, sign_in, trainer, tail):
    assert sign_in(trainer).get(f"/documents/{in_a_lesson[1].pk}/{tail}").status_code == 404


@pytest.mark.parametrize("number", ["0", "9" * 40, "-1", "1e3", "\u0663", "x"])
def test_other_numbers_are_not_there(in_a_lesson, sign_in, trainer, number):
    assert sign_in(trainer).get(f"/documents/{number}/{in_a_lesson[1].filename}").status_code == 404


def test_a_lost_file_is_not_there(in_a_lesson, sign_in, trainer):
    document = in_a_lesson[1]
    document.file.storage.delete(document.file.name)
    assert status(sign_in(trainer), document) == 404
