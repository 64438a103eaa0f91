"""Course folders with questions: loaded whole, twice without change, or refused with file, question and remedy."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from PIL import Image as Pillow
from wagtail.models import Revision

from assessments.content import content_of
from assessments.form_keys import issue_key
from assessments.loading import load_folder
from assessments.loading.reading import read_folder
from assessments.models import Assessment, AssessmentPage, Question, QuestionBank
from assessments.presentation import presentation_of, refilled
from assessments.question_types import QUESTION_TYPES
from assessments.services import save_response, start, submit
from courses.loading import ContentError
from courses.outline import get_outline
from tests.factories.courses import make_enrolment, make_skill

COURSE = """
code: essai
hours: 1
title: {fr: "Essai", en: "Trial"}
summary: {fr: "Court.", en: "Short."}
modules:
  - key: m1
    title: {fr: "Un", en: "One"}
    steps:
      - lesson: l1
      - assessment: final
"""
LESSON = '---\ntitle: "L"\nslug: "l"\nminutes: 4\n---\nUn **mot**.\n'
QUESTIONS = """
bank: {code: essai, title: {fr: "Essai", en: "Trial"}}
questions:
  - id: q1
    type: single
    skill: dw.typing
    difficulty: 1
    prompt: {fr: "Un **mot** ?", en: "A **word**?"}
    feedback: {fr: "Parce que.", en: "Because."}
    image: {file: images/x.png, alt: {fr: "Un carré", en: "A square"}}
    options:
      - {id: a, correct: true, text: {fr: "oui", en: "yes"}, feedback: {fr: "Bien", en: "Good"}}
      - {id: b, correct: false, text: {fr: "non", en: "no"}}
  - id: q2
    type: multiple
    skill: dw.typing
    prompt: {fr: "Deux ?", en: "Two?"}
    options:
      - {id: a, correct: true, text: {fr: "un", en: "one"}}
      - {id: b, correct: false, text: {fr: "deux", en: "two"}}
  - {id: q3, type: true_false, skill: dw.typing, prompt: {fr: "V ?", en: "T?"}, answer: false}
  - id: q4
    type: numeric
    skill: dw.typing
    prompt: {fr: "N ?", en: "N?"}
    answer: 1250.5
    tolerance: 0.5
    unit: {fr: F, en: F}
  - id: q5
    type: short_text
    skill: dw.typing
    prompt: {fr: "M ?", en: "W?"}
    accepted: {fr: [clavier], en: [keyboard]}
  - id: q8
    type: cloze
    skill: dw.typing
    prompt: {fr: "C ?", en: "C?"}
    text: {fr: "Un [[clavier|souris#non]].", en: "A [[keyboard|mouse#no]]."}
  - id: q9
    type: categorise
    skill: dw.typing
    prompt: {fr: "R ?", en: "S?"}
    categories:
      - {id: c1, text: {fr: un, en: one}, items: [{id: i1, text: {fr: a, en: a}, feedback: {fr: non, en: no}}]}
      - {id: c2, text: {fr: deux, en: two}, items: [{id: i2, text: {fr: b, en: b}}]}
  - id: q91
    type: grid
    skill: dw.typing
    prompt: {fr: "G ?", en: "G?"}
    categories:
      - {id: c1, text: {fr: un, en: one}, items: [{id: i1, text: {fr: a, en: a}, feedback: {fr: non, en: no}}]}
      - {id: c2, text: {fr: deux, en: two}, items: [{id: i2, text: {fr: b, en: b}}]}
  - id: q6
    type: matching
    skill: dw.typing
    prompt: {fr: "A ?", en: "A?"}
    pairs:
      - {id: p1, left: {fr: a, en: a}, right: {fr: un, en: one}}
      - {id: p2, left: {fr: b, en: b}, right: {fr: deux, en: two}}
    distractors: [{fr: trois, en: three}]
  - id: q7
    type: ordering
    skill: dw.typing
    prompt: {fr: "O ?", en: "O?"}
    items: [{id: i1, text: {fr: un, en: one}}, {id: i2, text: {fr: deux, en: two}}]
  - id: q92
    type: data_entry
    skill: dw.typing
    prompt: {fr: "S ?", en: "E?"}
    country: SN
    fields:
      - {id: f1, label: {fr: nom, en: name}, kind: exact, gold: Seck, critical: true, feedback: {fr: non, en: no}}
      - {id: f2, label: {fr: note, en: note}}
  - id: q93
    type: classify
    skill: dw.typing
    prompt: {fr: "T ?", en: "L?"}
    score: accuracy
    missed: 1
    categories:
      - id: c1
        text: {fr: un, en: one}
        harm: true
        items: [{id: i1, text: {fr: a, en: a}, feedback: {fr: non, en: no}}, {id: i3, text: c}]
      - {id: c2, text: {fr: deux, en: two}, items: [{id: i2, text: {fr: b, en: b}}]}
  - id: q94
    type: transcribe
    skill: dw.typing
    prompt: {fr: "R ?", en: "W?"}
    language: {fr: fr, en: en}
    gold: {fr: "Un mot, Seck", en: "A word, Seck"}
    critical: Seck
    same: {fr: "1 = un", en: "1 = one"}
    punctuation: true
    wer: 10
"""
WRITTEN = 2 * QUESTIONS.count("id: q")  # a question for each of two languages
ASSESSMENTS = """
- key: final
  title: {fr: "Évaluation", en: "Assessment"}
  slug: {fr: evaluation, en: assessment}
  intro: {fr: "Bon **courage**.", en: "Good **luck**."}
  pass_mark: 60
  pause_minutes: 10
  minutes: 8
  sections:
    - {title: {fr: "Nommées", en: "Named"}, questions: [q2, q1]}
    - {title: {fr: "Tirées", en: "Drawn"}, draw: 3, skill: dw.typing}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lessons").mkdir()
    (tmp_path / "images").mkdir()
    Pillow.new("RGB", (40, 20), "navy").save(tmp_path / "images" / "x.png")
    (tmp_path / "course.yaml").write_text(COURSE)
    for language in ("fr", "en"):
        (tmp_path / "lessons" / f"l1.{language}.md").write_text(LESSON)
    (tmp_path / "questions.yaml").write_text(QUESTIONS)
    (tmp_path / "assessments.yaml").write_text(ASSESSMENTS)
    return tmp_path


@pytest.fixture
def skill(db):
    return make_skill("dw.typing")


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))


def complaint(folder: Path) -> str:
    with pytest.raises(ContentError) as error:
        load_folder(folder)
    assert not QuestionBank.objects.exists()
    assert not AssessmentPage.objects.exists()
    return str(error.value)


def test_a_folder_becomes_bank_questions_assessment_and_pages(folder, skill):
    report, words = load_folder(folder)
    assert words == f"questions: {WRITTEN} made, 0 renewed, 0 as before"
    french, english = (Question.objects.get(code="q1", locale__language_code=code) for code in ("fr", "en"))
    assert french.translation_key == english.translation_key
    assert (french.prompt, english.prompt) == ("<p>Un <strong>mot</strong> ?</p>", "<p>A <strong>word</strong>?</p>")
    assert (french.image, french.image_alt, french.difficulty) == (english.image, "Un carré", 1)
    specs = [content_of([row.live_revision_id])[row.live_revision_id].spec for row in (french, english)]
    assert [[option["id"] for option in spec["options"]] for spec in specs] == [["a", "b"]] * 2
    assessment = Assessment.objects.get(code="essai-final")
    named, drawn = assessment.sections.order_by("sort_order")
    assert [row.question.code for row in named.named.order_by("sort_order")] == ["q2", "q1"]
    assert (drawn.draw, drawn.skill) == (3, skill)
    assert (assessment.pass_mark, assessment.pause_minutes) == (60, 10)
    assert get_outline(report.course, "en").by_slug("assessment").kind == "assessment"
    assert AssessmentPage.objects.get(slug="evaluation").intro == "<p>Bon <strong>courage</strong>.</p>"


def test_bank_and_assessment_belong_to_the_course(folder, skill):
    """Else only who has the right to all courses would see them."""
    report, _words = load_folder(folder)
    assert QuestionBank.objects.get(code="essai").course == report.course
    assert {one.course for one in Assessment.objects.all()} == {report.course}


def test_every_type_is_read(folder, skill):
    load_folder(folder)
    rows = Question.objects.filter(locale__language_code="en").order_by("code")
    contents = content_of([row.live_revision_id for row in rows])
    assert {content.type for content in contents.values()} == set(QUESTION_TYPES)
    assert contents[rows[3].live_revision_id].spec == {"answer": "1250.5", "tolerance": "0.5", "unit": "F"}


def test_loading_again_changes_nothing(folder, skill):
    load_folder(folder)
    revisions, ids = Revision.objects.count(), set(Question.objects.values_list("pk", flat=True))
    sections = set(Assessment.objects.get().sections.values_list("pk", flat=True))
    report, words = load_folder(folder)
    assert words == f"questions: 0 made, 0 renewed, {WRITTEN} as before"
    assert Revision.objects.count() == revisions
    assert set(Question.objects.values_list("pk", flat=True)) == ids
    assert set(Assessment.objects.get().sections.values_list("pk", flat=True)) == sections
    assert report.course.content_version == report.course.__class__.objects.get().content_version


def test_one_changed_word_makes_one_new_version(folder, skill):
    load_folder(folder)
    before = Question.objects.get(code="q3", locale__language_code="fr").live_revision_id
    change(folder, "questions.yaml", '"V ?"', '"Vrai ?"')
    _report, words = load_folder(folder)
    assert words == f"questions: 0 made, 1 renewed, {WRITTEN - 1} as before"
    assert Question.objects.get(code="q3", locale__language_code="fr").live_revision_id != before


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("questions.yaml", "type: ordering", "type: essay", ["questions.yaml, line 62", "essay", "ordering"]),
        ("questions.yaml", "correct: true, text: {fr: \"oui\"", "correct: false, text: {fr: \"oui\"", ["q1 (fr)"]),
        ("questions.yaml", "id: q2", "id: q1", ["q1", "line 14"]),
        ("questions.yaml", "images/x.png", "../x.png", ["line 10", "../x.png"]),
        ("questions.yaml", "answer: 1250.5", "answer: beaucoup", ["line 26", "answer"]),
        ("questions.yaml", "en: [keyboard]", "xx: [keyboard]", ["line 33", "accepted"]),
        ("questions.yaml", "true_false, skill: dw.typing", "true_false, skill: dw.x", ["q3", "dw.x"]),
        ("questions.yaml", "text: {fr: \"non\", en: \"no\"}", "text: {fr: \"non\"}", ["q1", "en"]),
        ("questions.yaml", "bank: {code", "banc: {code", ["line 2", "banc"]),
        ("questions.yaml", "questions:\n", "questions: [\n", ["questions.yaml", "YAML"]),
        ("assessments.yaml", "[q2, q1]", "[q2, q99]", ["final", "q99"]),
        ("assessments.yaml", "draw: 3", "draw: 99", ["final"]),
        ("assessments.yaml", "pass_mark: 60", "pass_mark: beaucoup", ["line 6", "pass_mark"]),
        ("assessments.yaml", "key: final", "key: fin", ["course.yaml", "final"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_written(file, old, new, expected, folder, skill):
    change(folder, file, old, new)
    message = complaint(folder)
    assert all(word in message for word in expected), message


def test_a_missing_file_is_named(folder, skill):
    (folder / "questions.yaml").unlink()
    assert "assessments.yaml" in complaint(folder)  # it names questions that are in no file
    (folder / "assessments.yaml").unlink()
    assert "assessments.yaml" in complaint(folder)


@pytest.mark.parametrize("code", ["premiers-pas", "saisie-qualite"])
def test_the_demo_courses_have_no_fault(code):
    course, bank, assessments, _reader = read_folder(settings.BASE_DIR / "courses" / "demo" / code)
    assert course.languages == ["fr", "en"]
    assert len(bank.questions) >= 25
    assert "final" in {spec.key for spec in assessments}


def test_the_command_says_what_it_did_and_what_to_fix(folder, skill):
    out = StringIO()
    call_command("load_course", str(folder), stdout=out)
    assert "essai: 8 pages made" in out.getvalue()
    assert f"{WRITTEN} made" in out.getvalue()
    change(folder, "questions.yaml", "type: ordering", "type: essay")
    with pytest.raises(CommandError, match="q7"):
        call_command("load_course", str(folder))
    with pytest.raises(CommandError, match="not a folder"):
        call_command("load_course", str(folder / "nothing"))


def test_a_folder_of_html_with_a_quiz_can_be_taken(db, shared_data, learner):
    report, words = load_folder(shared_data / "comparison-course", title="Compétences numériques")
    assert words == "questions: 10 made, 0 renewed, 0 as before"
    assert load_folder(shared_data / "comparison-course", title="Compétences numériques")[1].endswith("10 as before")
    page = AssessmentPage.objects.get()
    attempt = start(enrolment=make_enrolment(learner, report.course), page=page, language="fr")
    assert attempt.items.count() == 10
    for item in attempt.items.select_related("attempt"):
        content = content_of([item.revision_id])[item.revision_id]
        right = next(option["id"] for option in content.spec["options"] if option["correct"])
        raw = refilled(content, presentation_of(attempt, item, content), {"choice": right})
        save_response(user=learner, attempt_id=attempt.pk, position=item.position, key=issue_key(), raw=raw)
    assert submit(attempt=attempt).passed


def test_a_broken_quiz_is_named_by_line(db, shared_data, tmp_path):
    for file in (shared_data / "comparison-course").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with (tmp_path / "quiz.gift").open("a") as quiz:
        quiz.write("\n\n::X::Sans fin {=oui ~non\n")
    with pytest.raises(ContentError, match=r"quiz\.gift, l"):
        load_folder(tmp_path, code="x", title="X")
    assert not Question.objects.exists()


def test_the_command_names_what_is_lost_and_ends_with_a_status_of_its_own(site, tmp_path):
    (tmp_path / "lesson1.html").write_text(
        "<h1>Un</h1><p>10<sup>3</sup></p>\n<table><tr><td>a<td>b</table>\n<iframe src='https://v.example/1'></iframe>"
    )
    (tmp_path / "quiz.gift").write_text("::Q1::[html]Regardez <img src\\='plan.png'> : 10<sup>3</sup> ? {#1000}")
    out, errors = StringIO(), StringIO()
    with pytest.raises(CommandError) as error:
        call_command("load_course", str(tmp_path), stdout=out, stderr=errors)
    assert error.value.returncode == 2
    assert "lesson1.html, line 3" in errors.getvalue()
    assert "quiz.gift, line 1" in errors.getvalue()
    assert "plan.png" in errors.getvalue()
    assert "10<sup>3</sup>" in Question.objects.get().prompt
    call_command("load_course", str(tmp_path), "--accept-losses", stdout=out, stderr=errors)
