"""Answers as the editor stores them (stream of blocks) <-> as the engine reads them (spec).

Nothing is lost between: ``read_answers(write_answers(kind, spec)) == (kind, spec)``. Each type writes its own two ways
in ``question_types``; the name of a block is the name of its type.
"""

import json
from typing import Any

from wagtail import blocks

from assessments.question_types import QUESTION_TYPES, Problem, Spec, UnknownQuestionType, get_question_type


class AnswerBlocks(blocks.StreamBlock):
    """What a trainer fills in: a block for each type of question."""

    def __init__(self, **options: Any) -> None:
        super().__init__([(kind.name, kind.block(label=kind.label)) for kind in QUESTION_TYPES.values()], **options)


def read_answers(stream: str | list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """(type, spec) out of the stored blocks. Raises UnknownQuestionType."""
    stored = stored_blocks(stream)
    if not stored:
        raise UnknownQuestionType("")
    kind = get_question_type(stored[0]["type"])
    return kind.name, kind.from_editor(stored[0]["value"])


def kind_of(stream: str | list[dict[str, Any]]) -> str:
    """The name of the type; empty when there are no answers yet."""
    stored = stored_blocks(stream)
    return str(stored[0]["type"]) if stored else ""


def find_problems(stream: str | list[dict[str, Any]]) -> list[Problem]:
    """What the author of the answers has to fix. Raises UnknownQuestionType."""
    kind, spec = read_answers(stream)
    return get_question_type(kind).validate(spec)


def write_answers(kind: str, spec: Spec) -> str:
    """The stored form of a spec that ``validate`` found no fault with. Raises UnknownQuestionType."""
    return json.dumps([{"type": kind, "value": get_question_type(kind).to_editor(spec), "id": "answers"}])


def stored_blocks(stream: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
    return json.loads(stream) if isinstance(stream, str) else stream
