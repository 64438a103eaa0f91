"""An author puts only their own pictures and files into what they write, whatever number is posted."""

from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page
from wagtail.snippets.models import get_snippet_models
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield
from wagtailmedia.models import get_media_model

from cms.forms import OwnRows
from courses.enums import CourseRoleKind
from courses.roles import give_role
from lms.accounts.enums import Role
from tests.factories.courses import lesson_page, make_course
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


def files_of(person: Any) -> dict[str, Any]:
    image = get_image_model().objects.create(title="Photo", file=get_test_image_file(), uploaded_by_user=person)
    document = get_document_model()(title="Liste", uploaded_by_user=person)
    document.file.save("liste.txt", ContentFile(b"secret"))
    media = get_media_model()(title="Son", type="audio", duration=1, uploaded_by_user=person)
    media.file.save("son.mp3", ContentFile(b"ID3"))
    return {"image": image, "document": document, "media": media}


BLOCKS = {
    "image": lambda files: ("image", {"image": files["image"].pk, "alt": "a", "caption": ""}),
    "document": lambda files: ("download", {"document": files["document"].pk, "title": "t"}),
    "media": lambda files: ("audio", {"media": files["media"].pk, "transcript": rich_text("<p>x</p>")}),
}


@pytest.fixture
def author(site, sign_in):
    person = make_user("nafi", Role.TRAINER, all_courses=False)
    course = make_course("own", languages=("fr",))
    give_role(course=course, user=person, role=CourseRoleKind.AUTHOR, by=None)
    lesson = lesson_page(course)
    lesson.save_revision(user=person).publish()
    return person, lesson, sign_in(person)


def body(lesson: Any, *blocks: Any) -> dict[str, Any]:
    return nested_form_data(
        {
            "title": lesson.title, "slug": lesson.slug, "minutes": 5, "is_required": "on", "seo_title": "",
            "search_description": "", "body": streamfield(list(blocks)), "comments-TOTAL_FORMS": 0,
            "comments-INITIAL_FORMS": 0, "go_live_at": "", "expire_at": "", "variant": "",
        }
    )  # fmt: skip


@pytest.mark.parametrize("kind", BLOCKS)
def test_a_number_of_somebody_elses_file_is_refused(author, trainer, kind):
    _person, lesson, client = author
    posted = body(lesson, BLOCKS[kind](files_of(trainer)))
    before = lesson.latest_revision_id
    answer = client.post(f"/cms/pages/{lesson.pk}/edit/", posted)
    assert answer.status_code == 200
    assert "vous pouvez utiliser" in answer.content.decode()
    assert Page.objects.get(pk=lesson.pk).latest_revision_id == before
    assert not client.post(f"/cms/pages/{lesson.pk}/edit/preview/", posted).json()["is_valid"]


@pytest.mark.parametrize("kind", ["image", "document", "media"])
def test_their_own_are_taken(author, kind):
    person, lesson, client = author
    answer = client.post(f"/cms/pages/{lesson.pk}/edit/", body(lesson, BLOCKS[kind](files_of(person))))
    assert answer.status_code == 302, answer.context["form"].errors
    assert len(Page.objects.get(pk=lesson.pk).get_latest_revision_as_object().body) == 1


def test_a_link_that_no_editor_offers_is_not_kept(author, trainer):
    _person, lesson, client = author
    link = f'<p><a linktype="document" id="{files_of(trainer)["document"].pk}">x</a></p>'
    client.post(f"/cms/pages/{lesson.pk}/edit/", body(lesson, ("text", rich_text(link, features=["document-link"]))))
    assert "linktype" not in str(lesson.get_latest_revision_as_object().body.raw_data)


def test_what_stood_there_before_stays(author, trainer):
    """A colleague put it in: who edits the text beside it is not asked to take it out."""
    _person, lesson, client = author
    files = files_of(trainer)
    lesson.body = [("image", {"image": files["image"], "alt": "a", "caption": ""})]
    lesson.save_revision(user=trainer).publish()
    answer = client.post(f"/cms/pages/{lesson.pk}/edit/", body(lesson, BLOCKS["image"](files)))
    assert answer.status_code == 302, answer.context["form"].errors


def test_every_form_that_can_lead_to_a_file_looks_at_it():
    """A new model with a rich text, a stream or a chooser is edited by a form that keeps to its author's rows."""
    from wagtail.admin.panels import get_edit_handler

    loose = []
    pages = [model for model in apps.get_models() if issubclass(model, Page) and model is not Page]
    for model in [*pages, *get_snippet_models()]:
        handler = (
            model.snippet_viewset.get_edit_handler() if hasattr(model, "snippet_viewset") else get_edit_handler(model)
        )
        leads = [field.name for field in model._meta.get_fields() if hasattr(field, "extract_references")]
        if leads and not issubclass(handler.get_form_class(), OwnRows):
            loose.append(f"{model.__name__}: {', '.join(leads)}")
    assert not loose
