from decimal import Decimal
from itertools import permutations
from operator import itemgetter
from typing import Any

import pytest

from assessments.question_types import InvalidResponse, Submission, get_question_type
from assessments.seeds import rng_for

from .examples import SPECS

MATCHING, ORDERING = SPECS["matching"], SPECS["ordering"]


@pytest.mark.parametrize(
    ("pairs", "fraction"),
    [
        ({"p1": "p1", "p2": "p2", "p3": "p1"}, "1"),
        ({"p1": "p3", "p2": "p2", "p3": "p3"}, "1"),
        ({"p1": "p1", "p2": "p2"}, "0.666667"),
        ({"p1": "p2", "p2": "p2", "p3": "d1"}, "0.333333"),
        ({"p1": "d1", "p2": "p1", "p3": "p2"}, "0"),
    ],
)
def test_each_right_pair_earns_its_part(pairs: dict[str, str], fraction: str) -> None:
    assert get_question_type("matching").grade(MATCHING, {"pairs": pairs}).fraction == Decimal(fraction)


def test_a_shared_partner_is_shown_once_among_the_distractors() -> None:
    presentation = get_question_type("matching").public(MATCHING, rng_for(1))
    assert sorted(item["text"] for item in presentation["rights"]) == ["Coller", "Copier", "Couper"]
    assert sorted(item["text"] for item in presentation["lefts"]) == ["Ctrl+C", "Ctrl+Ins", "Ctrl+V"]


def test_a_left_side_may_stay_open() -> None:
    kind = get_question_type("matching")
    presentation = kind.public(MATCHING, rng_for(1))
    left = next(item for item in presentation["lefts"] if item["text"] == "Ctrl+V")
    right = next(item for item in presentation["rights"] if item["text"] == "Coller")
    raw = {item["field"]: [""] for item in presentation["lefts"]} | {left["field"]: [right["token"]]}
    assert kind.read(MATCHING, presentation, Submission(raw)) == {"pairs": {"p2": "p2"}}
    assert kind.describe(MATCHING, {"pairs": {"p2": "p2"}}) == "Ctrl+V → Coller"


def test_the_review_of_a_match_has_one_line_per_pair() -> None:
    review = get_question_type("matching").explain(MATCHING, {"pairs": {"p1": "d1", "p2": "p2"}})
    assert [(line["given"], line["expected"], line["right"]) for line in review["lines"]] == [
        ("Couper", "Copier", False),
        ("Coller", "Coller", True),
        ("", "Copier", False),
    ]


P2 = {"id": "p2", "left": "b", "right": "2"}


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({}, "pairs"),
        ({"pairs": [P2]}, "pairs"),
        ({"pairs": [P2, P2 | {"id": "p1"}]}, "pairs.1.left"),
        ({"pairs": [P2, {"id": "p1", "left": "a"}]}, "pairs.1.right"),
        ({"pairs": [P2, P2 | {"left": "c"}]}, "pairs.1.id"),
        ({"pairs": [P2, P2 | {"id": "p1", "left": "c"}], "distractors": [{"id": "d"}]}, "distractors.0.text"),
        (
            {"pairs": [P2, P2 | {"id": "p1", "left": "c"}], "distractors": [{"id": "d", "text": "2"}]},
            "distractors.0.text",
        ),
    ],
)
def test_each_fault_of_a_match_is_named_at_its_place(spec: dict[str, Any], field: str) -> None:
    problems = get_question_type("matching").validate(spec)
    assert [problem.field for problem in problems][:1] == [field]


def places(*order: int) -> dict[str, Any]:
    """The response that puts item i1 at the first of `order`, i2 at the second, ..."""
    return {"places": {f"i{number}": place for number, place in enumerate(order, 1) if place}}


@pytest.mark.parametrize(
    ("response", "fraction"),
    [
        (places(1, 2, 3, 4), "1"),
        (places(4, 1, 2, 3), "0.666667"),
        (places(2, 3, 4, 1), "0.666667"),
        (places(2, 1, 3, 4), "0.333333"),
        (places(1, 2, 0, 0), "0.333333"),
        (places(1, 3, 2, 4), "0"),
        (places(4, 3, 2, 1), "0"),
        (places(1, 0, 0, 0), "0"),
    ],
)
def test_an_order_earns_the_share_of_neighbours_that_follow(response: dict[str, Any], fraction: str) -> None:
    assert get_question_type("ordering").grade(ORDERING, response).fraction == Decimal(fraction)


def test_ordering_at_random_earns_one_nth_on_average() -> None:
    kind = get_question_type("ordering")
    marks = [kind.grade(ORDERING, places(*order)).fraction for order in permutations(range(1, 5))]
    assert round(sum(marks) / len(marks), 4) == Decimal("0.25")


def ordered(presentation: dict[str, Any], *written: str) -> dict[str, list[str]]:
    return {item["field"]: [text] for item, text in zip(presentation["items"], written, strict=False)}


@pytest.mark.parametrize(("written", "message"), [("0", "not a position"), ("5", "1 to 4"), ("deux", "not a position")])
def test_a_place_that_does_not_exist_is_refused(written: str, message: str) -> None:
    kind = get_question_type("ordering")
    presentation = kind.public(ORDERING, rng_for(1))
    with pytest.raises(InvalidResponse, match=message):
        kind.read(ORDERING, presentation, Submission(ordered(presentation, written)))


def test_one_place_given_twice_is_refused() -> None:
    kind = get_question_type("ordering")
    presentation = kind.public(ORDERING, rng_for(1))
    with pytest.raises(InvalidResponse, match="position 2 to two lines"):
        kind.read(ORDERING, presentation, Submission(ordered(presentation, "1", "2", "2")))


def test_an_order_in_words_follows_the_places() -> None:
    kind = get_question_type("ordering")
    assert kind.describe(ORDERING, places(2, 1, 0, 3)) == "1. Saisir ; 2. Ouvrir ; 3. Envoyer"
    assert kind.right_answer(ORDERING) == "1. Ouvrir ; 2. Saisir ; 3. Vérifier ; 4. Envoyer"


def test_every_order_can_be_shown_first_even_the_right_one() -> None:
    """Were the right order never shown, two items would betray it."""
    spec = {"items": ORDERING["items"][:2]}
    shown = {
        tuple(item["text"] for item in get_question_type("ordering").public(spec, rng_for(seed))["items"])
        for seed in range(30)
    }
    assert shown == {("Ouvrir", "Saisir"), ("Saisir", "Ouvrir")}


def test_neither_place_nor_token_betrays_the_order() -> None:
    """Read from top to bottom, or sorted by token, one form in 24 shows the right order of four: chance, no more."""
    right = [item["text"] for item in ORDERING["items"]]
    presentations = [get_question_type("ordering").public(ORDERING, rng_for(seed))["items"] for seed in range(2400)]
    as_shown = sum([item["text"] for item in presentation] == right for presentation in presentations)
    by_token = sum(
        [item["text"] for item in sorted(presentation, key=itemgetter("token"))] == right
        for presentation in presentations
    )
    assert 60 < as_shown < 140
    assert 60 < by_token < 140


def test_neither_place_nor_token_betrays_a_partner() -> None:
    """The first thing on the left belongs to the first on the right as often as to any other."""
    spec = {"pairs": [{"id": f"p{n}", "left": f"left {n}", "right": f"right {n}"} for n in range(4)]}
    presentations = [get_question_type("matching").public(spec, rng_for(seed)) for seed in range(1000)]
    for arranged in (list, lambda items: sorted(items, key=itemgetter("token"))):
        met = sum(
            left["text"][-1] == right["text"][-1]
            for presentation in presentations
            for left, right in zip(arranged(presentation["lefts"]), arranged(presentation["rights"]), strict=True)
        )
        assert 900 < met < 1100


@pytest.mark.parametrize(
    ("items", "field"),
    [
        (None, "items"),
        ([{"id": "a", "text": "A"}], "items"),
        ([{"id": "a", "text": "A"}, {"id": "b", "text": "A"}], "items.1.text"),
    ],
)
def test_each_fault_of_an_order_is_named_at_its_place(items: Any, field: str) -> None:
    problems = get_question_type("ordering").validate({"items": items})
    assert [problem.field for problem in problems] == [field]
