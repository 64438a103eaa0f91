"""One attempt as a trainer reads it: each answer, its mark and why; keys only for whoever may see the bank."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.enums import Decision
from assessments.models import Correction, Question
from assessments.question_types import QUESTION_TYPES
from assessments.services import regrade, submit
from courses.enums import CourseRoleKind
from courses.models import Course
from courses.roles import give_role
from lms.accounts.enums import Role
from lms.accounts.models import AuditEvent
from lms.lib.tables import read_table
from tests.assessments.helpers import answer_all, begin, right_fields, save, wrong_fields
from tests.factories.assessments import SECRET, make_assessment, make_bank, make_question
from tests.factories.courses import make_cohort, make_course, make_enrolment
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


def sheet(attempt) -> str:
    return reverse("assessment_attempt", args=[attempt.assessment_id, attempt.pk])


def text_of(client, attempt) -> str:
    response = client.get(sheet(attempt))
    assert response.status_code == 200
    return response.content.decode()


def exam_of(course: Course, questions: list[Question], **fields):
    """An assessment in the course, which also owns it."""
    assessment = make_assessment(course, questions=questions, **fields)
    assessment.course = course
    assessment.save(update_fields=["course"])
    return assessment


def hand_in(learner, course: Course, questions: list[Question], fields=right_fields):
    assessment = exam_of(course, questions)
    attempt = begin(make_enrolment(learner, course), assessment)
    answer_all(learner, attempt, fields)
    return submit(attempt=attempt)


@pytest.fixture
def reviewer(learner, course):
    """Has a role in the course, leads the learner's group, and works on no other course."""
    person = make_user("mariam", Role.TRAINER, all_courses=False)
    give_role(course=course, user=person, role=CourseRoleKind.REVIEWER, by=None)
    make_cohort(learner, trainers=(person,), courses=(course,), name="Groupe du matin")
    return person


def test_the_answers_of_every_type_are_readable(learner, course, manager, sign_in):
    """A batch of documents field by field; all others as a sentence."""
    assert set(QUESTION_TYPES) == set(SPECS_IN_WORDS)
    attempt = hand_in(learner, course, [make_question(kind, code=kind) for kind in QUESTION_TYPES])
    text = text_of(sign_in(manager), attempt)
    for kind, words in SPECS_IN_WORDS.items():
        for word in words:
            assert word in text, (kind, word)
    assert text.count('<h2 id="q') == len(QUESTION_TYPES)


SPECS_IN_WORDS = {
    "single": ["Oui"], "multiple": ["Rouge", "Bleu"], "true_false": ["Vrai"], "numeric": ["98765,5"],
    "short_text": [f"{SECRET}-clavier"], "cloze": ["Entrée"], "matching": ["Sénégal"], "categorise": ["Afrique"],
    "grid": ["Ligne un"], "ordering": ["Relire"], "data_entry": ["Nom</th>", "Total</th>", "98765"],
    "classify": ["Taisez-vous tous</th>", "Haine"], "transcribe": ["rappelez Madame Seck au douze"],
}  # fmt: skip
"""What somebody reads who looks at ``RIGHT``."""


def test_keys_are_for_whoever_may_see_the_bank(learner, course, reviewer, manager, sign_in):
    """The bank is of another course: the reviewer of this one reads what was answered and earned, and no key."""
    bank = make_bank("autre", course=make_course("autre"))
    questions = [make_question(kind, code=kind, bank=bank) for kind in ("single", "data_entry", "numeric")]
    assessment = exam_of(course, questions)
    attempt = begin(make_enrolment(learner, course), assessment)
    choice, document, number = attempt.items.select_related("attempt")
    save(learner, attempt, 1, wrong_fields(choice))
    save(learner, attempt, 2, {name: ["Fall"] for name in list(right_fields(document))[:1]})
    save(learner, attempt, 3, {name: ["12"] for name in right_fields(number)})
    submit(attempt=attempt)
    text = text_of(sign_in(reviewer), attempt)
    assert "Non" in text
    assert "Fall" in text
    for key in (SECRET, "98765", "05/11/2026", "Oui"):
        assert key not in text, key
    assert "qui travaille à la banque" in text
    whole = text_of(sign_in(manager), attempt)
    for key in (f"{SECRET} Seck", f"{SECRET} relisez", f"{SECRET} explication", "Oui", "98765"):
        assert key in whole, key


def test_only_trainers_of_the_course_and_of_the_learner_read_it(learner, course, reviewer, sign_in, employer_user):
    attempt = hand_in(learner, course, [make_question(code="q1")])
    leads = make_user("coumba", Role.TRAINER, all_courses=False)
    make_cohort(learner, trainers=(leads,), courses=(course,))
    teaches = make_user("omar", Role.TRAINER, all_courses=False)
    give_role(course=course, user=teaches, role=CourseRoleKind.AUTHOR, by=None)
    answers = {
        person.username: sign_in(person).get(sheet(attempt)).status_code for person in (reviewer, leads, teaches)
    }
    assert answers == {"mariam": 200, "coumba": 404, "omar": 404}
    assert [sign_in(person).get(sheet(attempt)).status_code for person in (learner, employer_user)] == [403, 403]


def test_each_reading_and_each_file_is_written_down(learner, course, reviewer, sign_in):
    attempt = hand_in(learner, course, [make_question(code="q1")])
    client = sign_in(reviewer)
    client.get(sheet(attempt))
    client.get(reverse("assessment_attempts", args=[attempt.assessment_id]), {"export": "csv"})
    found = AuditEvent.objects.filter(actor=reviewer, verb__in=["read-answers", "export-attempts"])
    assert list(found.order_by("pk").values_list("verb", "target")) == [
        ("read-answers", f"assessments.Attempt:{attempt.pk}"),
        ("export-attempts", f"assessments.Assessment:{attempt.assessment_id}"),
    ]


def test_it_says_why(learner, course, manager, sign_in):
    """Below the mark; nothing answered; what was decided about a wrong question; marked again, by whom."""
    questions = [make_question(code=f"q{n}") for n in (1, 2)]
    assessment = exam_of(course, questions)
    attempt = begin(make_enrolment(learner, course), assessment)
    save(learner, attempt, 1, wrong_fields(attempt.items.select_related("attempt").get(position=1)))
    submit(attempt=attempt)
    client = sign_in(manager)
    text = text_of(client, attempt)
    assert "il faut 70\u00a0%" in text
    assert "Saisie de données" in text  # the skill under its mark
    assert "Sans réponse" in text
    Correction.objects.create(
        assessment=assessment, question_key=questions[0].translation_key, decision=Decision.FULL, reason="faux",
        until_revision=questions[0].live_revision_id, run=attempt.pk,
    )  # fmt: skip
    regrade(attempt=attempt, by=manager)
    text = text_of(client, attempt)
    assert "tous les points à tout le monde" in text
    assert "50\u00a0%" in text
    assert manager.get_full_name() in text.partition("<main")[2]


def test_a_question_stands_in_the_version_that_was_shown(learner, course, manager, sign_in):
    question = make_question(code="q1", prompt="<p>Avant</p>")
    attempt = hand_in(learner, course, [question])
    client = sign_in(manager)
    assert "modifiée depuis" not in text_of(client, attempt)
    question.prompt = "<p>Après</p>"
    question.save_revision().publish()
    text = text_of(client, attempt)
    assert "Avant" in text
    assert "Après" not in text
    assert "modifiée depuis" in text


def test_more_questions_cost_no_more(learner, course, manager, sign_in):
    client = sign_in(manager)
    counted = []
    for number in (1, 7):
        questions = [make_question(code=f"n{number}-{place}") for place in range(number)]
        taken = make_course(f"c{number}", lessons=1)
        attempt = begin(make_enrolment(learner, taken), make_assessment(taken, code=f"e{number}", questions=questions))
        answer_all(learner, attempt)
        submit(attempt=attempt)
        client.get(sheet(attempt))
        with CaptureQueriesContext(connection) as queries:
            client.get(sheet(attempt))
        counted.append(len(queries))
    assert counted[1] <= counted[0]


class TestList:
    @pytest.fixture
    def address(self, learner, stranger, course):
        """One who passed and one who did not."""
        assessment = make_assessment(course, questions=[make_question(code="q1")])
        for user, fields in ((learner, right_fields), (stranger, wrong_fields)):
            attempt = begin(make_enrolment(user, course), assessment)
            answer_all(user, attempt, fields)
            submit(attempt=attempt)
        return reverse("assessment_attempts", args=[assessment.pk])

    @pytest.mark.parametrize(
        ("result", "shown"),
        [("", [True, True]), ("passed", [True, False]), ("not-passed", [False, True]), ("x", [True, True])],
    )
    def test_by_result(self, address, manager, learner, stranger, sign_in, result, shown):
        text = sign_in(manager).get(address, {"result": result}).content.decode()
        assert [user.full_name in text for user in (learner, stranger)] == shown

    def test_a_file_holds_what_is_filtered(self, address, manager, learner, sign_in):
        answer = sign_in(manager).get(address, {"result": "passed", "export": "csv"})
        assert [row[0] for row in read_table(answer.content)[1:]] == [learner.full_name]

    def test_nothing_of_that_result(self, address, manager, sign_in):
        client = sign_in(manager)
        cohort = make_cohort(trainers=(manager,), name="Vide")
        text = client.get(address, {"result": "passed", "group": cohort.pk}).content.decode()
        assert "Aucun essai ne correspond" in text
