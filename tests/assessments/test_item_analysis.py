"""How questions do their work, from marks in the database to the sentences a trainer reads."""

import random
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from assessments.answers import read_answers
from assessments.item_analysis import analysis_of, languages_of, options_of
from assessments.models import Attempt, AttemptItem, Grade, ItemMark, Response
from assessments.question_types import get_question_type
from assessments.services import submit
from assessments.verdicts import MIN_SHOWN, Verdict
from courses.models import Cohort, CohortMember, Course
from lms.accounts.models import User
from lms.lib.tables import read_table
from tests.assessments.helpers import answer_all, begin, wrong_fields
from tests.factories.assessments import make_assessment, make_question
from tests.factories.courses import make_course, make_enrolment
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db

OPTIONS = [
    {"id": letter, "text": f"Option {letter}", "correct": letter == "a", "feedback": ""}
    for letter in ("a", "b", "c", "d")
]


def take_many(assessment, questions, people, answer, *, language="fr", number=1):
    """Handed-in attempts as the services write them, in six statements; ``answer(person, question)`` -> a response."""
    course = Course.objects.first() or make_course()
    attempts, items, responses, grades, marks = [], [], [], [], []
    for place in range(people):
        user = make_user(f"p{language}{number}-{place}-{uuid4().hex[:6]}")
        attempt = Attempt(
            enrolment=make_enrolment(user, course), assessment=assessment, step_key=uuid4(), number=number, seed=place,
            language=language, submitted_at=timezone.now(), score=0, passed=False,
        )  # fmt: skip
        grade = Grade(attempt=attempt, reason="submitted", grader_version="3", score=0, passed=False)
        earned = 0.0
        for position, question in enumerate(questions, 1):
            item = AttemptItem(attempt=attempt, position=position, question=question,
                               question_key=question.translation_key, revision=question.live_revision)  # fmt: skip
            response = answer(place, position - 1)
            kind, spec = read_answers(question.answers.stream_block.get_prep_value(question.answers))
            result = get_question_type(kind).grade(spec, response)
            earned += float(result.fraction)
            items.append(item)
            responses.append(Response(item=item, key=uuid4(), answer=response))
            marks.append(ItemMark(grade=grade, item=item, fraction=result.fraction, answered=result.answered))
        attempt.score = grade.score = round(100 * earned / len(questions), 2)
        attempt.passed = grade.passed = attempt.score >= assessment.pass_mark
        attempts.append(attempt)
        grades.append(grade)
    for rows in (attempts, items, responses, grades, marks):
        type(rows[0]).objects.bulk_create(rows)
    return attempts


def able(people):
    """People ordered from the weakest to the strongest: 0 to 1."""
    return [place / (people - 1) for place in range(people)]


@pytest.fixture
def questions(site):
    return [make_question(code=f"q{n}", prompt=f"<p>Question {n}</p>", spec={"options": OPTIONS}) for n in range(6)]


@pytest.fixture
def taken(questions):
    """60 people. q0 has a wrong key: the best choose b. q1 is very easy. Nobody chooses d of the others."""
    course = make_course()
    assessment = make_assessment(course, questions=questions)
    ability, chance = able(60), random.Random(5)

    def answer(person, question):
        knows = chance.random() < 0.05 + 0.9 * ability[person]
        if question == 0:
            return {"choice": "b" if knows else "a"}
        if question == 1:
            return {"choice": "a" if person else "b"}
        return {"choice": "a" if knows else chance.choice("bc")}

    take_many(assessment, questions, 60, answer)
    return assessment


def test_a_wrong_key_is_found(taken, questions):
    analysis = analysis_of(taken)
    assert analysis.verdict(questions[0].translation_key) == Verdict.CHECK_KEY
    assert analysis.verdict(questions[1].translation_key) == Verdict.EASY
    assert {analysis.verdict(row.translation_key) for row in questions[2:]} <= {Verdict.FAIR, Verdict.GOOD}


def test_the_page_of_a_question_says_what_the_best_chose(taken, questions, trainer_client):
    page = trainer_client.get(reverse("assessment_question", args=[taken.pk, questions[0].translation_key]))
    text = page.content.decode()
    assert page.status_code == 200
    assert any("Option b" in remark for remark in page.context["remarks"])
    assert any("Option d" in remark for remark in page.context["remarks"])
    assert text.count("<svg") >= 4
    assert trainer_client.get(reverse("assessment_question", args=[taken.pk, uuid4()])).status_code == 404


def test_counts_of_options_add_up(taken, questions):
    analysis = analysis_of(taken)
    options = options_of(analysis, questions[2].translation_key)
    assert sum(option.count for option in options) == 60
    assert (options[0].label, options[0].right) == ("Option a", True)
    assert options[0].high > options[0].low


def test_a_later_attempt_changes_no_figure(taken, questions):
    before = analysis_of(taken).figures
    take_many(taken, questions, 5, lambda person, question: {"choice": "d"}, number=2)
    assert analysis_of(taken).figures == before


def test_nothing_is_judged_before_enough_people(questions, trainer_client):
    assessment = make_assessment(make_course(), questions=questions)
    take_many(assessment, questions, MIN_SHOWN - 1, lambda person, question: {"choice": "b" if person else "a"})
    assert {analysis_of(assessment).verdict(row.translation_key) for row in questions} == {Verdict.UNKNOWN}
    page = trainer_client.get(reverse("assessment_question", args=[assessment.pk, questions[0].translation_key]))
    assert "Option b" not in page.content.decode()
    results = trainer_client.get(reverse("assessment_results", args=[assessment.pk]))
    assert results.context["reliability_notes"] == []


def test_a_language_in_which_it_is_harder_is_named(questions, trainer_client):
    assessment = make_assessment(make_course(), questions=questions)
    take_many(assessment, questions, 40, lambda person, question: {"choice": "a" if (person + question) % 10 else "b"})
    take_many(assessment, questions, 40, language="en",
              answer=lambda person, question: {"choice": "a" if question or person % 3 == 0 else "c"})  # fmt: skip
    analysis = analysis_of(assessment)
    figures = {row.language: row.percent for row in languages_of(analysis, questions[0].translation_key)}
    assert sorted(figures.values()) == [35, 90]
    page = trainer_client.get(reverse("assessment_question", args=[assessment.pk, questions[0].translation_key]))
    assert any("(anglais)" in remark.lower() for remark in page.context["remarks"])


def test_typed_answers_are_counted_as_they_were_written(site, trainer_client):
    """An answer that somebody alone gave is not shown: it could be anything, a name too."""
    (question,) = [make_question("numeric", prompt="<p>Combien ?</p>")]
    others = [make_question(code=f"o{n}", spec={"options": OPTIONS}) for n in range(3)]
    assessment = make_assessment(make_course(), questions=[question, *others])

    def answer(person, place):
        if place:
            return {"choice": "a" if person % 2 else "b"}
        text = "7" if person == 3 else "12" if person % 3 else "98765.5"
        return {"text": text, "value": text}

    take_many(assessment, [question, *others], 24, answer)
    text = trainer_client.get(
        reverse("assessment_question", args=[assessment.pk, question.translation_key])
    ).content.decode()
    assert ">12 FCFA<" in text
    assert ">7 FCFA<" not in text


def test_an_attempt_without_an_answer_is_counted_in_no_option(taken, questions):
    take_many(taken, questions, 1, lambda person, question: {})
    analysis = analysis_of(taken)
    assert sum(option.count for option in options_of(analysis, questions[2].translation_key)) == 60
    assert analysis.by_key[questions[2].translation_key].shown == 61


def test_pages_ask_as_few_questions_with_many_people_as_with_few(questions, trainer_client):
    assessment = make_assessment(make_course(), questions=questions)
    address = reverse("assessment_results", args=[assessment.pk])
    take_many(assessment, questions, 20, lambda person, question: {"choice": "a"})
    trainer_client.get(address)
    with CaptureQueriesContext(connection) as few:
        trainer_client.get(address)
    take_many(assessment, questions, 40, lambda person, question: {"choice": "b"})
    with CaptureQueriesContext(connection) as many:
        trainer_client.get(address)
    assert len(many) == len(few)


class TestAttempts:
    @pytest.fixture
    def handed_in(self, learner, stranger, trainer, site):
        """Of one learner whom the trainer may see, and of one whom not."""
        User.objects.filter(pk=learner.pk).update(created_by=trainer)
        course = make_course()
        assessment = make_assessment(course, questions=[make_question(code="q1", prompt="<p>Combien font 1+1 ?</p>")])
        attempts = []
        for user in (learner, stranger):
            attempts.append(begin(make_enrolment(user, course), assessment))
            answer_all(user, attempts[-1], wrong_fields)
            submit(attempt=attempts[-1])
        return attempts

    def test_a_trainer_sees_marks_of_their_own_learners_only(self, trainer_client, handed_in, learner, stranger):
        mine, other = handed_in
        text = trainer_client.get(reverse("assessment_attempts", args=[mine.assessment_id])).content.decode()
        assert learner.full_name in text
        assert stranger.full_name not in text
        assert trainer_client.get(reverse("assessment_attempt", args=[mine.assessment_id, mine.pk])).status_code == 200
        assert trainer_client.get(reverse("assessment_attempt", args=[mine.assessment_id, other.pk])).status_code == 404

    def test_an_attempt_of_another_assessment_is_not_there(self, trainer_client, handed_in):
        other = make_assessment(code="autre")
        assert trainer_client.get(reverse("assessment_attempt", args=[other.pk, handed_in[0].pk])).status_code == 404

    def test_each_answer_stands_beside_the_right_one(self, trainer_client, handed_in):
        mine, _other = handed_in
        page = trainer_client.get(reverse("assessment_attempt", args=[mine.assessment_id, mine.pk]))
        text = page.content.decode()
        assert "Combien font 1+1" in text
        assert "Non" in text
        assert [line.earned for line in page.context["sheet"].lines] == ["0\u00a0%"]

    def test_a_part_of_the_points_is_told_in_whole_percent(self, trainer_client, handed_in):
        mine, _other = handed_in
        grade = Grade.objects.create(attempt=mine, reason="regraded", grader_version="3", score=33.33, passed=False)
        ItemMark.objects.create(grade=grade, item=mine.items.get(), fraction="0.333333", answered=True)
        page = trainer_client.get(reverse("assessment_attempt", args=[mine.assessment_id, mine.pk]))
        assert [line.earned for line in page.context["sheet"].lines] == ["33\u00a0%"]

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_files_hold_whom_the_page_shows(self, trainer_client, handed_in, learner, stranger, kind):
        mine, _other = handed_in
        answer = trainer_client.get(reverse("assessment_attempts", args=[mine.assessment_id]), {"export": kind})
        rows = read_table(answer.content)
        assert answer.headers["Content-Disposition"].endswith(f'.{kind}"')
        assert [row[0] for row in rows[1:]] == [learner.full_name]

    def test_of_one_group_on_demand(self, trainer_client, handed_in, trainer, learner):
        mine, _other = handed_in
        full, empty = (Cohort.objects.create(name=name) for name in ("Pleine", "Vide"))
        foreign = Cohort.objects.create(name="Autre")
        for cohort in (full, empty):
            cohort.trainers.add(trainer)
        CohortMember.objects.create(cohort=full, user=learner)
        address = reverse("assessment_attempts", args=[mine.assessment_id])
        assert learner.full_name in trainer_client.get(address, {"group": full.pk}).content.decode()
        assert learner.full_name not in trainer_client.get(address, {"group": empty.pk}).content.decode()
        assert trainer_client.get(address, {"group": foreign.pk}).status_code == 404
        assert trainer_client.get(address, {"group": "x"}).status_code == 404
