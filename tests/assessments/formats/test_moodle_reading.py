"""GIFT means here what it means in Moodle (question/format/gift and the types of question it makes)."""

from decimal import Decimal
from typing import Any

import pytest

from assessments.formats import gift
from assessments.formats.specs import Converted, to_spec
from assessments.question_types import InvalidResponse, Submission, get_question_type
from assessments.question_types.comparing import fits
from assessments.seeds import rng_for


def read(body: str) -> Converted:
    (question,) = gift.loads(f"Q ?{{{body}}}").questions
    return to_spec(question)


def usable(body: str) -> Converted:
    result = read(body)
    assert result.usable, result.problems
    return result


def mark(result: Converted, answer: Any) -> Decimal:
    """What a learner earns who answers this, through the form as they fill it in."""
    kind = get_question_type(result.type)
    public = kind.public(result.spec, rng_for(1))
    if result.type in ("single", "multiple"):
        wanted = [answer] if isinstance(answer, str) else answer
        raw = {"choice": [item["token"] for item in public["options"] if item["text"] in wanted]}
    elif result.type == "ordering":
        raw = {item["field"]: [str(answer.index(item["text"]) + 1)] for item in public["items"]}
    else:
        raw = {"answer": [answer]}
    return kind.grade(result.spec, kind.read(result.spec, public, Submission(raw))).fraction


@pytest.mark.parametrize(
    ("body", "answer", "fraction"),
    [
        # an answer without a mark is a short answer
        ("Dakar", "dakar", "1"),
        ("Dakar#Oui =Pikine", "Pikine", "1"),
        ("vrai", "vrai", "1"),
        ("f", "f", "1"),  # only T, F, TRUE and FALSE are not
        ("%50%Dakar =Pikine", "Dakar", "0.5"),
        # "=" among "~": one choice, any full mark counts; weights count in part
        ("=a =b =c =d ~e", "c", "1"),
        ("=a =b =c =d ~e", "e", "0"),
        ("=a ~%50%b ~c", "b", "0.5"),
        ("=a ~%-50%b ~c", "b", "0"),
        ("a ~=b", "b", "1"),
        ("=a ~%33.33333%b", "b", "0.333333"),
        # without "=" several choices, whose weights are added
        ("~%100%a ~b", ["a"], "1"),
        ("~%100%a ~b", ["a", "b"], "1"),
        ("~%50%a ~%50%b ~c", ["a", "b", "c"], "1"),
        ("~%50%a ~%50%b ~%-100%c", ["a", "b", "c"], "0"),
        ("~%70%a ~%30%b ~%-10%c", ["a", "c"], "0.6"),
        ("~%33.33333%a ~%33.33333%b ~%33.33333%c ~d", ["a", "b", "c"], "1"),
        ("~%50%a ~%50%b ~%-50%c", ["a", "c"], "0"),
        # stars
        ("=*Dakar*", "la ville de Dakar, Sénégal", "1"),
        ("=Dak*", "Dakar", "1"),
        ("=Dak*", "Dak", "1"),
        ("=Dak*", "Thiès", "0"),
        ("=a*b*c", "a1b2c", "1"),
        ("=a*b*c", "acb", "0"),
        (r"=\\*", "*", "1"),
        (r"=\*", "*", "1"),
        (r"=2\*3", "2*3", "1"),
        (r"=2\*3", "2xx3", "0"),
        (r"=2\** =x", "2*3", "1"),
        ("=a =%50%*", "anything", "0.5"),
        # numbers
        ("#3.142", "3.142", "1"),
        ("#3.142", "3,142", "1"),
        ("#3,14", "3.14", "1"),
        ("#=3.142:0.001", "3.141", "1"),
        ("#1..5", "1,500", "0"),
        ("#5..1", "3", "1"),
        ("#3:-2", "5", "1"),
        ("#0.001..0.002", "0.001", "1"),
        ("#=12.345 =%50%1:0.001", "12,345", "1"),
    ],
)
def test_an_answer_earns_what_it_earns_in_moodle(body: str, answer: Any, fraction: str) -> None:
    if body == "#1..5":
        with pytest.raises(InvalidResponse):
            mark(usable(body), answer)
        return
    assert mark(usable(body), answer) == Decimal(fraction)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("T", "true_false"),
        ("TRUE#a#b", "true_false"),
        ("=T", "short_text"),
        ("=a ~b", "single"),
        ("~=a ~b", "single"),
        ("~%100%a ~b", "multiple"),
        ("=%50%a =%50%b ~c", "multiple"),
        ("=a -> b =c -> d", "matching"),
        ("a -> b", "short_text"),
        (">2 ALL VERTICAL RELATIVE_NEXT_EXCLUDE_LAST HIDE NONE\nun\ndeux", "ordering"),
    ],
)
def test_the_type_is_told_as_moodle_tells_it(body: str, kind: str) -> None:
    assert usable(body).type == kind


def test_the_last_general_feedback_counts() -> None:
    (question,) = gift.loads("Q ?{=a#oui#### non ####Relisez.}").questions
    assert question.feedback.text == "Relisez."
    assert question.interaction.answers[0].feedback.text == "oui#### non"


def test_things_are_put_in_order() -> None:
    result = usable(">3 ALL VERTICAL ABSOLUTE_POSITION SHOW 123\nun\ndeux\ntrois")
    assert mark(result, ["un", "deux", "trois"]) == 1
    assert ["position" in problem.what for problem in result.problems] == [True]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("#1,250", "two ways"),
        (">3 ALL\nun", "At least 2"),
        ("=* =Dakar", "never reached"),
        ("=*! =Dakar", "any answer"),
    ],
)
def test_what_cannot_mean_one_thing_is_refused_with_its_remedy(body: str, what: str) -> None:
    result = gift.loads(f"Q ?{{{body}}}")
    problems = [*result.problems, *(fault for question in result.questions for fault in to_spec(question).problems)]
    assert any(what in problem.what and problem.remedy and problem.refused for problem in problems), problems


@pytest.mark.parametrize(
    ("body", "what"),
    [("=a ~%-50%b", "below zero"), ("=a =%33.33333%b", "rounded"), ("#=1 =%12.5%2", "rounded")],
)
def test_what_differs_from_moodle__reported(body: str, what: str) -> None:
    assert any(what in problem.what for problem in usable(body).problems)


@pytest.mark.parametrize(
    ("pattern", "answer", "expected"),
    [
        ("a*", "a", True),
        ("*a", "ba", True),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("**", "", True),
        ("a", "b", False),
    ],
)
def test_stars_stand_for_any_characters(pattern: str, answer: str, expected: bool) -> None:
    assert fits(pattern, answer) is expected


def test_a_star_of_our_own_editor_stands_for_itself() -> None:
    kind = get_question_type("short_text")
    spec = {"accepted": [{"text": "*"}]}
    assert kind.grade(spec, {"text": "anything"}).fraction == 0
    assert kind.grade(spec, {"text": "*"}).fraction == 1
    assert kind.right_answer({"accepted": [{"text": r"Dak*r \* 2"}], "wildcards": True}) == "Dak…r * 2"


def test_a_number_written_as_the_key_is_never_asked_back() -> None:
    """By the shape of the key alone: whether it is asked back must not tell whether it is right."""
    kind = get_question_type("numeric")
    decimals = {"answer": "3.142", "tolerance": "0"}
    assert kind.read(decimals, {}, Submission({"answer": ["1,250"]}))["value"] == "1.250"
    for spec in ({"answer": "1250"}, {"answer": "1250.5", "tolerance": "0"}, {"answer": "3", "tolerance": "0"}):
        with pytest.raises(InvalidResponse):
            kind.read(spec, {}, Submission({"answer": ["1,250"]}))
