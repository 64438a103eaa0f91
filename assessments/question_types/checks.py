"""Checks on a spec that several types make, each worded for the author who has to fix it.

They accept anything at all (a spec may come from a file written by hand) and never raise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from .base import Problem, Spec

MOST_ROWS = 100
"""Answers, pairs or other lines of one question: nobody reads as many, and some are compared with all others."""


def is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def as_decimal(value: object) -> Decimal | None:
    """A finite number written as text ("1250.5") or as a whole number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        number = Decimal(value)
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 30 else None


def rows(spec: Spec, field: str) -> list[Mapping[str, Any]]:
    """The dictionaries listed under `field`; whatever else is there is left out."""
    value = spec.get(field) if isinstance(spec, Mapping) else None
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []


def check_length(found: int, field: str) -> list[Problem]:
    """Before anything else is done with the lines."""
    if found <= MOST_ROWS:
        return []
    what = _("Lines written: %(found)s. At most %(most)s are possible.") % {"found": found, "most": MOST_ROWS}
    return [Problem(field, what, _("Delete some lines, or make several questions."))]


def check_rows(spec: Spec, field: str, texts: Sequence[str], *, least: int) -> list[Problem]:
    """A list of `least` to `MOST_ROWS` rows, each with its own id and with every one of `texts` filled in."""
    found = rows(spec, field)
    raw = spec.get(field, []) if isinstance(spec, Mapping) else None
    if not isinstance(raw, list) or len(found) != len(raw):
        return [Problem(field, _("The list is missing or damaged."), _("Write the list again."))]
    if too_long := check_length(len(found), field):
        return too_long
    problems = []
    if len(found) < least:
        problems.append(
            Problem(
                field,
                _("Lines written: %(found)s. At least %(least)s are needed.") % {"found": len(found), "least": least},
                _("Add the missing lines."),
            )
        )
    problems += check_ids(found, field)
    for text in texts:
        problems += check_texts(found, field, text)
    return problems


def check_ids(found: Sequence[Mapping[str, Any]], field: str) -> list[Problem]:
    problems = []
    seen: set[str] = set()
    for number, row in enumerate(found):
        name = row.get("id")
        if not isinstance(name, str) or not name.strip():
            problems.append(
                Problem(
                    f"{field}.{number}.id",
                    _("This line has no identifier."),
                    _("Give it one, for example “a”."),
                )
            )
        elif name in seen:
            problems.append(
                Problem(
                    f"{field}.{number}.id",
                    _("The identifier “%(id)s” is used twice.") % {"id": name},
                    _("Give each line its own identifier."),
                )
            )
        else:
            seen.add(name)
    return problems


def check_texts(
    found: Sequence[Mapping[str, Any]], field: str, key: str = "text", *, distinct: bool = True
) -> list[Problem]:
    problems = []
    seen: set[str] = set()
    for number, row in enumerate(found):
        text, path = row.get(key), f"{field}.{number}.{key}"
        if not isinstance(text, str) or not text.strip():
            problems.append(Problem(path, _("This line is empty."), _("Write its text, or delete the line.")))
        elif distinct and text in seen:
            problems.append(
                Problem(
                    path,
                    _("“%(text)s” is written twice: nobody could tell the two apart.") % {"text": text},
                    _("Change one of the two."),
                )
            )
        else:
            seen.add(text)
    return problems


def check_optional_text(row: Mapping[str, Any], key: str, path: str) -> list[Problem]:
    """Feedback and units may be left out, but what is there must be text."""
    if isinstance(row.get(key, ""), str):
        return []
    return [Problem(path, _("This must be text."), _("Write some text, or leave it empty."))]


def check_flag(row: Mapping[str, Any], key: str, path: str) -> list[Problem]:
    if isinstance(row.get(key, False), bool):
        return []
    return [Problem(path, _("This must be true or false."), _("Write true or false, without quotes."))]


def check_credit(row: Mapping[str, Any], path: str) -> list[Problem]:
    """`credit` is a whole percentage; absent, the type decides."""
    credit = row.get("credit", 0)
    if isinstance(credit, int) and not isinstance(credit, bool) and 0 <= credit <= 100:
        return []
    return [
        Problem(
            f"{path}credit", _("The share of the points is not a percentage."), _("Write a whole number from 0 to 100.")
        )
    ]
