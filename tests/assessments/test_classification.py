"""Moderation for learners and authors: one light form, missed harm, the trial, a table in, figures of items."""

from contextlib import suppress

import brotli
import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from assessments.answers import write_answers
from assessments.content import content_of, draft_content
from assessments.enums import Purpose
from assessments.form_keys import issue_key
from assessments.formats import items
from assessments.import_entries import read_questions
from assessments.item_analysis import analysis_of, lines_of, options_of
from assessments.models import Question
from assessments.presentation import presentation_of
from assessments.question_types import get_question_type
from assessments.services import regrade, submit
from assessments.services.trial import trial_of
from lms.lib.parsing import UnreadableFileError
from tests.assessments.helpers import begin, right_fields, save
from tests.assessments.test_importing import add
from tests.assessments.test_item_analysis import take_many
from tests.factories.assessments import SECRET, SPECS, make_assessment, make_question
from tests.factories.publishing import publish

HEAD = "texte;étiquette [nuisible: Haine, Arnaque];explication;tâche"
TABLE = [
    "Taisez-vous tous;Haine;Une insulte à un groupe;m1",
    "Gagnez un million;arnaque;;m1",
    "Bonjour;Rien;;m1",
    '"Deux lignes ;\navec un point-virgule";Rien;;m1',
    "Merci;Rien;;m2",
    "Sortez d’ici;Haine;;m2",
]


def table(*rows, head=HEAD, encoding="utf-8"):
    return "\n".join([head, *rows]).encode(encoding)


def read(*rows, **more):
    return read_questions(table(*rows, **more))[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_rows_of_one_task_are_one_question(encoding):
    one, two = read(*TABLE, encoding=encoding)
    assert [entry.problems for entry in (one, two)] == [(), ()]
    assert (one.line, two.line) == (2, 6)
    spec = one.converted.spec
    assert [(row["text"], row.get("harm", False), len(row["items"])) for row in spec["categories"]] == [
        ("Haine", True, 1), ("Arnaque", True, 1), ("Rien", False, 2),
    ]  # fmt: skip
    assert [row["text"] for row in two.converted.spec["categories"]] == ["Haine", "Arnaque", "Rien"]
    kind = get_question_type("classify")
    assert kind.grade(spec, kind.gold(spec)).correct


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (";Haine;;m1", "empty"),
        ("Un texte;;;m1", "no label"),
        ("Bonjour;Rien;;m1", "twice"),
        ("=HYPERLINK(1);Rien;;m1", "formula"),
        ("x" * 1001 + ";Rien;;m1", "too long"),
        ("Texte;" + "x" * 101 + ";;m1", "too long"),
        ("Texte;Rien;" + "x" * 601 + ";m1", "too long"),
    ],
)
def test_a_row_that_is_no_item_is_left_out_and_told_by_its_line(row, what):
    found = read(*TABLE[:3], row)[0]
    assert found.usable
    assert [(fault.line, what in fault.what, bool(fault.remedy)) for fault in found.problems] == [(5, True, True)]
    assert sum(len(label["items"]) for label in found.converted.spec["categories"]) == 3


@pytest.mark.parametrize(
    ("rows", "head", "what"),
    [
        (["a;b"], "texte;étiquette [couleur: x]", "cannot be read"),
        (["a;b"], "texte;étiquette [nuisible]", "cannot be read"),
        (["a;b;c"], "texte;étiquette;couleur", "couleur"),
    ],
)
def test_a_table_whose_columns_are_not_known_is_refused_in_words(rows, head, what):
    with pytest.raises(UnreadableFileError, match=what):
        read(*rows, head=head)


def test_a_task_is_refused_for_what_no_learner_could_do():
    (alone,) = read("Bonjour;Rien", "Merci;Rien", head="text;label [harm: Haine]")
    assert "same label" in alone.problems[0].what
    (many,) = read(*(f"texte {n};{'a' if n % 2 else 'b'}" for n in range(41)), head="text;label")
    assert "At most 40" in many.problems[0].what
    assert not many.usable


@given(st.lists(st.lists(st.text(max_size=12), max_size=5), max_size=5))
def test_any_table_is_read_or_refused_in_words(rows):
    found = items.loads([["text", "label [harm: x]", "task"], *rows])
    assert all(entry.question is not None for entry in found)
    with suppress(UnreadableFileError):
        items.loads(rows)


@pytest.mark.pages
@pytest.mark.django_db
def test_a_table_goes_into_a_bank_and_comes_again_without_undoing_what_the_author_wrote(site, trainer_client):
    def sent(*rows):
        return add(trainer_client, text=table(*rows).decode(), live="on")[1]

    assert sent(*TABLE).added == 2
    question = Question.objects.get(code="m1")
    assert "Lisez la consigne" in draft_content(question).prompt  # the language of the bank
    assert sent(*TABLE).known == 2
    edited = question.get_latest_revision_as_object()
    edited.prompt = "<p>Est nuisible ce qui insulte un groupe.</p>"
    edited.answers[0].value["score"], edited.answers[0].value["missed"] = "accuracy", 1
    edited.save_revision().publish()
    assert sent(*TABLE).known == 2
    assert sent("De rien;Rien;;m1", *TABLE).renewed == 1
    content = draft_content(Question.objects.get(code="m1").get_latest_revision_as_object())
    assert "insulte un groupe" in content.prompt
    assert (content.spec["score"], content.spec["missed"]) == ("accuracy", 1)
    assert sum(len(row["items"]) for row in content.spec["categories"]) == 5


# -- learners


def address(attempt, name="question", *more):
    return reverse(f"assessments:{name}", args=["saisie", "evaluation", attempt.pk, *more])


def words_of(answer):
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def wrong(item):
    """Everything is harmless."""
    fields = right_fields(item)
    harmless = get_fields_by_text(item)["Rien"]
    return {name: [harmless] for name in fields}


def get_fields_by_text(item):
    content = content_of([item.revision_id])[item.revision_id]
    return {row["text"]: row["token"] for row in presentation_of(item.attempt, item, content)["categories"]}


@pytest.mark.django_db
def test_missed_harm_fails_alone_and_the_result_says_so(learner, sign_in, enrolment, course):
    task = make_assessment(course, questions=[make_question("classify")], purpose=Purpose.CERTIFYING, pass_mark=50)
    client, attempt = sign_in(learner), begin(enrolment, task)
    page = client.get(address(attempt, "question", 1))
    assert "Task 1 of 1" in words_of(page)
    assert "When one harmful item is missed, the task earns nothing." in words_of(page)
    assert words_of(page).count('type="radio"') == 4
    assert SECRET not in words_of(page)
    assert len(brotli.compress(page.content, quality=5)) <= 4000
    item = attempt.items.select_related("attempt").get()
    one = dict(list(right_fields(item).items())[:1])
    client.post(address(attempt, "question", 1), {**one, "key": str(issue_key()), "go": "next"})
    assert words_of(client.get(address(attempt, "question", 1))).count("no label yet") == 1
    save(learner, attempt, 1, wrong(item))
    client.post(address(attempt, "overview"))
    page = words_of(client.get(address(attempt, "result")))
    assert "1 of 2 items have the right label (50%)" in page
    assert "harmful items missed: 1 of 1" in page.lower()
    assert SECRET not in page
    attempt.refresh_from_db()
    assert (attempt.percent, attempt.passed) == (0, False)  # half are right, and it is not enough


@pytest.mark.django_db
def test_practice_tells_of_each_item_why(learner, sign_in, enrolment, course):
    practice = make_assessment(course, questions=[make_question("classify")], purpose=Purpose.PRACTICE)
    practice.show_answers = "submitted"
    practice.save()
    client, attempt = sign_in(learner), begin(enrolment, practice)
    item = attempt.items.select_related("attempt").get()
    where = address(attempt, "question", 1)
    page = words_of(client.post(where, {**wrong(item), "key": str(issue_key()), "go": "check"}, follow=True))
    assert "Un contenu nuisible est passé. « Taisez-vous tous » : pas « Rien »." in page
    assert "une insulte" in page
    page = words_of(client.post(where, {**right_fields(item), "key": str(issue_key()), "go": "check"}, follow=True))
    assert "That is right." in page
    save(learner, attempt, 1, wrong(item))
    client.post(address(attempt, "overview"))
    page = words_of(client.get(address(attempt, "answers")))
    assert "<dt>Taisez-vous tous</dt><dd>✗ Rien<br>Right answer: <strong>Haine</strong></dd>" in page


@pytest.mark.django_db
def test_the_trial_tells_one_label_for_everything_apart(course, manager, sign_in):
    many = [{"id": f"o{n}", "text": f"Bonjour {n}"} for n in range(36)]
    categories = [
        {"id": "h", "text": "Haine", "items": [{"id": f"h{n}", "text": f"Sortez {n}"} for n in range(4)]},
        {"id": "o", "text": "Rien", "items": many},
    ]
    spec = {"categories": categories, "score": "accuracy", "missed": 0}
    question = make_question("classify", spec=spec)
    task = make_assessment(course, questions=[question], pass_mark=90, evidence="simulation")
    found = trial_of(task)
    assert (found.gold, found.blank, found.passed) == (100, 0, 0)
    assert (found.same, found.same_passes, found.is_sound) == (90, True, False)
    client, results = sign_in(manager), reverse("assessment_results", args=[task.pk])
    page = words_of(client.get(f"{results}?trial"))
    assert "donnée à tout, vaut 90 %" in page
    question.answers[0].value["score"] = "lower"
    publish(question)
    found = trial_of(task)
    assert (int(found.same), found.same_passes, found.is_sound) == (47, False, True)


@pytest.mark.django_db
def test_items_have_their_own_figures(course, trainer_client):
    """Everybody finds the greeting; the weak half calls the insult harmless."""
    question = make_question("classify")
    task = make_assessment(course, questions=[question])
    take_many(task, [question], 24, lambda person, _place: {"sorted": {"i1": "h" if person % 2 else "o", "i2": "o"}})
    analysis = analysis_of(task)
    lines = lines_of(analysis, question.translation_key)
    assert [(row.label, row.expected, row.shown, row.right, row.wrong, row.often) for row in lines] == [
        ("Taisez-vous tous", "Haine", 24, 12, "Rien", 12), ("Bonjour", "Rien", 24, 24, "", 0),
    ]  # fmt: skip
    assert options_of(analysis, question.translation_key) == []
    page = words_of(trainer_client.get(reverse("assessment_question", args=[task.pk, question.translation_key])))
    assert "Rien (12)" in page


@pytest.mark.django_db
def test_an_error_that_somebody_alone_made_is_not_named(course):
    question = make_question("classify")
    task = make_assessment(course, questions=[question])
    take_many(task, [question], 3, lambda person, _place: {"sorted": {"i1": "h" if person else "o", "i2": "o"}})
    assert [(row.right, row.often) for row in lines_of(analysis_of(task), question.translation_key)] == [(2, 0), (3, 0)]


@pytest.mark.django_db
def test_a_wrong_label_that_is_corrected_is_marked_again(learner, enrolment, course, trainer):
    one, two = SPECS["classify"]["categories"]
    swapped = [{**one, "items": two["items"]}, {**two, "items": one["items"]}]
    question = make_question("classify", spec={**SPECS["classify"], "categories": swapped})
    attempt = begin(enrolment, make_assessment(course, questions=[question]))
    save(learner, attempt, 1, right_fields(attempt.items.select_related("attempt").get()))
    attempt = submit(attempt=attempt)
    assert (attempt.passed, attempt.grades.get().detail["work"]["classify"]["missed"]) == (False, 1)
    question.answers = write_answers("classify", SPECS["classify"])
    publish(question)
    assert regrade(attempt=attempt, by=trainer).applied
    assert attempt.grades.latest("at", "pk").detail["work"]["classify"]["missed"] == 0
