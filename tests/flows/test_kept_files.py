"""Pictures, documents and recordings that a draft uses or an attempt shows are not deleted; what nothing uses is."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from modelcluster.models import get_all_child_relations
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.images import get_image_model
from wagtail.models import ReferenceIndex, RevisionMixin

from assessments.models import Question
from cms.rows import kept_rows
from cms.version_references import models_with_drafts, references_of
from courses.models import LessonPage, Skill
from tests.assessments.helpers import begin
from tests.courses.test_own_files import BLOCKS, files_of
from tests.factories.assessments import make_assessment, make_question
from tests.factories.courses import lesson_page, make_course, make_enrolment, make_skill

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site", "indexed")]
DELETE = {
    "image": lambda file: reverse("wagtailimages:delete", args=[file.pk]),
    "document": lambda file: reverse("wagtaildocs:delete", args=[file.pk]),
    "media": lambda file: reverse("wagtailmedia:delete", args=[file.pk]),
}


@pytest.fixture
def lesson() -> LessonPage:
    page = lesson_page(make_course())
    page.save_revision().publish()
    return page


def put(page: LessonPage, *raw: tuple[str, Any]) -> Any:
    page.body = [*page.body.raw_data, *({"type": kind, "value": value} for kind, value in raw)]
    return page.save_revision()


def block_of(kind: str, files: dict[str, Any]) -> tuple[str, Any]:
    name, value = BLOCKS[kind](files)
    return name, {key: part if isinstance(part, (int, str)) else "<p>x</p>" for key, part in value.items()}


@pytest.mark.parametrize("kind", BLOCKS)
def test_what_a_draft_uses_stays(kind, lesson, manager, sign_in):
    files = files_of(manager)
    before = list(lesson.body.raw_data)
    put(lesson, block_of(kind, files))
    client, address = sign_in(manager), DELETE[kind](files[kind])
    answer = client.post(address)
    assert answer.status_code == 409
    assert "Non supprimé" in answer.text
    assert type(files[kind]).objects.filter(pk=files[kind].pk).exists()
    lesson.body = before
    lesson.save_revision()  # the newest draft does without it
    assert client.post(address).status_code == 302
    assert not type(files[kind]).objects.filter(pk=files[kind].pk).exists()


def test_the_picture_of_an_asked_version_stays(learner, manager, sign_in):
    files = files_of(manager)
    course, question = make_course(), make_question(image=files["image"], image_alt="Un formulaire")
    assessment = make_assessment(course, questions=[question])
    attempt = begin(make_enrolment(learner, course), assessment)
    question.image = None
    question.save_revision().publish()
    assert attempt.items.get().revision_id != Question.objects.get().live_revision_id
    assert sign_in(manager).post(DELETE["image"](files["image"])).status_code == 409
    assert sign_in(manager).post(f"/cms/bulk/wagtailimages/image/delete/?id={files['image'].pk}").status_code == 409
    assert get_image_model().objects.filter(pk=files["image"].pk).exists()


def test_one_of_a_version_nobody_was_asked_goes(manager, sign_in):
    files = files_of(manager)
    question = make_question(image=files["image"], image_alt="Un formulaire")
    question.image = None
    question.save_revision().publish()
    assert sign_in(manager).post(DELETE["image"](files["image"])).status_code == 302


def test_what_the_draft_of_a_question_uses_stays(manager):
    """Its picture and its skill alike."""
    image, question, skill = files_of(manager)["image"], make_question(), make_skill("dw.autre")
    assert not kept_rows(Skill, [skill.pk])
    question.image, question.skill = image, skill
    question.save_revision()
    assert kept_rows(get_image_model(), [image.pk]) == [image]
    assert kept_rows(Skill, [skill.pk]) == [skill]


def test_versions_are_read_with_the_same_queries_however_many(lesson, manager):
    files, counts = files_of(manager), []
    put(lesson, *(block_of(kind, files) for kind in ("document", "media")))
    for number in range(2):
        with CaptureQueriesContext(connection) as asked:
            kept_rows(get_image_model(), [files["image"].pk])
        counts.append(len(asked))
        for more in ("a", "b", "c"):
            put(lesson_page(make_course(f"{more}{number}")), *(block_of(kind, files) for kind in ("document", "media")))
    assert counts[0] == counts[1]


def test_versions_are_read_as_wagtail_reads_rows(lesson, manager):
    """Each reference that Wagtail finds in the row itself is found in what is stored of it."""
    files = files_of(manager)
    put(lesson, *(block_of(kind, files) for kind in BLOCKS)).publish()
    lesson.refresh_from_db()
    question = make_question(image=files["image"], image_alt="a")
    for row in (lesson, question, lesson.get_parent().get_parent().specific):
        known = {(model, pk) for model, pk, *_path in indexed_references(row)}
        assert known
        assert known <= set(references_of(type(row), row.serializable_data()))


def indexed_references(row: Any) -> Iterator[tuple[Any, ...]]:
    for type_id, pk, *path in ReferenceIndex._extract_references_from_object(row):
        yield ContentType.objects.get_for_id(type_id).model_class(), str(pk), *path


KNOWN = (
    blocks.BaseStreamBlock, blocks.ListBlock, blocks.BaseStructBlock, blocks.ChooserBlock, blocks.RichTextBlock,
)  # fmt: skip


def blocks_below(block: blocks.Block) -> Iterator[blocks.Block]:
    yield block
    children = getattr(block, "child_blocks", {}).values()
    for child in [*children, *([block.child_block] if isinstance(block, blocks.ListBlock) else [])]:
        yield from blocks_below(child)


def test_every_block_that_can_lead_somewhere_is_read():
    """A block of a new kind with references that it keeps in its own way, is taught to ``version_references`` first."""
    strange = set()
    for model in apps.get_models():
        if not issubclass(model, RevisionMixin):
            continue
        for part in (model, *(relation.related_model for relation in get_all_child_relations(model))):
            for field in part._meta.get_fields():
                for block in blocks_below(field.stream_block) if isinstance(field, StreamField) else ():
                    own = type(block).extract_references
                    plain = {blocks.Block.extract_references, *(kind.extract_references for kind in KNOWN)}
                    if own not in plain or (
                        own is not blocks.Block.extract_references and not isinstance(block, KNOWN)
                    ):
                        strange.add(type(block).__name__)
    assert not strange


def test_every_kind_of_draft_is_looked_at():
    assert {model.__name__ for model in models_with_drafts()} == {"Page", "Question"}
