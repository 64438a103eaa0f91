"""From a stored question to a file and back, type by type: the payload, and what it could not keep."""

from typing import get_args, get_type_hints

import pytest

from assessments.formats import gift
from assessments.formats.interactions import UNMARKED, AnyInteraction, ImportedPair, Pairs
from assessments.formats.neutral import CannotHoldError, ImportedQuestion
from assessments.formats.rich import Rich
from assessments.question_types import QUESTION_TYPES
from tests.assessments.question_types.examples import SPECS

READ_ONLY = {"data_entry", "classify"}  # come as a table with pictures; no file of questions has such a type
OF_TYPE = {
    name: kind for kind in get_args(get_args(AnyInteraction)[0]) for name in get_args(get_type_hints(kind)["type"])
}


def test_each_kind_of_doing_has_its_class() -> None:
    filed = {name for name, kind in QUESTION_TYPES.items() if kind.in_files}
    assert set(OF_TYPE) == filed | set(UNMARKED)


@pytest.mark.parametrize("name", sorted({name for name, kind in QUESTION_TYPES.items() if kind.in_files} - READ_ONLY))
def test_a_type_writes_the_class_that_it_reads(name: str) -> None:
    coded = QUESTION_TYPES[name].to_file(SPECS[name])
    assert (type(coded.payload), coded.payload.type) == (OF_TYPE[name], name)
    assert QUESTION_TYPES[name].validate(QUESTION_TYPES[name].from_file(coded.payload).payload) == []


@pytest.mark.parametrize("name", sorted(READ_ONLY))
def test_what_no_file_can_hold_is_told(name: str) -> None:
    with pytest.raises(CannotHoldError):
        QUESTION_TYPES[name].to_file(SPECS[name])


def test_what_gift_cannot_say_of_a_pair_is_told() -> None:
    pairs = Pairs((ImportedPair(Rich("a -> b"), "c"), ImportedPair(Rich("d"), "e"), ImportedPair(Rich("f"), "g")))
    coded = gift.encode(ImportedQuestion(pairs, Rich("Q ?")))
    assert [fault.what for fault in coded.lost] == ["With “→” instead of “->” in its answers"]
    assert "->" not in coded.payload.replace(" -> ", "", 3)
