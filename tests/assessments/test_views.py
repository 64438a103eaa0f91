"""The learner's pages: the way through, what is refused, and what never leaks."""

import re
from datetime import timedelta
from uuid import UUID

import brotli
import pytest
from django.urls import reverse
from django.utils import timezone, translation

from assessments.enums import Purpose, ShowAnswers
from assessments.form_keys import issue_key
from assessments.models import Attempt, Response
from assessments.services import submit
from tests.assessments.helpers import answer_all, begin, right_fields, save, wrong_fields
from tests.factories.assessments import SECRET, SPECS, make_assessment, make_question
from tests.factories.courses import BOTH, lesson_page, make_enrolment, make_skill

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

INTRO = "/fr/learn/saisie/test/evaluation/"


@pytest.fixture
def client(learner, sign_in):
    return sign_in(learner)


def url(name, attempt, *args, language="fr"):
    with translation.override(language):
        return reverse(f"assessments:{name}", args=["saisie", "evaluation", attempt.pk, *args])


def text(response):
    return response.content.decode()


def key_in(response):
    return re.search(r'name="key" value="([^"]+)"', text(response)).group(1)


def flat(fields):
    return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}


# -- the way through


def test_from_the_introduction_to_the_result(client, enrolment, assessment):
    page = client.get(INTRO)
    assert "Évaluation" in text(page)
    first = client.post(INTRO, follow=True)
    attempt = Attempt.objects.get()
    assert first.redirect_chain[-1][0] == url("question", attempt, 1)
    for item in attempt.items.select_related("attempt"):
        form = client.get(url("question", attempt, item.position))
        go = re.search(r'class="btn" name="go" value="([^"]+)"', text(form)).group(1)
        data = {"key": key_in(form), "go": go, **flat(right_fields(item))}
        after = client.post(url("question", attempt, item.position), data)
    assert after["Location"] == url("overview", attempt)
    handed_in = client.post(url("overview", attempt), follow=True)
    assert handed_in.redirect_chain[-1][0] == url("result", attempt)
    assert "100" in text(handed_in)
    attempt.refresh_from_db()
    assert attempt.passed


def test_they_go_on_where_they_were_on_any_phone(client, learner, sign_in, attempt):
    item = attempt.items.select_related("attempt").first()
    client.post(url("question", attempt, 1), {"key": issue_key(), **flat(right_fields(item))})
    other_phone = sign_in(learner)
    assert other_phone.post(INTRO)["Location"] == url("question", attempt, 2)
    assert "checked" in text(other_phone.get(url("question", attempt, 1)))


def test_back_and_mark_are_buttons_that_save_too(client, attempt):
    item = attempt.items.select_related("attempt").get(position=2)
    fields = flat(right_fields(item))
    back = client.post(url("question", attempt, 2), {"key": issue_key(), "go": "back", **fields})
    assert back["Location"] == url("question", attempt, 1)
    stay = client.post(url("question", attempt, 2), {"key": issue_key(), "go": "flag", **fields})
    assert stay["Location"] == url("question", attempt, 2)
    item.refresh_from_db()
    assert item.flagged
    assert Response.objects.count() == 2


def test_the_overview_names_what_is_missing_and_marked(client, attempt):
    attempt.items.filter(position=2).update(flagged=True)
    page = text(client.get(url("overview", attempt)))
    assert page.count('class="lock"') == 2
    assert "★" in page


@pytest.mark.parametrize("course", [BOTH], indirect=True)
def test_another_language_keeps_the_attempt(client, attempt):
    page = client.get(url("question", attempt, 1, language="en"))
    assert page.status_code == 200
    assert 'lang="fr"' in text(page)
    assert Attempt.objects.count() == 1
    moved = client.get("/en/learn/saisie/test/evaluation/")
    assert moved["Location"] == "/en/learn/saisie/test/assessment/"


# -- typed wrongly, sent twice, too late


def test_a_number_that_cannot_be_read_stays_as_typed(client, enrolment, course):
    attempt = begin(enrolment, make_assessment(course, questions=[make_question("numeric")]))
    page = client.post(url("question", attempt, 1), {"key": issue_key(), "answer": "douze <b>"})
    assert page.status_code == 422
    assert 'value="douze &lt;b&gt;"' in text(page)
    assert 'role="alert"' in text(page)
    assert not Response.objects.exists()


def test_sending_a_form_twice_is_harmless(client, attempt):
    item = attempt.items.select_related("attempt").first()
    data = {"key": issue_key(), **flat(right_fields(item))}
    answers = [client.post(url("question", attempt, 1), data)["Location"] for _n in range(2)]
    assert answers == [url("question", attempt, 2)] * 2
    assert Response.objects.count() == 1


def test_an_old_form_leads_back_to_what_counts(client, attempt):
    item = attempt.items.select_related("attempt").first()
    old = {"key": issue_key(), **flat(wrong_fields(item))}
    client.post(url("question", attempt, 1), old)
    client.post(url("question", attempt, 1), {"key": issue_key(), **flat(right_fields(item))})
    assert client.post(url("question", attempt, 1), old)["Location"] == url("question", attempt, 1)
    page = text(client.get(url("question", attempt, 1)))
    assert "page plus ancienne" in page
    assert "checked" in page


@pytest.mark.parametrize("key", ["", "abc", "3f2b8c1e-0000-4000-8000-000000000000", None])
def test_a_form_without_an_order_replaces_no_answer(client, attempt, key):
    item = attempt.items.select_related("attempt").first()
    form = {"key": key, **flat(wrong_fields(item))} if key is not None else flat(wrong_fields(item))
    assert client.post(url("question", attempt, 1), form)["Location"] == url("question", attempt, 2)
    client.post(url("question", attempt, 1), {"key": issue_key(), **flat(right_fields(item))})
    assert client.post(url("question", attempt, 1), form)["Location"] == url("question", attempt, 1)
    assert Response.objects.order_by("pk").last().answer == {"choice": "a"}


def test_the_form_of_a_page_is_newer_than_what_it_shows(client, attempt):
    item = attempt.items.select_related("attempt").first()
    client.post(url("question", attempt, 1), {"key": issue_key(after=UUID("9999ffff-ffff-7fff-8000-000000000000")),
                                              **flat(wrong_fields(item))})  # fmt: skip
    (key,) = re.findall(r'name="key" value="([^"]+)"', text(client.get(url("question", attempt, 1))))
    client.post(url("question", attempt, 1), {"key": key, **flat(right_fields(item))})
    assert Response.objects.order_by("pk").last().answer == {"choice": "a"}


@pytest.mark.parametrize("course", [BOTH], indirect=True)
def test_the_result_leads_to_the_lessons_of_a_weak_skill(client, learner, course, attempt):
    lesson = lesson_page(course, 2)
    lesson.skills = [make_skill()]
    lesson.save_revision().publish()
    answer_all(learner, attempt, wrong_fields)
    submit(attempt=attempt)
    page = text(client.get(url("result", attempt)))
    assert '<a href="/fr/learn/saisie/lecon-2/">Leçon 2</a>' in page
    assert "lecon-1" not in page
    assert '<a href="/en/learn/saisie/lesson-2/">Lesson 2</a>' in text(
        client.get(url("result", attempt, language="en"))
    )


def test_a_skill_that_was_failed_is_told_and_leads_to_its_lesson(client, learner, course, enrolment):
    """Enough in all, one skill missing: which, how much is needed in it, and where to read."""
    entry = [make_question(code=f"e{number}") for number in range(3)]
    other = [make_question(code=f"f{number}", skill="dw.files") for number in range(9)]
    lesson = lesson_page(course, 2)
    lesson.skills = [make_skill()]
    lesson.save_revision().publish()
    attempt = begin(enrolment, make_assessment(course, code="deux", questions=[*entry, *other]))
    for item in attempt.items.all():
        save(learner, attempt, item.position, wrong_fields(item) if item.position <= 3 else right_fields(item))
    submit(attempt=attempt)
    page = text(client.get(url("result", attempt)))
    assert "Pas encore réussi" in page
    assert "Votre total suffit" in page
    assert "vous ne l’avez pas encore : Saisie de données" in page.replace("\u00a0", " ")
    assert 'href="/fr/learn/saisie/lecon-2/">À relire' in page.replace("\u00a0", " ")


def test_a_good_result_sends_nobody_back(client, learner, course, attempt):
    lesson = lesson_page(course, 2)
    lesson.skills = [make_skill()]
    lesson.save_revision().publish()
    answer_all(learner, attempt)
    submit(attempt=attempt)
    assert '<a href="/fr/learn/saisie/lecon-2/">Leçon 2</a>' not in text(client.get(url("result", attempt)))


def test_handing_in_twice_is_harmless(client, attempt):
    for _n in range(2):
        assert client.post(url("overview", attempt))["Location"] == url("result", attempt)
    assert attempt.grades.count() == 1


def test_after_handing_in_questions_lead_to_the_result(client, attempt):
    submit(attempt=attempt)
    assert client.get(url("question", attempt, 1))["Location"] == url("result", attempt)
    assert client.post(url("question", attempt, 1), {"key": issue_key()})["Location"] == url("result", attempt)
    assert client.get(url("overview", attempt))["Location"] == url("result", attempt)
    assert not Response.objects.exists()


def test_when_time_is_over_what_was_saved_is_marked(client, learner, attempt):
    answer_all(learner, attempt)
    Attempt.objects.update(deadline_at=timezone.now() - timedelta(minutes=3))
    assert client.get(url("question", attempt, 1))["Location"] == url("result", attempt)
    attempt.refresh_from_db()
    assert (attempt.score, attempt.submitted_at) == (100, attempt.deadline_at)


def test_the_end_of_the_time_is_shown(client, attempt):
    ends = timezone.now() + timedelta(minutes=9)
    Attempt.objects.update(deadline_at=ends)
    assert f"{timezone.localtime(ends):%H:%M}" in text(client.get(url("question", attempt, 1)))


def test_a_break_is_shown_with_its_end(client, enrolment, course):
    assessment = make_assessment(course, questions=[make_question()], pause_minutes=10)
    attempt = submit(attempt=begin(enrolment, assessment))
    for address in (INTRO, url("result", attempt)):
        assert re.search(r"dans (9|10)\smin", text(client.get(address)).replace("&nbsp;", " "))
    assert client.post(INTRO)["Location"] == INTRO
    assert Attempt.objects.count() == 1


# -- others


@pytest.mark.parametrize("name", ["question", "overview", "result", "answers"])
def test_other_peoples_attempts_do_not_exist(name, stranger, sign_in, attempt):
    make_enrolment(stranger, attempt.enrolment.course)
    address = url(name, attempt, *([1] if name == "question" else []))
    client = sign_in(stranger)
    assert client.get(address).status_code == 404
    assert client.post(address, {"key": issue_key()}).status_code in (404, 405)
    assert not Response.objects.exists()
    attempt.refresh_from_db()
    assert attempt.submitted_at is None


def test_strange_questions_and_keys(client, attempt):
    assert client.get(url("question", attempt, 9)).status_code == 404
    assert client.post(url("question", attempt, 9), {"key": issue_key()}).status_code == 404
    assert client.post(url("question", attempt, 1), {"key": "no key"}).status_code == 302
    assert client.post(url("question", attempt, 1), {"key": issue_key(), "choice": "zzzzz"}).status_code == 422


def test_whoever_is_not_enrolled_is_shown_the_course(stranger, sign_in, assessment):
    assert sign_in(stranger).get(INTRO)["Location"] == "/fr/courses/saisie/"


def test_nobody_signed_in(db, client, attempt):
    client.logout()
    for address in (INTRO, url("question", attempt, 1), url("result", attempt)):
        assert client.get(address).status_code == 302
        assert "login" in client.get(address)["Location"]


# -- what must not be seen


@pytest.mark.parametrize("kind", SPECS)
def test_no_key_reaches_the_phone_before_it_may(kind, client, enrolment, course):
    """The factories put a marker in every feedback and accepted answer, and give options telling ids."""
    assessment = make_assessment(course, questions=[make_question(kind)], show_answers=ShowAnswers.NEVER)
    attempt = begin(enrolment, assessment)
    addresses = [INTRO, url("question", attempt, 1), url("overview", attempt), url("answers", attempt)]
    pages = [client.get(address, follow=True) for address in addresses]
    pages.append(client.post(url("overview", attempt), follow=True))
    pages += [client.get(url("answers", attempt), follow=True), client.get(INTRO)]
    for page in pages:
        seen = text(page) + str(page.headers)
        assert SECRET not in seen
        assert "98765" not in seen
        assert not re.search(r'value="(a|b|c|p1|p2|i1|i2|i3)"', seen)
        assert "ETag" not in page.headers
        assert page.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("rule", ShowAnswers)
def test_answers_are_shown_when_the_rule_allows(rule, client, learner, enrolment, course):
    rules = {"show_answers": rule, "purpose": Purpose.PRACTICE}  # what certifies: test_practice
    assessment = make_assessment(course, questions=[make_question()], **rules)
    failed, passed = (begin(enrolment, assessment), None)
    answer_all(learner, failed, wrong_fields)
    submit(attempt=failed)
    seen_after_failing = SECRET in text(client.get(url("answers", failed), follow=True))
    passed = begin(enrolment, assessment)
    answer_all(learner, passed)
    submit(attempt=passed)
    seen_after_passing = SECRET in text(client.get(url("answers", passed), follow=True))
    expected = {"never": (False, False), "passed": (False, True), "submitted": (True, True)}
    assert (seen_after_failing, seen_after_passing) == expected[rule]


def test_the_answer_to_a_save_is_the_same_whether_right_or_wrong(client, attempt):
    """Not its length, not its headers."""
    item = attempt.items.select_related("attempt").first()
    sent = [
        client.post(url("question", attempt, 1), {"key": issue_key(), **flat(fields(item))})
        for fields in (right_fields, wrong_fields)
    ]
    presentations = [(page.status_code, page.content, page.headers["Location"]) for page in sent]
    assert presentations[0] == presentations[1]
    shown = [len(client.get(url("question", attempt, 1)).content) for _n in range(2)]
    assert shown[0] == shown[1]


# -- light


@pytest.mark.parametrize("kind", SPECS)
def test_a_question_page_is_light(kind, client, enrolment, course):
    attempt = begin(enrolment, make_assessment(course, questions=[make_question(kind)]))
    page = client.get(url("question", attempt, 1))
    assert len(brotli.compress(page.content, quality=5)) <= 2000
    assert text(page).count("<script") == 1, "what keeps drafts, and nothing else"
    assert " style=" not in text(page)


def test_few_queries(client, attempt, django_assert_max_num_queries):
    item = attempt.items.select_related("attempt").first()
    client.get(url("question", attempt, 1))
    with django_assert_max_num_queries(4):  # user, question, their answer, number of questions
        client.get(url("question", attempt, 1))
    with django_assert_max_num_queries(6):  # user, savepoint of the test (2), question, what is saved, write
        client.post(url("question", attempt, 1), {"key": issue_key(), **flat(right_fields(item))})


@pytest.mark.parametrize("questions", [1, 6])
def test_queries_do_not_grow_with_the_questions(
    questions, client, learner, enrolment, course, django_assert_max_num_queries
):
    rows = [make_question(code=f"q{number}") for number in range(questions)]
    attempt = begin(enrolment, make_assessment(course, questions=rows, show_answers=ShowAnswers.SUBMITTED))
    client.get(url("overview", attempt))
    with django_assert_max_num_queries(4):
        client.get(url("overview", attempt))
    answer_all(learner, attempt)
    submit(attempt=attempt)
    with django_assert_max_num_queries(5):
        client.get(url("answers", attempt))
    client.get(url("result", attempt))
    with django_assert_max_num_queries(7):
        client.get(url("result", attempt))
    client.get(INTRO)
    with django_assert_max_num_queries(8):
        client.get(INTRO)
