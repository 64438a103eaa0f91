"""Classification by a guideline: its measures against published and reference values, marking, what is told."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from assessments.question_types import Submission, get_question_type, work_words
from assessments.question_types.agreement import Tally
from assessments.question_types.classify import figures_of
from assessments.seeds import rng_for

from .examples import BEST, SPECS

CLASSIFY = get_question_type("classify")
SPEC = SPECS["classify"]
RIGHT = BEST["classify"]["sorted"]


def tally(gold: str, given: str) -> Tally:
    return Tally.of(zip(gold.split(","), given.split(","), strict=True))


@pytest.mark.parametrize(
    ("gold", "given", "accuracy", "macro_f1", "kappa"),
    [
        # scikit-learn 1.9.1: accuracy_score, f1_score(average="macro", zero_division=0), cohen_kappa_score
        (
            "spam,ok,ok,hate,spam,ok,hate,ok,spam,ok",
            "spam,ok,spam,hate,ok,ok,ok,ok,spam,ok",
            "0.7",
            "0.6869",
            "0.4915",
        ),
        (",".join(["ok"] * 95 + ["bad"] * 5), ",".join(["ok"] * 100), "0.95", "0.4872", "0"),
        # 20 yes both, 5 yes/no, 10 no/yes, 15 no both: the textbook table of Cohen (1960) with kappa 0.4
        (
            ",".join(["yes"] * 25 + ["no"] * 25),
            ",".join(["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15),
            "0.7",
            "0.6970",
            "0.4",
        ),
        ("a,b,c", "a,b,c", "1", "1", "1"),
        ("a,b,c", "b,c,a", "0", "0", "-0.5"),
        ("a,a,b", "a,,b", "0.6667", "0.8333", "0.5"),  # one without a label is an error, and in no class
        ("a,a,a", "a,a,a", "1", "1", None),  # one class alone: beyond chance there is nothing
    ],
)
def test_the_measures_are_those_of_the_references(
    gold: str, given: str, accuracy: str, macro_f1: str, kappa: str | None
) -> None:
    found = tally(gold, given)
    assert [as_text(found.accuracy), as_text(found.macro_f1)] == [Decimal(accuracy), Decimal(macro_f1)]
    assert (None if found.kappa is None else as_text(found.kappa)) == (None if kappa is None else Decimal(kappa))


def as_text(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.0001")).normalize() + 0


labels = st.sampled_from(["ok", "spam", "hate"])
pairs = st.lists(st.tuples(labels, labels | st.just("")), min_size=1, max_size=40)


@given(pairs)
def test_measures_lie_between_their_bounds_and_do_not_depend_on_the_order(found: list[tuple[str, str]]) -> None:
    done = Tally.of(found)
    assert 0 <= done.accuracy <= 1
    assert 0 <= done.macro_f1 <= 1
    assert done.kappa is None or -1 <= done.kappa <= 1
    assert (done.accuracy == 1) == (done.macro_f1 == 1) == all(gold == given for gold, given in found)
    back = Tally.of(reversed(found))
    assert (back.accuracy, back.macro_f1, back.kappa) == (done.accuracy, done.macro_f1, done.kappa)


@given(pairs, pairs)
def test_two_tasks_together_are_one(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> None:
    whole, parts = Tally.of([*one, *other]), [Tally.of(one), Tally.of(other)]
    assert whole.as_figures() == {
        name: sum(part.as_figures().get(name, 0) for part in parts) for name in whole.as_figures()
    }
    assert Tally.from_figures(whole.as_figures()) == whole


@given(pairs)
def test_putting_one_label_right_never_lowers_the_accuracy(found: list[tuple[str, str]]) -> None:
    wrong = next((place for place, pair in enumerate(found) if pair[0] != pair[1]), None)
    if wrong is not None:
        better = [(gold, gold) if place == wrong else (gold, given) for place, (gold, given) in enumerate(found)]
        assert Tally.of(better).accuracy > Tally.of(found).accuracy


@pytest.mark.parametrize(
    ("changes", "rules", "fraction"),
    [
        ({}, {}, "1"),
        ({"i1": "a"}, {"missed": 5}, "0.777778"),  # a mistake between two kinds of harm, F1 of 2/3, 2/3 and 1
        ({"i1": "a"}, {"missed": 5, "score": "accuracy"}, "0.833333"),
        ({"i1": "a"}, {"missed": 5, "score": "macro_f1"}, "0.777778"),
        ({"i1": "a"}, {"missed": 0}, "0.777778"),  # it was acted upon
        ({"i1": "o"}, {"missed": 0}, "0"),  # harm that was missed fails alone
        ({"i1": None}, {"missed": 0}, "0"),  # and so does harm that nobody looked at
        ({"i1": "o"}, {"missed": 1, "score": "accuracy"}, "0.833333"),
        ({"i4": "h"}, {"missed": 0, "score": "accuracy"}, "0.833333"),  # acted wrongly: an error, not a danger
        ({"i1": "o", "i3": "o"}, {"missed": 1}, "0"),
    ],
)
def test_a_task_earns_its_measure_and_missed_harm_takes_all(
    changes: dict[str, str | None], rules: dict[str, Any], fraction: str
) -> None:
    given = {name: label for name, label in {**RIGHT, **changes}.items() if label}
    assert CLASSIFY.grade({**SPEC, **rules}, {"sorted": given}).fraction == Decimal(fraction)


@given(st.dictionaries(st.sampled_from(sorted(RIGHT)), st.sampled_from(["h", "a", "o"])), st.integers(0, 6))
def test_more_missed_harm_than_allowed_is_never_worth_anything(given: dict[str, str], allowed: int) -> None:
    spec = {**SPEC, "missed": allowed}
    missed = sum(given.get(item, "o") == "o" for item in ("i1", "i2", "i3"))
    result = CLASSIFY.grade(spec, {"sorted": given})
    assert result.fraction == 0 if missed > allowed else result.fraction <= 1


def test_practice_says_of_each_item_what_was_wrong_with_it() -> None:
    told = CLASSIFY.grade(SPEC, {"sorted": {**RIGHT, "i1": "o", "i4": "a"}}).feedback
    assert told[0] == "A harmful item was missed. “Rentrez chez vous”: not “OK”."
    assert told[1] == "SECRET insulte"
    assert told[2] == "A harmless item was called harmful. “Bonjour à tous”: not “Arnaque”."
    assert len(told) == 3
    some = CLASSIFY.grade(SPEC, {"sorted": {"i2": "h", "i3": "a"}}).feedback
    assert "“Vous êtes nuls”: not" not in " ".join(some)
    assert some[0] == "4 items have no label yet."


def test_figures_of_several_tasks_are_told_in_words() -> None:
    done = figures_of([(SPEC, {}), (SPEC, None)])
    assert (done["items"], done["harm"], done["missed"], done["alarms"]) == (12, 6, 6, 0)
    spec = SPEC
    answer = {"i1": "Haine", "i2": "Haine", "i3": "OK", "i4": "Arnaque", "i5": "OK", "i6": "OK"}
    words = " ".join(work_words("classify", figures_of([(spec, answer)])))
    assert "4 of 6 items have the right label (66%)" in words
    assert "average over the labels (macro-F1): 55%" in words
    assert "harmful items missed: 1 of 3" in words
    assert "harmless items called harmful: 1 of 3" in words
    assert "kappa" in words
    with translation.override("fr"):
        assert "contenus nuisibles manqués" in " ".join(work_words("classify", figures_of([(spec, answer)])))
    assert work_words("classify", {"of another version": 2}) == []


def test_the_form_tells_the_rule_and_nothing_that_is_right() -> None:
    public = CLASSIFY.public(SPEC, rng_for(1))
    assert public["rule"] == {"score": "lower", "missed": 0, "harm": ["Haine", "Arnaque"]}
    assert [row["text"] for row in public["categories"]] == ["Haine", "Arnaque", "OK"]
    assert "insulte" not in str(public)
    assert len({tuple(row["text"] for row in CLASSIFY.public(SPEC, rng_for(seed))["items"]) for seed in range(20)}) > 5


def test_the_key_earns_everything_one_label_and_guesses_do_not() -> None:
    assert CLASSIFY.grade(SPEC, CLASSIFY.gold(SPEC) or {}).correct
    one = CLASSIFY.one_for_all(SPEC)
    assert set(one["sorted"].values()) == {"o"}  # the label of most items
    assert CLASSIFY.grade(SPEC, one).fraction == 0
    assert CLASSIFY.grade({**SPEC, "missed": 6, "score": "accuracy"}, one).fraction == Decimal("0.5")
    guessed = [CLASSIFY.guess(SPEC, [], rng_for(seed)) for seed in range(50)]
    assert {label for guess in guessed for label in guess["sorted"].values()} == {"h", "a", "o"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"score": "kappa"}, "score"),
        ({"score": []}, "score"),
        ({"missed": -1}, "missed"),
        ({"missed": True}, "missed"),
        ({"missed": "2"}, "missed"),
        ({"missed": 3}, "missed"),  # of three harmful items: then nothing could fail
        ({"categories": [{**row, "harm": True} for row in SPEC["categories"]]}, "categories"),
        ({"categories": [{**row, "harm": "yes"} for row in SPEC["categories"]]}, "categories.0.harm"),
        ({"categories": [SPEC["categories"][0], {**SPEC["categories"][2], "items": []}]}, "categories"),
        ({"categories": [{**SPEC["categories"][0], "items": []}, *SPEC["categories"][1:]]}, None),
        ({"categories": [{**row, "items": [], "harm": True} for row in SPEC["categories"][:1]] + [
            {"id": "x", "text": "Un", "items": SPEC["categories"][0]["items"]}, SPEC["categories"][2]]}, "categories"),
        ({"categories": [SPEC["categories"][0], {"id": "o", "text": "OK", "items": [
            {"id": str(number), "text": str(number)} for number in range(60)]}]}, "categories"),
        ({"categories": [SPEC["categories"][0], {"id": "o", "text": "OK", "items": [
            {"id": "x", "text": "x" * 1001}]}]}, "items.2.text"),
    ],
)  # fmt: skip
def test_the_author_is_told_what_cannot_be_classified(change: dict[str, Any], field: str | None) -> None:
    found = [problem.field for problem in CLASSIFY.validate({**SPEC, **change})]
    assert field in found if field else not found


def test_a_label_without_an_item_is_a_label() -> None:
    spec = {**SPEC, "categories": [*SPEC["categories"], {"id": "z", "text": "Publicité", "items": []}]}
    assert CLASSIFY.validate(spec) == []
    assert CLASSIFY.grade(spec, CLASSIFY.gold(spec)).correct


def test_some_items_may_wait() -> None:
    public = CLASSIFY.public(SPEC, rng_for(1))
    item, label = public["items"][0], public["categories"][2]
    read = CLASSIFY.read(SPEC, public, Submission({item["field"]: [label["token"]]}))
    assert list(read["sorted"].values()) == ["o"]
