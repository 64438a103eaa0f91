"""A question of every type, written as a file and read again, is the same: words, marks, order, filing."""

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.formats import gift
from assessments.formats.rich import Rich
from assessments.formats.specs import from_spec, to_spec
from assessments.import_tags import Filing, filing_of
from assessments.question_types import QUESTION_TYPES

WORDS = (
    st.text(alphabet="aéB1 =~#{}:\\[]%/*<>&|\"'«»?.→\u00a0T-", min_size=1, max_size=12)
    .map(lambda text: re.sub(r"[ \t\r\n]+", " ", text).strip())
    .filter(lambda text: text.strip() and "->" not in text)  # an arrow cannot be escaped: the file says so
)
MAYBE = WORDS | st.just("")
NUMBERS = st.decimals(min_value=-5000, max_value=5000, places=3).map(lambda number: f"{number:f}")
WIDTHS = st.decimals(min_value=0, max_value=50, places=3).map(lambda number: f"{number:f}")
FLAGS = st.booleans()


def rows(least: int, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows named a1, a2, ... whose first field tells them apart."""
    first = next(iter(fields))
    found = st.lists(st.fixed_dictionaries(fields), min_size=least, max_size=5, unique_by=lambda row: row[first])
    return found.map(lambda made: [{"id": f"a{n}", **row} for n, row in enumerate(made, 1)])


OPTIONS = rows(2, text=WORDS, correct=FLAGS, feedback=MAYBE)
SHARED = rows(2, text=WORDS, credit=st.sampled_from(["0", "100", "50", "33.33333", "-25"]), feedback=MAYBE).map(
    lambda made: [{**row, "correct": Decimal(row["credit"]) > 0} for row in made]
)
PART = rows(2, text=WORDS, feedback=MAYBE, credit=st.sampled_from([None, "50", "12.5"]), correct=FLAGS).map(
    lambda made: [
        {name: value for name, value in row.items() if not (name == "credit" and (value is None or row["correct"]))}
        | ({"correct": False} if row["credit"] and not row["correct"] else {})
        for row in made
    ]
)
ACCEPTED = st.fixed_dictionaries({"text": WORDS, "credit": st.sampled_from([100, 50, 0]), "feedback": MAYBE})
SPECS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "single": st.fixed_dictionaries({"options": OPTIONS | PART, "shuffle": FLAGS}),
    "multiple": st.fixed_dictionaries({"options": OPTIONS | SHARED, "shuffle": FLAGS}),
    "true_false": st.fixed_dictionaries({"answer": FLAGS, "feedback_true": MAYBE, "feedback_false": MAYBE}),
    "numeric": st.fixed_dictionaries(
        {
            "answer": NUMBERS, "tolerance": WIDTHS, "feedback": MAYBE, "otherwise": MAYBE,
            "others": st.lists(
                st.fixed_dictionaries(
                    {"answer": NUMBERS, "tolerance": WIDTHS, "credit": st.integers(0, 99), "feedback": MAYBE}
                ),
                max_size=2,
            ),
        },
        optional={"unit": st.sampled_from(["FCFA", "m²", "l/h"]), "decimals": st.integers(0, 6)},
    ),
    "short_text": st.fixed_dictionaries(
        {"accepted": st.lists(ACCEPTED, min_size=1, max_size=4), "wildcards": FLAGS, "otherwise": MAYBE}
    ).filter(lambda spec: not spec["wildcards"] or has_star(spec)),
    "matching": st.fixed_dictionaries(
        {"pairs": rows(2, left=WORDS, right=WORDS), "distractors": rows(0, text=WORDS)}
    ).map(lambda spec: {**spec, "distractors": [{**r, "id": f"a{len(spec['pairs']) + n}"}
                                                for n, r in enumerate(spec["distractors"], 1)]}),
    "ordering": st.fixed_dictionaries({"items": rows(2, text=WORDS)}),
}  # fmt: skip


def test_every_type_is_tried() -> None:
    assert set(SPECS) == {name for name, kind in QUESTION_TYPES.items() if kind.in_files} - gift.LEFT_OUT


@pytest.mark.parametrize("name", SPECS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_written_is_read_again(name: str, data: st.DataObject) -> None:
    kind = QUESTION_TYPES[name]
    spec = data.draw(SPECS[name].filter(lambda spec: not kind.validate(spec)))
    filing = Filing(
        skill="digcomp.1", level=data.draw(st.sampled_from([1, 2, 3])), points=data.draw(st.integers(1, 99)),
        shuffle=spec.get("shuffle"), code="q-1", unit=spec.get("unit", ""), decimals=spec.get("decimals"),
    )  # fmt: skip
    texts = {"prompt": Rich(data.draw(WORDS), "plain"), "feedback": Rich(data.draw(MAYBE), "plain")}
    written = from_spec(name, spec, **texts, id="k", tags=filing.tags()).payload
    result = gift.loads(gift.dumps([written]))
    (read,) = result.questions
    again = to_spec(read)
    assert (again.type, again.problems, result.problems) == (name, (), ())
    told = filing_of(read)
    assert comparable(kind, again.spec | told.of_answers(again.spec)) == comparable(kind, spec)
    assert (told.skill, told.level, told.points, told.code) == (filing.skill, filing.level, filing.points, filing.code)
    assert (read.prompt.text, read.feedback.text) == (texts["prompt"].text, texts["feedback"].text)


def comparable(kind: Any, value: Any) -> Any:
    """A spec without what is the same said otherwise: empty texts, zeros behind a number, the default order."""
    if isinstance(value, list):
        return [comparable(kind, row) for row in value]
    if not isinstance(value, dict):
        return value
    numbers = {"answer", "tolerance", "credit"}
    if "options" in value:  # by what each earns: shares that say what the rule says are left out
        earned = [{**row, "credit": f"{kind.percent(value, row):.1f}"} for row in value["options"]]
        value = {**value, "options": earned}
    kept = {name: comparable(kind, part) for name, part in value.items() if part not in ("", [], None)}
    kept |= {name: Decimal(kept[name]) for name in numbers & kept.keys() if isinstance(kept[name], str)}
    defaults = {"shuffle": True, "wildcards": False}
    return {name: part for name, part in kept.items() if name not in defaults or part != defaults[name]}


def has_star(spec: dict[str, Any]) -> bool:
    return any(re.sub(r"\\\*", "", row["text"]).count("*") for row in spec.get("accepted", []))
