"""Practice teaches: told at once why, try again, how far one is; and it never meets what certifies."""

import pytest
from django.urls import reverse
from django.utils import translation

from assessments.drawing import DrawError
from assessments.enums import Purpose, ShowAnswers
from assessments.form_keys import issue_key
from assessments.mastery import mastery
from assessments.models import QuestionBank
from assessments.selectors import may_see_answers
from assessments.services import submit
from assessments.services.practice import practised
from assessments.services.starting import try_draw
from courses.models import LessonPage
from tests.assessments.helpers import begin, right_fields, save, wrong_fields
from tests.factories.assessments import SECRET, make_assessment, make_bank, make_question
from tests.factories.courses import lesson_page, make_skill

pytestmark = pytest.mark.django_db


@pytest.fixture
def drill(course):
    bank = make_bank("entrainement")
    questions = [make_question(code=f"p{number}", bank=bank) for number in range(6)]
    return make_assessment(course, code="essai", questions=questions, purpose=Purpose.PRACTICE)


@pytest.fixture
def attempt(enrolment, drill):
    return begin(enrolment, drill)


@pytest.fixture
def client(learner, sign_in):
    return sign_in(learner)


def address(attempt, position=1):
    return reverse("assessments:question", args=["saisie", "evaluation", attempt.pk, position])


def check(client, attempt, fields, position=1):
    data = {**fields, "go": "check", "key": str(issue_key())}
    answer = client.post(address(attempt, position), data, follow=True)
    return answer.content.decode().replace("\u00a0", " ")


def item(attempt, position=1):
    return attempt.items.select_related("attempt").get(position=position)


def test_a_wrong_answer_is_told_why_at_once_and_may_be_tried_again(client, attempt):
    page = check(client, attempt, wrong_fields(item(attempt)))
    assert "Not yet. Try again." in page
    assert "relisez" in page  # what the author wrote for the option that was chosen
    assert f"{SECRET} bien" not in page
    assert f"{SECRET} explication" not in page
    assert "Right answer" not in page
    page = check(client, attempt, right_fields(item(attempt)))
    assert "That is right." in page
    assert f"{SECRET} explication" in page


def test_after_two_tries_the_right_answer_is_told(client, attempt):
    check(client, attempt, wrong_fields(item(attempt)))
    page = check(client, attempt, wrong_fields(item(attempt)))
    assert "Right answer: <strong>Oui</strong>" in page


def test_it_is_told_in_french(client, attempt):
    with translation.override("fr"):
        page = check(client, attempt, wrong_fields(item(attempt)))
    assert "Pas encore. Réessayez." in page
    assert "juste du premier coup : 0 sur 1" in page


def test_a_hint_leads_to_the_lesson_of_the_skill(client, course, attempt):
    lesson: LessonPage = lesson_page(course, 2)
    lesson.skills = [make_skill()]
    lesson.save_revision().publish()
    assert "lecon-2/" in check(client, attempt, wrong_fields(item(attempt)))


def test_what_certifies_tells_nothing(client, enrolment, course):
    exam = make_assessment(course, code="examen", questions=[make_question(code="e1")])
    attempt = begin(enrolment, exam)
    page = check(client, attempt, wrong_fields(item(attempt)))
    assert SECRET not in page
    assert "Try again" not in page
    assert 'value="check"' not in page


def test_the_meter_counts_first_answers_only(client, learner, enrolment, attempt):
    check(client, attempt, wrong_fields(item(attempt)))
    check(client, attempt, right_fields(item(attempt)))
    page = check(client, attempt, right_fields(item(attempt, 2)), 2)
    assert "right at the first try: 1 of 2" in page
    (row,) = practised(enrolment)
    assert (row.reached.right, row.reached.answered, row.reached.is_reached) == (1, 2, False)
    for position in (3, 4, 5):
        save(learner, attempt, position, right_fields(item(attempt, position)))
    assert practised(enrolment)[0].reached.is_reached
    submit(attempt=attempt)
    intro = client.get("/fr/learn/saisie/test/evaluation/").content.decode()
    assert 'class="meter" value="4" max="4"' in intro


@pytest.mark.parametrize(
    ("firsts", "right", "answered", "reached"),
    [([], 0, 0, False), ([True] * 4, 4, 4, True), ([True, True, True], 3, 3, False),
     ([True] * 4 + [False], 4, 5, True), ([True] * 4 + [False] * 2, 3, 5, False),
     ([False] * 9 + [True] * 4, 4, 5, True)],
)  # fmt: skip
def test_mastery(firsts, right, answered, reached):
    found = mastery(firsts)
    assert (found.right, found.answered, found.is_reached) == (right, answered, reached)


def test_queries_do_not_grow_with_practice(learner, enrolment, attempt, django_assert_max_num_queries):
    for position in range(1, 7):
        save(learner, attempt, position, right_fields(item(attempt, position)))
    with django_assert_max_num_queries(3):
        practised(enrolment)


@pytest.fixture
def bank(course):
    """Six questions; an exam draws of the easy ones."""
    bank = make_bank("commune")
    for number in range(6):
        make_question(code=f"c{number}", bank=bank, difficulty=1 if number < 4 else 2)
    exam = make_assessment(course, code="examen", bank=bank, draw=2)
    exam.sections.update(difficulty=1)
    return bank


def codes(attempt) -> set[str]:
    return set(attempt.items.values_list("question__code", flat=True))


def test_practice_never_draws_what_may_certify(enrolment, bank):
    drill = make_assessment(code="essai", bank=bank, draw=2, purpose=Purpose.PRACTICE)
    assert try_draw(drill) == 2
    drill.sections.update(draw=3)
    with pytest.raises(DrawError):
        try_draw(drill)


def test_what_certifies_is_not_asked_even_when_practice_names_it(bank):
    named = [bank.questions.get(code="c0"), bank.questions.get(code="c5")]
    drill = make_assessment(code="essai", questions=named, purpose=Purpose.PRACTICE)
    assert try_draw(drill) == 1


def test_the_author_may_share_a_bank(bank):
    QuestionBank.objects.update(is_shared=True)
    drill = make_assessment(code="essai", bank=bank, draw=6, purpose=Purpose.PRACTICE)
    assert try_draw(drill) == 6


def test_what_certifies_draws_from_every_bank(bank):
    assert try_draw(make_assessment(code="autre", bank=bank, draw=6)) == 6


@pytest.mark.parametrize(("purpose", "shown"), [(Purpose.PRACTICE, True), (Purpose.CERTIFYING, False)])
def test_the_key_of_what_may_return_stays_closed_after_a_fail(learner, enrolment, course, purpose, shown):
    rules = {"purpose": purpose, "show_answers": ShowAnswers.SUBMITTED, "max_attempts": 2}
    exam = make_assessment(course, code="examen", questions=[make_question(code="e1")], **rules)
    first = begin(enrolment, exam)
    save(learner, first, 1, wrong_fields(item(first)))
    assert may_see_answers(submit(attempt=first)) is shown
    second = begin(enrolment, exam)
    assert may_see_answers(submit(attempt=second))  # the last one: nothing may return
