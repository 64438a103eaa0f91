"""What the types share to be read from files: course folders (YAML), and files of other systems (`formats`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from assessments.formats.interactions import ImportedAnswer, ImportedNumber
from assessments.formats.neutral import Fault
from assessments.formats.plain import plain_text
from assessments.formats.rich import Rich

Rows = Sequence[ImportedAnswer] | Sequence[ImportedNumber]

# -- course folders


def text_in(value: Any, language: str) -> str:
    """A text of a course folder, written once or for each language."""
    return str(value[language]) if isinstance(value, dict) else str(value)


def given_texts_in(row: Mapping[str, Any], names: Iterable[str], language: str) -> dict[str, str]:
    """The texts among `names` that the row has."""
    return {name: text_in(row[name], language) for name in names if row.get(name)}


# -- files of other systems


def rich(text: str) -> Rich:
    """A stored text as files write it."""
    return Rich(text, "plain") if text else Rich("")


def credited(answer: ImportedAnswer | ImportedNumber, row: dict[str, Any]) -> dict[str, Any]:
    """`row` with the share of the mark and the feedback of a file's answer."""
    credit = max(0, min(100, round(answer.credit)))
    return {**row, "credit": credit, "feedback": plain_text(answer.feedback)}


def rounded(answers: Rows) -> Iterator[Fault]:
    """Told where ``credited`` changes the share of the mark."""
    if any(answer.credit != round(answer.credit) for answer in answers):
        yield Fault(
            _("A share of the points was rounded to a whole percentage."),
            _("There is nothing to do if that suits you."),
        )
    if any(answer.credit < 0 for answer in answers):
        yield Fault(
            _("An answer that used to take points away earns nothing here."),
            _("There is nothing to do if that suits you."),
        )


def is_otherwise(answer: ImportedAnswer | ImportedNumber, answers: Rows) -> bool:
    """Is it the word to any other answer: one that takes all, earns nothing and stands at the end?"""
    return answer.is_any and answer.credit == 0 and answer is answers[-1]


def otherwise(answers: Rows) -> str:
    """What a file says to any other answer."""
    return next((plain_text(answer.feedback) for answer in answers if is_otherwise(answer, answers)), "")
