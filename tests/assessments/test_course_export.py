"""A course leaves as the folder it came from: loading it again changes nothing, loading it elsewhere makes the same
course, and what a folder cannot say is named.
"""

import io
import zipfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from modelcluster.fields import ParentalKey
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtailmedia.models import get_media_model

from assessments.course_files import pack_course
from assessments.loading import exporting, load_folder
from assessments.loading.exporting import export_folder
from assessments.models import Assessment, AssessmentPage, Question, QuestionBank
from cms.blocks import ContentBlocks
from courses.loading import exporting as course_exporting
from courses.loading.lesson_text import WRITTEN
from courses.models import Course, CoursePage, LessonPage, LoadedPart
from tests.worlds import put_back


@pytest.fixture
def db(loaded_once, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), put_back():
        yield


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def forget_course() -> None:
    """As on a site that never had it; the library is emptied too."""
    LoadedPart.objects.all().delete()
    for page in CoursePage.objects.all():
        Page.objects.get(pk=page.pk).delete()
    Assessment.objects.all().delete()
    Question.objects.all().delete()
    QuestionBank.objects.all().delete()
    Course.objects.all().delete()
    for model in (get_image_model(), get_document_model(), get_media_model()):
        model.objects.all().delete()


def without_media(value: Any) -> Any:
    """The blocks of a lesson, whatever the numbers of their media here."""
    if isinstance(value, dict):
        return {key: without_media(inner) for key, inner in value.items() if key not in ("image", "media", "document")}
    return (
        [without_media(inner) for inner in value]
        if hasattr(value, "__iter__") and not isinstance(value, str)
        else value
    )


def everything(code: str = "example-course") -> list[Any]:
    """What is in the course, without ids of rows."""
    course = Course.objects.get(code=code)
    found: list[Any] = [
        (course.titles, course.level, course.hours, course.position, course.is_open),
        list(course.skills.order_by("sort_order").values_list("skill__code", "level")),
    ]
    for page in Page.objects.descendant_of(Page.objects.first()).order_by("path").specific():
        if isinstance(page, CoursePage | LessonPage | AssessmentPage):
            body = without_media(page.body.raw_data) if hasattr(page, "body") else []
            skills = sorted(page.skills.values_list("code", flat=True)) if hasattr(page, "skills") else []
            found.append((page.translation_key, page.locale_id, page.title, page.slug, skills, body))
    found += [
        (row.translation_key, row.locale_id, row.code, row.title, row.prompt, row.feedback, row.image_alt,
         row.answers.get_prep_value(), row.skill_id, row.difficulty, row.points)
        for row in Question.objects.order_by("translation_key", "locale")
    ]  # fmt: skip
    for assessment in Assessment.objects.order_by("code"):
        sections = assessment.sections.order_by("sort_order")
        named = [list(row.named.values_list("question__code", flat=True)) for row in sections]
        rules = [(row.titles, row.draw, row.skill_id, row.difficulty) for row in sections]
        found.append((assessment.code, assessment.titles, assessment.pass_mark, assessment.pause_minutes, rules, named))
    return found


def test_the_example_makes_the_journey_and_is_the_same(db, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    assert export_folder("example-course", first) == []
    before = everything()
    marks = {(row.kind, row.key, row.language): row.fields for row in LoadedPart.objects.all()}
    report, words = load_folder(first)
    assert (report.created, report.updated, report.kept_edits, report.retired) == (0, 0, [], [])
    assert words == f"questions: 0 made, 0 renewed, {Question.objects.count()} as before"
    assert {(row.kind, row.key, row.language): row.fields for row in LoadedPart.objects.all()} == marks
    forget_course()
    report, _words = load_folder(first)
    assert not report.problems
    assert everything() == before
    assert export_folder("example-course", second) == []
    assert files(second) == files(first)


@pytest.mark.parametrize("module", [course_exporting, exporting], ids=["pages", "questions"])
def test_no_field_is_forgotten(module):
    """A new field wants a place in the folder and a row in EXPORTED, or a reason in LEFT_OUT."""
    for model, told in module.EXPORTED.items():
        inherited = {"id", "page_ptr"} | ({f"{model.__name__.lower()}_ptr"})
        fields = {field.name for field in (*model._meta.local_fields, *model._meta.local_many_to_many)} - inherited
        children = {
            row.get_accessor_name()
            for row in model._meta.related_objects
            if isinstance(row.field, ParentalKey) and not row.related_model._meta.app_label.startswith("wagtail")
        }
        assert fields | children == told | set(module.LEFT_OUT.get(model, {})), model


def test_every_block_is_exported():
    assert set(WRITTEN) == set(ContentBlocks().child_blocks)


def french_lesson() -> LessonPage:
    return LessonPage.objects.get(slug="recopier-une-fiche")


def test_what_was_created_here_keeps_its_key(db, tmp_path):
    """A module, lesson, question and assessment with keys of this site: loading changes nothing, here or elsewhere."""
    page = french_lesson()
    text = '<p data-block-key=\\"a1\\">Un<br/>deux</p>'
    body = f'[{{"type": "text", "id": "x", "value": "{text}"}}]'
    own = LessonPage(title="À nous", slug="a-nous", locale=page.locale, body=body)
    page.get_parent().add_child(instance=own)
    own.save_revision().publish()
    Question.objects.filter(code="q-name").update(translation_key=uuid4(), code="")
    LoadedPart.objects.filter(kind="question").delete()
    export_folder("example-course", tmp_path / "first")
    count = Page.objects.count(), Question.objects.count(), Assessment.objects.count()
    report, words = load_folder(tmp_path / "first")
    assert (report.created, report.updated, report.kept_edits) == (0, 0, [])
    assert words.startswith("questions: 0 made, 0 renewed")
    assert (Page.objects.count(), Question.objects.count(), Assessment.objects.count()) == count
    key = own.translation_key
    forget_course()
    load_folder(tmp_path / "first")
    assert LessonPage.objects.get(translation_key=key).title == "À nous"
    export_folder("example-course", tmp_path / "second")
    assert files(tmp_path / "second") == files(tmp_path / "first")


def test_what_a_folder_cannot_say_is_named(db, tmp_path, trainer):
    page = french_lesson()
    newest = page.get_latest_revision_as_object()
    newest.summary = "Brouillon."
    newest.save_revision(user=trainer)
    LessonPage.objects.get(slug="le-clavier-azerty").unpublish()
    Question.objects.get(code="q-order", locale__language_code="fr").unpublish()
    err = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("export_course", "example-course", str(tmp_path / "out"), stdout=StringIO(), stderr=err)
    assert error.value.returncode == 2
    for place in ("fr: Recopier une fiche", "fr: Le clavier AZERTY", "fr: example-course/q-order"):
        assert f": {place}: " in err.getvalue(), place
    assert (tmp_path / "out" / "course.yaml").exists()
    call_command("export_course", "example-course", str(tmp_path / "again"), "--accept-losses",
                 stdout=StringIO(), stderr=StringIO())  # fmt: skip
    assert "Brouillon" not in (tmp_path / "again/fr/01-recopier-une-fiche.md").read_text()


def test_a_link_inside_the_site_and_an_unknown_block_are_named(db, tmp_path, monkeypatch):
    page = french_lesson()
    page.body = '[{"type": "text", "value": "<p>Lire <a linktype=\\"page\\" id=\\"1\\">ici</a>.</p>"}]'
    page.save()
    monkeypatch.delitem(WRITTEN, "warning")
    told = "\n".join(map(str, export_folder("example-course", tmp_path / "out")))
    assert "fr: Recopier une fiche" in told
    assert "warning" in told
    assert "en: Copy a form" in told


def test_only_a_new_folder_and_a_known_course_are_taken(db, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x")
    with pytest.raises(CommandError) as full:
        call_command("export_course", "example-course", str(tmp_path / "full"))
    with pytest.raises(CommandError, match="example-course") as unknown:
        call_command("export_course", "exemple-course", str(tmp_path / "new"))
    assert (full.value.returncode, unknown.value.returncode) == (1, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full"]
    assert (tmp_path / "full" / "mine.txt").read_text() == "x"


def test_nothing_is_left_half(db, tmp_path, monkeypatch):
    def stop(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "read_folder", stop)
    with pytest.raises(CommandError, match="No space"):
        call_command("export_course", "example-course", str(tmp_path / "out"))
    assert not list(tmp_path.iterdir())


def test_a_course_as_one_file_is_the_same_after_loading_it(db, tmp_path, site, trainer, sign_in):
    """Packed, unpacked, loaded into an empty site and packed again: byte for byte."""
    course = Course.objects.get()
    client, address = sign_in(trainer), reverse("course_export", args=[course.pk])
    assert client.get(address).status_code == 200
    answer = client.post(address)
    first = b"".join(answer.streaming_content)
    assert answer.headers["Content-Disposition"].endswith(f'"{course.code}.zip"')
    assert pack_course(course)[0] == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        archive.extractall(tmp_path)
    forget_course()
    load_folder(tmp_path / course.code)
    assert pack_course(Course.objects.get())[0] == first


def test_a_course_that_is_not_published_says_so(site, trainer, sign_in):
    course = Course.objects.create(code="vide", titles={"fr": "Vide"})
    answer = sign_in(trainer).post(reverse("course_export", args=[course.pk]))
    assert answer.status_code == 422
    assert "vide" in answer.content.decode()
