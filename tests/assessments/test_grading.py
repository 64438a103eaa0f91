from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.grading import GRADER_VERSION, GradedItemInput, PassRule, grade_attempt
from assessments.question_types import UnknownQuestionType

SEVENTY = PassRule(pass_mark=Decimal(70))
MULTIPLE = {"options": [{"id": str(n), "text": str(n), "correct": True} for n in range(3)]}


def item(right: bool | None, *skills: str, points: int = 1) -> GradedItemInput:
    """A true-or-false question answered right, wrong, or not at all."""
    response: dict[str, Any] = {} if right is None else {"choice": right}
    return GradedItemInput("true_false", {"answer": True}, response, Decimal(points), skills)


def third(points: int = 1) -> GradedItemInput:
    """A question that earned a third of its points."""
    return GradedItemInput("multiple", MULTIPLE, {"choices": ["0"]}, Decimal(points))


def test_all_right_is_a_hundred_and_passed() -> None:
    result = grade_attempt([item(True), item(True)], SEVENTY)
    assert (result.score, result.passed, result.unanswered) == (Decimal("100.00"), True, 0)
    assert result.grader_version == GRADER_VERSION


@pytest.mark.parametrize(
    ("right", "wrong", "score", "passed"),
    [(7, 3, "70.00", True), (6, 4, "60.00", False), (2, 1, "66.67", False), (0, 3, "0.00", False)],
)
def test_the_pass_mark_itself_is_a_pass(right: int, wrong: int, score: str, passed: bool) -> None:
    result = grade_attempt([item(True)] * right + [item(False)] * wrong, SEVENTY)
    assert (result.score, result.passed) == (Decimal(score), passed)


def test_thirds_that_make_a_whole_reach_the_pass_mark() -> None:
    """Nine thirds of a point among ten: 30 %, not 29.99."""
    items = [third()] * 9 + [item(False)]
    assert grade_attempt(items, PassRule(Decimal(30))).passed


def test_the_rounded_score_decides() -> None:
    """69.995 % is shown as 70.00, so it passes; 69.994 % is shown as 69.99, so it does not."""
    passing = [item(True, points=13999), item(False, points=6001)]
    failing = [item(True, points=69994), item(False, points=30006)]
    assert [grade_attempt(items, SEVENTY).passed for items in (passing, failing)] == [True, False]


def test_points_weigh_questions() -> None:
    result = grade_attempt([item(True, points=3), item(False, points=1)], SEVENTY)
    assert (result.points, result.max_points, result.score) == (3, 4, 75)


def test_a_question_without_points_is_shown_but_does_not_count() -> None:
    result = grade_attempt([item(True), item(False, "dw.typing", points=0)], SEVENTY)
    assert (result.score, result.skills, result.review) == (100, (), ())


def test_an_attempt_in_which_nothing_counts_is_not_passed() -> None:
    for items in ([], [item(True, points=0)]):
        result = grade_attempt(items, PassRule(Decimal(0)))
        assert (result.score, result.passed) == (0, False)


def test_unanswered_questions_are_counted_and_worth_nothing() -> None:
    result = grade_attempt([item(True), item(None), item(None)], SEVENTY)
    assert (result.unanswered, result.score) == (2, Decimal("33.33"))


def test_a_damaged_response_costs_its_points_and_keeps_its_reason() -> None:
    damaged = replace(item(True), response={"choice": "perhaps"})
    result = grade_attempt([item(True), damaged], SEVENTY)
    assert result.score == 50
    assert result.items[1].reason


def test_each_skill_has_its_own_result() -> None:
    result = grade_attempt([item(True, "b", "a"), item(False, "a"), item(True, "b", points=2), item(True)], SEVENTY)
    assert [(s.skill, s.points, s.max_points, s.percent) for s in result.skills] == [
        ("a", 1, 2, 50),
        ("b", 3, 3, 100),
    ]


def test_weak_skills_come_weakest_first() -> None:
    result = grade_attempt(
        [item(True, "a"), item(False, "a"), item(False, "b"), item(None, "b"), item(True, "c"), item(False, "d")],
        SEVENTY,
    )
    assert [(weak.skill, weak.percent) for weak in result.review] == [("b", 0), ("d", 0), ("a", 50)]
    assert result.as_json()["review"] == [{"skill": "b"}, {"skill": "d"}, {"skill": "a"}]


def test_a_skill_may_need_more_than_the_attempt() -> None:
    items = [item(True, "a")] * 3 + [item(False, "a")]
    assert grade_attempt(items, SEVENTY).review == ()
    assert len(grade_attempt(items, replace(SEVENTY, skill_mark=Decimal(80))).review) == 1


def test_what_cannot_be_graded_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        grade_attempt([item(True, points=-1)], SEVENTY)
    with pytest.raises(UnknownQuestionType):
        grade_attempt([GradedItemInput("essay", {}, {})], SEVENTY)


HALF_IN_EACH = replace(SEVENTY, skill_mark=Decimal(50))


def test_one_skill_that_is_failed_fails_the_whole() -> None:
    """83 % in all, and a third in data entry: whoever reads "data entry, level 2" on a certificate reads the truth."""
    items = [item(True, "quality")] * 9 + [item(True, "entry"), item(False, "entry"), item(False, "entry")]
    result = grade_attempt(items, HALF_IN_EACH)
    assert (result.score, result.passed, result.failed) == (Decimal("83.33"), False, ("entry",))
    assert result.as_json()["failed"] == ["entry"]
    assert grade_attempt(items, SEVENTY).passed


def test_the_mark_of_a_skill_itself_is_a_pass() -> None:
    items = [item(True, "quality")] * 6 + [item(True, "entry"), item(False, "entry")]
    result = grade_attempt(items, HALF_IN_EACH)
    assert (result.passed, result.failed) == (True, ())


def test_the_rounded_percentage_of_a_skill_decides() -> None:
    """Two thirds are shown as 66.67 %: a mark of 66.67 is reached."""
    items = [item(True, "entry"), item(True, "entry"), item(False, "entry"), *[item(True, "quality")] * 7]
    for mark, failed in (("66.67", ()), ("66.68", ("entry",))):
        assert grade_attempt(items, replace(SEVENTY, skill_mark=Decimal(mark))).failed == failed


def test_good_skills_do_not_make_up_for_a_low_score() -> None:
    items = [item(True, "entry"), item(False, "entry"), item(False)]
    assert not grade_attempt(items, HALF_IN_EACH).passed


def test_each_skill_says_how_many_were_missed() -> None:
    result = grade_attempt([item(True, "a"), item(False, "a"), item(None, "a"), item(True, "b")], SEVENTY)
    assert [(row.skill, row.questions, row.missed) for row in result.skills] == [("a", 3, 2), ("b", 1, 0)]
    assert result.as_json()["skills"]["a"]["missed"] == 2


@pytest.mark.parametrize(
    ("decision", "score", "questions"),
    [("", "50.00", 2), ("full", "100.00", 2), ("drop", "100.00", 1), ("key", "50.00", 2)],
)
def test_what_was_decided_about_a_wrong_question(decision: str, score: str, questions: int) -> None:
    result = grade_attempt([item(True, "a"), replace(item(False, "a"), decision=decision)], SEVENTY)
    assert (result.score, result.skills[0].questions) == (Decimal(score), questions)


def test_full_marks_go_to_whoever_did_not_answer_too() -> None:
    result = grade_attempt([replace(item(None), decision="full")], SEVENTY)
    assert (result.score, result.unanswered) == (100, 1)


def test_when_every_question_is_dropped_nothing_is_passed() -> None:
    assert not grade_attempt([replace(item(True), decision="drop")], SEVENTY).passed


def test_a_skill_whose_questions_do_not_count_cannot_be_failed() -> None:
    assert grade_attempt([item(True), item(False, "entry", points=0)], HALF_IN_EACH).passed


answers = st.lists(st.tuples(st.sampled_from([True, False, None]), st.integers(0, 5)), max_size=12)


@given(answers)
def test_a_score_lies_between_0_and_100_and_comes_out_the_same_again(given_answers: list[Any]) -> None:
    items = [item(right, "a", points=points) for right, points in given_answers]
    result = grade_attempt(items, SEVENTY)
    assert 0 <= result.score <= 100
    assert grade_attempt(items, SEVENTY) == result
    assert grade_attempt(items[::-1], SEVENTY).score == result.score


@given(answers, st.integers(0, 11))
def test_one_more_right_answer_never_lowers_the_score(given_answers: list[Any], place: int) -> None:
    items = [item(right, points=points) for right, points in given_answers]
    better = [replace(it, response={"choice": True}) if n == place else it for n, it in enumerate(items)]
    assert grade_attempt(better, SEVENTY).score >= grade_attempt(items, SEVENTY).score
