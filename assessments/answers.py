"""Answers as the editor stores them (stream of blocks) <-> as the engine reads them (spec).

Both ways for each type, and nothing is lost between: ``read_answers(write_answers(kind, spec)) == (kind, spec)``.
The ids of a spec are the ids of the list items, which survive reordering and are the same in every translation.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from assessments.question_types import Problem, Spec, UnknownQuestionType, get_question_type

Value = Mapping[str, Any]


def read_answers(stream: str | list[dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """(type, spec) out of the stored blocks. Raises UnknownQuestionType."""
    blocks = json.loads(stream) if isinstance(stream, str) else stream
    if not blocks or blocks[0]["type"] not in READERS:
        raise UnknownQuestionType(blocks[0]["type"] if blocks else "")
    return blocks[0]["type"], READERS[blocks[0]["type"]](blocks[0]["value"])


def kind_of(stream: str | list[dict[str, Any]]) -> str:
    """The name of the type; empty when there are no answers yet."""
    blocks = json.loads(stream) if isinstance(stream, str) else stream
    return str(blocks[0]["type"]) if blocks else ""


def find_problems(stream: str | list[dict[str, Any]]) -> list[Problem]:
    """What the author of the answers has to mend. Raises UnknownQuestionType."""
    kind, spec = read_answers(stream)
    return get_question_type(kind).validate(spec)


def rows(found: Iterable[Any]) -> list[dict[str, Any]]:
    """The items of a stored list: their fields, and their id."""
    return [{**as_row(item["value"]), "id": item["id"]} for item in found or ()]


def as_row(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"text": value}


def filled(row: Value, *names: str) -> dict[str, Any]:
    """The named fields that say something."""
    return {name: row[name] for name in names if row.get(name) not in (None, "")}


def credited(found: Iterable[Any], *names: str) -> list[dict[str, Any]]:
    """Rows that may be worth part of the mark; numbers travel as text."""
    return [
        {name: str(value) if name in ("answer", "tolerance") else value for name, value in row.items()}
        for row in (filled(row, *names, "credit", "feedback") for row in rows(found))
    ]


def read_options(value: Value) -> dict[str, Any]:
    options = [
        {"id": row["id"], "text": row["text"], "correct": bool(row.get("correct")), **filled(row, "feedback")}
        for row in rows(value["options"])
    ]
    return {"options": options, "shuffle": bool(value.get("shuffle", True))}


def read_truth(value: Value) -> dict[str, Any]:
    answer = {"true": True, "false": False}.get(value.get("answer", ""))
    return {"answer": answer, **filled(value, "feedback_true", "feedback_false")}


def read_number(value: Value) -> dict[str, Any]:
    spec = {name: str(value[name]) for name in ("answer", "tolerance") if value.get(name) is not None}
    spec |= filled(value, "unit", "decimals", "feedback", "otherwise")
    others = credited(value.get("others", ()), "answer", "tolerance")
    return {**spec, "others": others} if others else spec


def read_accepted(value: Value) -> dict[str, Any]:
    return {"accepted": credited(value["accepted"], "text"), **filled(value, "otherwise")}


def read_pairs(value: Value) -> dict[str, Any]:
    return {
        "pairs": [{"id": row["id"], "left": row["left"], "right": row["right"]} for row in rows(value["pairs"])],
        "distractors": [{"id": row["id"], "text": row["text"]} for row in rows(value.get("distractors", ()))],
    }


def read_lines(value: Value) -> dict[str, Any]:
    return {"items": [{"id": row["id"], "text": row["text"]} for row in rows(value["items"])]}


READERS: dict[str, Callable[[Value], dict[str, Any]]] = {
    "single": read_options,
    "multiple": read_options,
    "true_false": read_truth,
    "numeric": read_number,
    "short_text": read_accepted,
    "matching": read_pairs,
    "ordering": read_lines,
}


# -- back: what the importers and the loader write


def write_answers(kind: str, spec: Spec) -> str:
    """The stored form of a spec that ``validate`` found no fault with. Raises UnknownQuestionType."""
    if kind not in WRITERS:
        raise UnknownQuestionType(kind)
    return json.dumps([{"type": kind, "value": WRITERS[kind](spec), "id": "answers"}])


def items(found: Iterable[Mapping[str, Any]], *texts: str) -> list[dict[str, Any]]:
    """Rows as list items. Rows of one text are stored as that text; rows without an id get their number."""
    return [
        {
            "type": "item",
            "value": row[texts[0]] if texts else {name: value for name, value in row.items() if name != "id"},
            "id": row.get("id", f"a{number}"),
        }
        for number, row in enumerate(found, 1)
    ]


def write_options(spec: Spec) -> dict[str, Any]:
    return {"options": items(spec["options"]), "shuffle": spec.get("shuffle", True)}


def write_truth(spec: Spec) -> dict[str, Any]:
    return {**spec, "answer": "true" if spec["answer"] else "false"}


def write_number(spec: Spec) -> dict[str, Any]:
    return {"tolerance": "0", **spec, "others": items(spec.get("others", ()))}


def write_accepted(spec: Spec) -> dict[str, Any]:
    return {**spec, "accepted": items(spec["accepted"])}


def write_pairs(spec: Spec) -> dict[str, Any]:
    return {"pairs": items(spec["pairs"]), "distractors": items(spec.get("distractors", ()), "text")}


def write_lines(spec: Spec) -> dict[str, Any]:
    return {"items": items(spec["items"], "text")}


WRITERS: dict[str, Callable[[Spec], dict[str, Any]]] = {
    "single": write_options,
    "multiple": write_options,
    "true_false": write_truth,
    "numeric": write_number,
    "short_text": write_accepted,
    "matching": write_pairs,
    "ordering": write_lines,
}
