"""A course folder writes its own rows: what another course has under the same code or UUID is refused."""

import shutil
from pathlib import Path
from uuid import uuid4

import pytest

from assessments.loading import load_folder
from assessments.models import Assessment, AssessmentPage, Question
from courses.loading import ContentError
from courses.models import Course, LessonPage
from tests.assessments.folders import EXAMPLE, change
from tests.factories.assessments import make_bank, make_question
from tests.factories.courses import make_course

pytestmark = [pytest.mark.django_db, pytest.mark.pages]


@pytest.fixture
def folder(site, tmp_path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "folder")
    return tmp_path / "folder"


def named(folder: Path, code: str) -> Path:
    for name in ("course.yaml", "questions.yaml"):
        change(folder, name, "code: example-course", f"code: {code}")
    return folder


def test_an_assessment_with_the_code_of_ours(folder):
    """``saisie-pro`` + ``final`` makes the same code as ``saisie`` + ``pro-final``."""
    other = make_course("saisie")
    Assessment.objects.create(code="saisie-pro-final", titles={"fr": "À eux"}, course=other, pass_mark=60)
    with pytest.raises(ContentError, match=r"assessments\.yaml, .*saisie-pro-final"):
        load_folder(named(folder, "saisie-pro"))
    assessment = Assessment.objects.get()
    assert (assessment.titles, assessment.pass_mark, assessment.course) == ({"fr": "À eux"}, 60, other)


def test_an_assessment_that_stands_in_another_course(folder):
    load_folder(folder)
    Assessment.objects.update(code="saisie-final", course=None)
    with pytest.raises(ContentError, match=r"assessments\.yaml, .*saisie-final"):
        load_folder(named(folder, "saisie"))
    assert AssessmentPage.objects.count() == 2


def test_an_assessment_that_nobody_placed_is_ours(folder):
    Assessment.objects.create(code="example-course-final", titles={"fr": "Seule"})
    load_folder(folder)
    assert Assessment.objects.get().course == Course.objects.get()


def test_a_question_of_another_bank(folder):
    key = uuid4()
    theirs = make_question(bank=make_bank("autre", course=make_course("autre")), prompt="<p>À eux</p>")
    Question.objects.filter(pk=theirs.pk).update(translation_key=key)
    change(folder, "questions.yaml", "id: q-several", f"id: {key}")
    with pytest.raises(ContentError, match=r"questions\.yaml, .*" + str(key)):
        load_folder(folder)
    theirs.refresh_from_db()
    assert (theirs.bank.code, theirs.prompt) == ("autre", "<p>À eux</p>")


def test_a_course_never_waits_for_itself(folder, tmp_path):
    change(folder, "course.yaml", "prerequisites: []", "prerequisites: [example-course]")
    with pytest.raises(ContentError, match=r"course\.yaml, "):
        load_folder(folder)
    other = make_course("avant")
    change(folder, "course.yaml", "prerequisites: [example-course]", "prerequisites: [avant]")
    load_folder(folder)
    other.prerequisites.add(Course.objects.get(code="example-course"))
    change(folder, "course.yaml", "level: 1\nhours", "level: 2\nhours")
    with pytest.raises(ContentError, match=r"course\.yaml, "):
        load_folder(folder)


@pytest.mark.parametrize("hours", ["0.05", "0.06", "9999.9", "9999.94"])
def test_hours_fit_their_column_when_rounded(folder, hours):
    change(folder, "course.yaml", "hours: 0.5", f"hours: {hours}")
    load_folder(folder)
    assert 0 < Course.objects.get().hours < 10_000


@pytest.mark.parametrize("hours", ["0.049", "9999.95", "9999.99", "10000"])
def test_hours_that_do_not_fit_are_refused(folder, hours):
    change(folder, "course.yaml", "hours: 0.5", f"hours: {hours}")
    with pytest.raises(ContentError, match=r"course\.yaml, .* 4.*hours"):
        load_folder(folder)


def test_two_steps_of_one_address_are_refused(folder):
    """A page that is written keeps its address; else the first would be called edited here for ever."""
    change(folder, "assessments.yaml", "fr: evaluation-finale", "fr: recopier-une-fiche")
    with pytest.raises(ContentError, match="recopier-une-fiche"):
        load_folder(folder)


class TestFolderOfHtml:
    @pytest.fixture
    def lessons(self, site, tmp_path) -> Path:
        folder = tmp_path / "cours"
        folder.mkdir()
        for number in (1, 2, 3):
            (folder / f"lesson{number}.html").write_text(f"<title>Cours</title><h1>Cours</h1><p>Texte {number}</p>")
        return folder

    def test_lessons_of_one_title_have_their_own_addresses(self, lessons):
        load_folder(lessons)
        addresses = list(LessonPage.objects.order_by("path").values_list("slug", flat=True))
        assert addresses == ["cours", "cours-2", "cours-3"]
        (lessons / "lesson1.html").write_text("<title>Cours</title><h1>Cours</h1><p>Corrigé</p>")
        report, _words = load_folder(lessons)
        assert (report.updated, report.kept_edits) == (1, [])
        assert "Corrigé" in str(LessonPage.objects.get(slug="cours").body)

    @pytest.mark.parametrize("title", ["News", "Quiz", "Finish"])
    def test_no_lesson_takes_an_address_beside_the_lessons(self, lessons, title):
        (lessons / "quiz.gift").write_text("Bon ? {T}\n")
        (lessons / "lesson2.html").write_text(f"<title>{title}</title><h1>{title}</h1><p>Texte</p>")
        load_folder(lessons)
        assert LessonPage.objects.get(title=title).slug == f"{title.lower()}-2"
        assert AssessmentPage.objects.get().slug == "quiz"
        report, _words = load_folder(lessons)
        assert (report.updated, report.kept_edits) == (0, [])

    @pytest.mark.parametrize(
        ("given", "title"), [("a\0b", "ab"), ("a\ud800b", "ab"), ("a\x0bb", "a b"), ("t" * 900, "t" * 200)]
    )
    def test_a_title_of_the_command_line_is_stored(self, lessons, given, title):
        load_folder(lessons, title=given)
        assert Course.objects.get().titles == {"fr": title}

    def test_a_language_that_is_not_there_is_told(self, lessons):
        with pytest.raises(ContentError, match=r"xx.*fr, en"):
            load_folder(lessons, language="xx")
