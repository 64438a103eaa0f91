"""A course that was loaded before is loaded again: what is gone is retired and named, what was edited here is kept.

The example is loaded once for the whole file.
"""

import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from assessments.loading import load_folder
from assessments.models import Assessment, AssessmentPage, Question
from courses.loading import ContentError
from courses.models import Course, CoursePage, LessonPage, LoadedPart
from courses.outline import get_outline
from lms.accounts.models import User
from tests.assessments.folders import EXAMPLE, change, dump
from tests.worlds import put_back


@pytest.fixture
def db(loaded_once, django_db_blocker) -> Iterator[None]:
    """The database as the load left it."""
    with django_db_blocker.unblock(), put_back():
        yield


@pytest.fixture
def loaded(db, tmp_path) -> Path:
    """The folder it came from, to change it."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "course"))


def lesson(slug: str) -> LessonPage:
    return LessonPage.objects.get(slug=slug)


def without_keyboard(folder: Path) -> None:
    (folder / "fr" / "clavier.md").unlink()
    change(folder, "course.yaml", "      - lesson: keyboard # in French only\n", "")


def without_order(folder: Path) -> str:
    text = (folder / "questions.yaml").read_text()
    first, after = text.index("  - id: q-order"), text.index("  - id: q-document")
    (folder / "questions.yaml").write_text(text[:first] + text[after:])
    return text


def test_what_is_removed_is_retired_and_named_and_comes_back(loaded):
    key, pages = lesson("le-clavier-azerty").translation_key, LessonPage.objects.count()
    kept, text = {name: (loaded / name).read_text() for name in ("fr/clavier.md", "course.yaml")}, without_order(loaded)
    without_keyboard(loaded)
    out = StringIO()
    call_command("load_course", str(loaded), stdout=out)
    assert "no longer" in out.getvalue()
    assert ": 3\n" in out.getvalue()
    assert "  fr: Le clavier AZERTY\n" in out.getvalue()
    assert "  en: example-course/q-order\n" in out.getvalue()
    assert "2 retired" in out.getvalue()
    course = Course.objects.get()
    assert [step.kind for step in get_outline(course, "fr").steps] == ["lesson", "assessment"]
    assert LessonPage.objects.count() == pages
    assert not Question.objects.filter(code="q-order", live=True).exists()
    again, _words = load_folder(loaded)
    assert (again.retired, again.kept_edits, again.updated) == ([], [], 0)  # told once
    for name, content in {**kept, "questions.yaml": text}.items():
        (loaded / name).write_text(content)
    report, _words = load_folder(loaded)
    assert sorted(report.revived) == ["en: example-course/q-order", "fr: Le clavier AZERTY",
                                      "fr: example-course/q-order"]  # fmt: skip
    assert lesson("le-clavier-azerty").translation_key == key
    assert lesson("le-clavier-azerty").live
    assert Question.objects.filter(code="q-order", live=True).count() == 2
    assert LessonPage.objects.count() == pages


def test_keep_leaves_in_what_is_removed(loaded):
    without_keyboard(loaded)
    without_order(loaded)
    report, _words = load_folder(loaded, keep=True)
    assert len(report.left_in) == 3
    assert not report.retired
    assert lesson("le-clavier-azerty").live
    assert Question.objects.filter(code="q-order", live=True).count() == 2


def test_a_language_that_is_removed_is_retired(loaded):
    shutil.rmtree(loaded / "en")
    (loaded / "questions.en.gift").unlink()
    for name in ("course.yaml", "assessments.yaml", "questions.yaml"):
        data = yaml.safe_load((loaded / name).read_text())
        (loaded / name).write_text(dump(monolingual(data)))
    report, _words = load_folder(loaded)
    assert "en: Example course" in report.retired
    assert not CoursePage.objects.get(locale__language_code="en").live
    assert not Question.objects.filter(locale__language_code="en", live=True).exists()
    assert get_outline(Course.objects.get(), "fr").steps


def monolingual(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: monolingual(inner) for key, inner in value.items() if key != "en"}
    return [monolingual(inner) for inner in value] if isinstance(value, list) else value


def test_a_lesson_keeps_its_identity_under_another_file_module_and_address(loaded):
    before = lesson("le-clavier-azerty").pk
    (loaded / "fr" / "clavier.md").rename(loaded / "fr" / "9-touches.md")
    change(loaded, "fr/9-touches.md", "minutes: 2", "slug: touches\nminutes: 2")
    change(loaded, "course.yaml", "      - lesson: keyboard # in French only\n", "")
    with (loaded / "course.yaml").open("a") as course:
        course.write('  - {key: second, title: {fr: "Ensuite", en: "Next"}, steps: [{lesson: keyboard}]}\n')
    report, _words = load_folder(loaded)
    assert lesson("touches").pk == before
    assert not report.retired
    assert [module.title for module in get_outline(Course.objects.get(), "fr").modules] == ["Pour commencer", "Ensuite"]
    assert [module.title for module in get_outline(Course.objects.get(), "en").modules] == ["To begin"]


def test_two_lessons_may_exchange_their_addresses(loaded):
    first, second = lesson("recopier-une-fiche").pk, lesson("le-clavier-azerty").pk
    change(loaded, "fr/recopier-une-fiche.md", "slug: recopier-une-fiche", "slug: le-clavier-azerty")
    change(loaded, "fr/clavier.md", "minutes: 2", "slug: recopier-une-fiche\nminutes: 2")
    load_folder(loaded)
    assert (lesson("le-clavier-azerty").pk, lesson("recopier-une-fiche").pk) == (first, second)


def test_a_new_lesson_may_have_the_address_of_a_retired_one(loaded):
    old = lesson("le-clavier-azerty").pk
    change(loaded, "fr/clavier.md", "key: keyboard", "key: azerty")
    change(loaded, "course.yaml", "lesson: keyboard", "lesson: azerty")
    report, _words = load_folder(loaded)
    assert report.retired == ["fr: Le clavier AZERTY"]
    assert lesson("le-clavier-azerty").pk != old


def edit(row: Any, *, by: User, publish: bool = True, **fields: Any) -> None:
    newest = row.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(newest, name, value)
    revision = newest.save_revision(user=by)
    if publish:
        revision.publish(user=by)


@pytest.mark.parametrize("publish", [True, False], ids=["published", "draft"])
def test_what_was_edited_here_is_kept_and_named(loaded, trainer, publish):
    """An edit, or a draft of one, in a lesson, a question, the settings of the assessment and of the course."""
    question = Question.objects.get(code="q-guess", locale__language_code="fr")
    edit(lesson("recopier-une-fiche"), by=trainer, publish=publish, summary="Ici.")
    edit(question, by=trainer, publish=publish, feedback="<p>Ici.</p>")
    Assessment.objects.update(pass_mark=55)
    Course.objects.update(level=3)
    same, _words = load_folder(loaded)
    change(loaded, "fr/recopier-une-fiche.md", "Lire, taper, relire.", "Autre.")
    change(loaded, "questions.yaml", "On peut deviner", "Peut-on deviner")
    report, _words = load_folder(loaded)
    assert same.kept_edits == report.kept_edits
    assert sorted(report.kept_edits) == [
        "example-course (level)",
        "example-course-final (pass_mark)",
        "fr: Recopier une fiche (summary)",
        "fr: example-course/q-guess (feedback)",
    ]
    assert lesson("recopier-une-fiche").get_latest_revision_as_object().summary == "Ici."
    assert Question.objects.get(pk=question.pk).get_latest_revision_as_object().feedback == "<p>Ici.</p>"
    assert (Assessment.objects.get().pass_mark, Course.objects.get().level) == (55, 3)
    report, _words = load_folder(loaded, overwrite=True)
    assert not report.kept_edits
    assert lesson("recopier-une-fiche").summary == "Autre."
    assert "Peut-on" in Question.objects.get(pk=question.pk).prompt
    assert (Assessment.objects.get().pass_mark, Course.objects.get().level) == (70, 1)
    assert load_folder(loaded)[0].updated == 0


def test_what_was_edited_here_and_removed_there_is_kept(loaded, trainer):
    edit(lesson("le-clavier-azerty"), by=trainer, summary="Ici.")
    without_keyboard(loaded)
    report, _words = load_folder(loaded)
    assert report.kept_edits
    assert lesson("le-clavier-azerty").live
    report, _words = load_folder(loaded, overwrite=True)
    assert report.retired == ["fr: Le clavier AZERTY"]


def test_what_was_withdrawn_here_stays_withdrawn(loaded):
    lesson("le-clavier-azerty").unpublish()
    Question.objects.get(code="q-order", locale__language_code="fr").unpublish()
    report, _words = load_folder(loaded)
    assert sorted(report.kept_edits) == ["fr: Le clavier AZERTY (live)", "fr: example-course/q-order (live)"]
    assert not lesson("le-clavier-azerty").live


def test_an_order_that_was_changed_here_stays(loaded):
    first = lesson("recopier-une-fiche")
    lesson("le-clavier-azerty").move(first, pos="left")
    report, _words = load_folder(loaded)
    assert report.kept_edits
    assert get_outline(Course.objects.get(), "fr").steps[0].slug == "le-clavier-azerty"
    load_folder(loaded, overwrite=True)
    assert get_outline(Course.objects.get(), "fr").steps[0].slug == "recopier-une-fiche"


def test_what_was_made_here_is_never_touched(loaded, trainer):
    module = lesson("recopier-une-fiche").get_parent()
    own = LessonPage(
        title="À nous", slug="a-nous", locale=module.locale, body='[{"type": "text", "value": "<p>-</p>"}]'
    )
    module.add_child(instance=own)
    own.save_revision(user=trainer).publish()
    loaded_question = Question.objects.filter(code="q-order").first()
    mine = Question.objects.create(bank=loaded_question.bank, prompt="<p>?</p>", skill=loaded_question.skill,
                                   locale=loaded_question.locale, answers=loaded_question.answers)  # fmt: skip
    without_keyboard(loaded)
    load_folder(loaded)
    assert LessonPage.objects.get(pk=own.pk).live
    assert Question.objects.get(pk=mine.pk).live
    change(loaded, "fr/recopier-une-fiche.md", "slug: recopier-une-fiche", "slug: a-nous")
    with pytest.raises(ContentError, match="a-nous"):
        load_folder(loaded)


NAMED = [
    ("course.yaml", "assessment: final"),
    ("course.yaml", "lesson: keyboard"),
    ("course.yaml", "media/cover.png"),
    ("assessments.yaml", "q-doubt"),
    ("fr/recopier-une-fiche.md", "media/form.png"),
    ("fr/recopier-une-fiche.md", "media/message-fr.ogg"),
    ("fr/recopier-une-fiche.md", "media/square.webm"),
    ("fr/recopier-une-fiche.md", "media/checklist.csv"),
    ("questions.yaml", "media/form.png"),
]


def test_what_is_named_but_missing_is_a_fault(loaded, tmp_path):
    """Each by itself, in a course that is here already: loading it once is enough."""
    parts = list(LoadedPart.objects.order_by("pk").values())
    for number, (file, old) in enumerate(NAMED):
        spoilt = Path(shutil.copytree(loaded, tmp_path / str(number)))
        change(
            spoilt, file, old, f"{old}x".replace("x.", "") if "media" not in old else old.replace("media/", "media/no-")
        )
        with pytest.raises(CommandError) as error:
            call_command("load_course", str(spoilt))
        assert error.value.returncode == 1, old
        assert file in str(error.value), old
        assert list(LoadedPart.objects.order_by("pk").values()) == parts, old
        assert AssessmentPage.objects.filter(live=True).count() == 2, old
