from decimal import Decimal
from typing import Any

import pytest

from assessments.question_types import Submission, get_question_type
from assessments.seeds import rng_for

from .examples import SPECS


@pytest.mark.parametrize(
    ("chosen", "fraction"),
    [
        (["a", "b"], "1"),
        (["a"], "0.5"),
        (["a", "c"], "0"),
        (["a", "b", "c"], "0.5"),
        (["a", "b", "c", "d"], "0"),
        (["c", "d"], "0"),
    ],
)
def test_several_right_answers_earn_right_minus_wrong(chosen: list[str], fraction: str) -> None:
    result = get_question_type("multiple").grade(SPECS["multiple"], {"choices": chosen})
    assert result.fraction == Decimal(fraction)


def test_a_third_is_kept_to_six_decimals() -> None:
    spec = {"options": [{"id": str(n), "text": str(n), "correct": True} for n in range(3)]}
    result = get_question_type("multiple").grade(spec, {"choices": ["0"]})
    assert result.fraction == Decimal("0.333333")


def test_feedback_is_that_of_the_chosen_options() -> None:
    single, multiple = get_question_type("single"), get_question_type("multiple")
    assert single.grade(SPECS["single"], {"choice": "b"}).feedback == ("SECRET relire",)
    assert single.grade(SPECS["single"], {"choice": "c"}).feedback == ()
    chosen = multiple.grade(SPECS["multiple"], {"choices": ["c", "a"]})
    assert chosen.feedback == ("SECRET oui", "SECRET jamais")


def test_the_answer_chosen_on_the_form_is_stored_by_its_id() -> None:
    kind, spec = get_question_type("single"), SPECS["single"]
    presentation = kind.public(spec, rng_for(3))
    token = next(item["token"] for item in presentation["options"] if item["text"] == "Changer la couleur")
    assert kind.read(spec, presentation, Submission({"choice": [token]})) == {"choice": "b"}


def test_the_author_can_keep_their_order() -> None:
    spec = SPECS["single"] | {"shuffle": False}
    for seed in range(10):
        presentation = get_question_type("single").public(spec, rng_for(seed))
        assert [item["text"] for item in presentation["options"]] == [option["text"] for option in spec["options"]]


def test_the_review_shows_what_was_chosen_what_was_right_and_why() -> None:
    review = get_question_type("single").explain(SPECS["single"], {"choice": "b"})
    assert (review["answer"], review["right_answer"]) == ("Changer la couleur", "Trier la colonne")
    assert [(line["chosen"], line["right"], line["feedback"]) for line in review["lines"]] == [
        (False, True, "SECRET exact"),
        (True, False, "SECRET relire"),
        (False, False, ""),
    ]


def test_an_option_deleted_since_is_worth_nothing_and_says_so() -> None:
    result = get_question_type("single").grade(SPECS["single"], {"choice": "z"})
    assert (result.fraction, result.answered) == (0, True)
    assert "no longer there" in result.reason


def option(**changes: Any) -> dict[str, Any]:
    return {"id": "a", "text": "A", "correct": True} | changes


B = {"id": "b", "text": "B"}


@pytest.mark.parametrize(
    ("name", "options", "field"),
    [
        ("single", None, "options"),
        ("single", "a, b", "options"),
        ("single", [option(), "b"], "options"),
        ("single", [option()], "options"),
        ("single", [option(correct=False), B], "options"),
        ("single", [option(), B | {"credit": "many"}], "options.1.credit"),
        ("single", [option(), B | {"credit": "101"}], "options.1.credit"),
        ("multiple", [option(credit="40"), B | {"credit": "10", "correct": True}], "options"),
        ("multiple", [option(credit="100"), B | {"correct": True}], "options.1.credit"),
        ("multiple", [option(correct=False), B], "options"),
        ("multiple", [option(), B | {"id": "a"}], "options.1.id"),
        ("multiple", [option(id=""), B], "options.0.id"),
        ("multiple", [option(), B | {"text": " "}], "options.1.text"),
        ("multiple", [option(), B | {"text": "A"}], "options.1.text"),
        ("multiple", [option(), B | {"correct": "no"}], "options.1.correct"),
        ("multiple", [option(feedback=3), B], "options.0.feedback"),
    ],
)
def test_each_fault_of_the_author_is_named_at_its_place(name: str, options: Any, field: str) -> None:
    problems = get_question_type(name).validate({"options": options})
    assert [problem.field for problem in problems][:1] == [field]


def test_true_or_false_gives_the_feedback_of_what_was_answered() -> None:
    kind = get_question_type("true_false")
    assert kind.grade(SPECS["true_false"], {"choice": True}).feedback == ("SECRET non",)
    assert kind.grade(SPECS["true_false"], {"choice": False}).feedback == ("SECRET oui",)
    assert kind.right_answer(SPECS["true_false"]) == "False"


@pytest.mark.parametrize(
    ("spec", "field"),
    [({}, "answer"), ({"answer": "yes"}, "answer"), ({"answer": True, "feedback_true": 1}, "feedback_true")],
)
def test_true_or_false_needs_its_answer(spec: dict[str, Any], field: str) -> None:
    assert [problem.field for problem in get_question_type("true_false").validate(spec)] == [field]


def test_of_several_right_options_each_earns_everything_with_one_choice() -> None:
    kind = get_question_type("single")
    spec = {"options": [option(), B | {"correct": True}, {"id": "c", "text": "C", "correct": False, "credit": "50"}]}
    assert kind.validate(spec) == []
    assert [kind.grade(spec, {"choice": name}).fraction for name in "abc"] == [1, 1, Decimal("0.5")]
    assert kind.right_answer(spec) == "A / B"


def test_shares_of_the_points_are_added_up_to_the_full_mark_and_down_to_nothing() -> None:
    kind = get_question_type("multiple")
    shares = {"a": "33.33333", "b": "33.33333", "c": "33.33333", "d": "-100", "e": "0"}
    spec = {"options": [{"id": n, "text": n, "correct": not s.startswith(("-", "0")), "credit": s}
                        for n, s in shares.items()]}  # fmt: skip
    assert kind.validate(spec) == []
    chosen = {"abc": "1", "abce": "1", "abcd": "0", "a": "0.333333", "d": "0", "e": "0"}
    marks = {names: kind.grade(spec, {"choices": list(names)}).fraction for names in chosen}
    assert marks == {names: Decimal(fraction) for names, fraction in chosen.items()}
