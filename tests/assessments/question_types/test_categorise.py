"""Things in categories, and rows of a grid."""

from decimal import Decimal
from typing import Any

import pytest

from assessments.question_types import InvalidResponse, Submission, get_question_type
from assessments.seeds import rng_for

from .examples import SPECS

SORT = get_question_type("categorise")


@pytest.mark.parametrize(
    ("given", "fraction", "words"),
    [
        ({"i1": "c1", "i2": "c1", "i3": "c2"}, "1", ()),
        ({"i1": "c2", "i2": "c1", "i3": "c2"}, "0.666667", ("SECRET touche",)),
        ({"i1": "c1"}, "0.333333", ()),
        ({"i1": "c3", "i2": "c3", "i3": "c3"}, "0", ("SECRET touche", "SECRET roue")),
    ],
)
def test_each_thing_earns_its_part_and_a_wrong_one_is_told_why(given: Any, fraction: str, words: Any) -> None:
    result = SORT.grade(SPECS["categorise"], {"sorted": given})
    assert (result.fraction, result.feedback) == (Decimal(fraction), words)


def test_the_answer_is_told_by_category() -> None:
    assert SORT.right_answer(SPECS["categorise"]) == "Clavier ← Entrée, Espace ; Souris ← Molette"
    lines = SORT.explain(SPECS["categorise"], {"sorted": {"i1": "c2"}})["lines"]
    assert [(row["label"], row["given"], row["expected"], row["right"]) for row in lines] == [
        ("Entrée", "Souris", "Clavier", False), ("Espace", "", "Clavier", False), ("Molette", "", "Souris", False),
    ]  # fmt: skip


def test_things_are_shuffled_and_categories_stay_in_their_order() -> None:
    shown = [SORT.public(SPECS["categorise"], rng_for(seed)) for seed in range(40)]
    assert {tuple(row["text"] for row in public["categories"]) for public in shown} == {("Clavier", "Souris", "Écran")}
    assert len({tuple(row["text"] for row in public["items"]) for public in shown}) == 6


def test_a_category_of_another_attempt_is_refused() -> None:
    mine, other = (SORT.public(SPECS["categorise"], rng_for(seed)) for seed in (1, 2))
    with pytest.raises(InvalidResponse, match="does not belong"):
        SORT.read(SPECS["categorise"], mine, Submission({mine["items"][0]["field"]: [other["categories"][0]["token"]]}))


@pytest.mark.parametrize(
    ("categories", "field"),
    [
        (None, "categories"),
        ([{"id": "c1", "text": "A", "items": [{"id": "i1", "text": "x"}, {"id": "i2", "text": "y"}]}], "categories"),
        ([{"id": "c1", "text": "A", "items": []}, {"id": "c2", "text": "B", "items": []}], "categories"),
        ([{"id": "c1", "text": "A", "items": [{"id": "i1", "text": "x"}]},
          {"id": "c2", "text": "B", "items": [{"id": "i2", "text": "x"}]}], "items.1.text"),
        ([{"id": "c1", "text": "A", "items": [{"id": "i1", "text": "x"}]},
          {"id": "c2", "text": "B", "items": [{"id": "i2", "text": "y", "feedback": 3}]}], "items.1.feedback"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["categorise", "grid"])
def test_each_fault_is_named_at_its_place(name: str, categories: Any, field: str) -> None:
    problems = get_question_type(name).validate({"categories": categories})
    assert field in [problem.field for problem in problems]
