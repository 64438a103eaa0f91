"""Answers are stored as blocks and read as specs, with nothing lost between, whatever the type."""

import json

import pytest

from assessments.answers import AnswerBlocks, read_answers, write_answers
from assessments.question_types import QUESTION_TYPES, UnknownQuestionType
from tests.factories.assessments import SPECS

RICH_NUMBER = {
    "answer": "1250.5",
    "tolerance": "0.5",
    "unit": "FCFA",
    "decimals": 2,
    "feedback": "oui",
    "otherwise": "non",
    "others": [{"answer": "125.05", "tolerance": "0", "credit": 50, "feedback": "dix fois trop peu"}],
}


def test_the_editor_offers_every_type_in_the_same_words():
    assert [(name, block.label) for name, block in AnswerBlocks().child_blocks.items()] == [
        (kind.name, kind.label) for kind in QUESTION_TYPES.values()
    ]


@pytest.mark.parametrize(("kind", "spec"), [*SPECS.items(), ("numeric", RICH_NUMBER)])
def test_what_is_written_is_read_again(kind, spec):
    assert read_answers(write_answers(kind, spec)) == (kind, spec)


@pytest.mark.parametrize(("kind", "spec"), [*SPECS.items(), ("numeric", RICH_NUMBER)])
def test_the_editor_keeps_the_answers_and_their_ids(kind, spec):
    """Through the block classes and back, as when a trainer saves the form."""
    block = AnswerBlocks()
    stored = block.get_prep_value(block.to_python(json.loads(write_answers(kind, spec))))
    assert read_answers(json.loads(json.dumps(stored, default=str))) == (kind, spec)


def test_no_answers_or_a_strange_type_are_refused():
    with pytest.raises(UnknownQuestionType):
        read_answers("[]")
    with pytest.raises(UnknownQuestionType):
        read_answers([{"type": "essay", "value": {}, "id": "x"}])
    with pytest.raises(UnknownQuestionType):
        write_answers("essay", {})


@pytest.mark.parametrize(("kind", "rows"), [("single", "options"), ("multiple", "options"), ("matching", "pairs")])
def test_rows_of_answers_begin_blank_and_with_every_field(kind, rows):
    """A field left out of a row’s first state is shown as the word “undefined”, and saved as if typed."""
    block = AnswerBlocks().child_blocks[kind]
    (first, second) = block.get_form_state(block.get_default())[rows]
    names = set(block.child_blocks[rows].child_block.child_blocks)
    assert set(first["value"]) == set(second["value"]) == names
    assert not any(first["value"].values())
