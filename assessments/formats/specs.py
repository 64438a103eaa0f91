"""From an imported question to the spec we store, and back.

The prompt and the general feedback keep their markup (`Rich`): whoever stores them cleans them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.question_types import Spec, UnknownQuestionType, get_question_type

from .neutral import (
    SUPPORTED,
    ImportedAnswer,
    ImportedPair,
    ImportedQuestion,
    ImportProblem,
    Rich,
)
from .plain import plain

HALF_A_PERCENT = Decimal("0.5")


@dataclass(frozen=True)
class Converted:
    """`spec` is ready to store when no problem is `refused`; the others tell what was changed on the way."""

    type: str
    spec: dict[str, Any]
    problems: tuple[ImportProblem, ...] = ()

    @property
    def usable(self) -> bool:
        return not any(problem.refused for problem in self.problems)


def to_spec(question: ImportedQuestion) -> Converted:
    """The spec of an imported question, checked by its type. Options are named a1, a2, ... in file order."""
    if question.type not in SUPPORTED:
        what = _("This question cannot be marked by a machine.")
        remedy = _("Give it answers, or put it in a lesson.")
        return Converted(question.type, {}, (ImportProblem(question.line, what, remedy),))
    spec = _WRITERS[question.type](question)
    faults = [
        ImportProblem(question.line, f"{problem.what} ({problem.field})", problem.remedy)
        for problem in get_question_type(question.type).validate(spec)
    ]
    return Converted(question.type, spec, (*faults, *_changes(question)))


def from_spec(type_name: str, spec: Spec, *, prompt: Rich, **more: Any) -> ImportedQuestion:
    """The neutral form of a stored question; `more` may give title, feedback, id, tags and category.

    Raises UnknownQuestionType for a type that files do not know, such as ordering. A unit is not kept.
    """
    if type_name not in _READERS:
        raise UnknownQuestionType(
            _("Questions of the type “%(type)s” cannot be written in this format.")
            % {"type": get_question_type(type_name).label}
        )
    return ImportedQuestion(type=type_name, prompt=prompt, **_READERS[type_name](spec), **more)


# -- to a spec


def _options(question: ImportedQuestion) -> dict[str, Any]:
    whole = question.type == "single"
    return {
        "options": [
            {
                "id": f"a{number}",
                "text": plain(answer.text),
                "correct": answer.credit == 100 if whole else answer.credit > 0,
                "feedback": plain(answer.feedback),
            }
            for number, answer in enumerate(question.answers, 1)
        ]
    }


def _truth(question: ImportedQuestion) -> dict[str, Any]:
    return {
        "answer": question.truth,
        "feedback_true": plain(question.feedback_true),
        "feedback_false": plain(question.feedback_false),
    }


def _number(question: ImportedQuestion) -> dict[str, Any]:
    numbers = [answer for answer in question.answers if answer.value is not None]
    key = next((answer for answer in numbers if answer.credit == 100), None)
    if key is None:
        return {}
    others = [_credited(answer, _limits(answer)) for answer in numbers if answer is not key]
    return {**_limits(key), "feedback": plain(key.feedback), "others": others, "otherwise": _otherwise(question)}


def _limits(answer: ImportedAnswer) -> dict[str, Any]:
    return {"answer": str(answer.value), "tolerance": str(answer.tolerance)}


def _accepted(question: ImportedQuestion) -> dict[str, Any]:
    answers = [answer for answer in question.answers if answer.text.text != "*"]
    return {
        "accepted": [_credited(answer, {"text": plain(answer.text)}) for answer in answers],
        "otherwise": _otherwise(question),
    }


def _credited(answer: ImportedAnswer, row: dict[str, Any]) -> dict[str, Any]:
    credit = max(0, min(100, round(answer.credit)))
    return {**row, "credit": credit, "feedback": plain(answer.feedback)}


def _otherwise(question: ImportedQuestion) -> str:
    return next((plain(answer.feedback) for answer in question.answers if answer.text.text == "*"), "")


def _pairs(question: ImportedQuestion) -> dict[str, Any]:
    rows = list(enumerate(question.pairs, 1))
    return {
        "pairs": [
            {"id": f"a{number}", "left": plain(pair.left), "right": plain(Rich(pair.right))}
            for number, pair in rows
            if pair.left
        ],
        "distractors": [
            {"id": f"a{number}", "text": plain(Rich(pair.right))} for number, pair in rows if not pair.left
        ],
    }


def _changes(question: ImportedQuestion) -> list[ImportProblem]:
    """What the trainer would find different from her file."""
    credits_given = [answer.credit for answer in question.answers]
    changes = []
    if question.type == "single" and any(credit not in (0, 100) for credit in credits_given):
        changes.append(
            (
                _("Part marks were left out: with one right answer it is all or nothing."),
                _("If part marks matter, use several right answers."),
            )
        )
    if question.type == "multiple" and not _same_rule(credits_given):
        changes.append(
            (
                _("The weights were replaced: each right choice counts the same, each wrong one takes as much away."),
                _("Read the question once more; nothing to do if that suits you."),
            )
        )
    if question.type == "short_text" and any("*" in a.text.text and a.text.text != "*" for a in question.answers):
        changes.append(
            (
                _("An answer contains “*”, which stands for itself here, not for any letters."),
                _("Write the accepted answers in full."),
            )
        )
    return [ImportProblem(question.line, what, remedy, refused=False) for what, remedy in changes]


def _same_rule(credits_given: list[Decimal]) -> bool:
    """Do the file's weights say what our rule says: 100/n for each right answer, -100/n for each wrong one?"""
    right = [credit for credit in credits_given if credit > 0]
    each = Decimal(100) / len(right) if right else Decimal(0)
    return all(abs(abs(credit) - each) < HALF_A_PERCENT for credit in credits_given)


_WRITERS: dict[str, Callable[[ImportedQuestion], dict[str, Any]]] = {
    "single": _options,
    "multiple": _options,
    "true_false": _truth,
    "numeric": _number,
    "short_text": _accepted,
    "matching": _pairs,
}


# -- from a spec


def _from_options(spec: Spec) -> dict[str, Any]:
    """Weights as our rule has them, except that one right answer takes all and the wrong ones nothing."""
    right = sum(option.get("correct") is True for option in spec["options"])
    each = Decimal(100) if right == 1 else (Decimal(100) / right).quantize(Decimal("0.00001"))
    wrong = Decimal(0) if right == 1 else -each
    return {
        "answers": tuple(
            ImportedAnswer(
                _words(option["text"]),
                each if option.get("correct") is True else wrong,
                _words(option.get("feedback", "")),
            )
            for option in spec["options"]
        )
    }


def _from_truth(spec: Spec) -> dict[str, Any]:
    return {
        "truth": spec["answer"],
        "feedback_true": _words(spec.get("feedback_true", "")),
        "feedback_false": _words(spec.get("feedback_false", "")),
    }


def _from_number(spec: Spec) -> dict[str, Any]:
    rows = [{**spec, "credit": 100}, *spec.get("others", [])]
    answers = [
        ImportedAnswer(
            Rich(""),
            Decimal(row.get("credit", 0)),
            _words(row.get("feedback", "")),
            Decimal(row["answer"]),
            Decimal(row.get("tolerance") or 0),
        )
        for row in rows
    ]
    return {"answers": (*answers, *_from_otherwise(spec))}


def _from_accepted(spec: Spec) -> dict[str, Any]:
    answers = [
        ImportedAnswer(_words(row["text"]), Decimal(row.get("credit", 100)), _words(row.get("feedback", "")))
        for row in spec["accepted"]
    ]
    return {"answers": (*answers, *_from_otherwise(spec))}


def _from_otherwise(spec: Spec) -> list[ImportedAnswer]:
    words = spec.get("otherwise", "")
    return [ImportedAnswer(Rich("*"), Decimal(0), _words(words))] if words else []


def _from_pairs(spec: Spec) -> dict[str, Any]:
    pairs = [ImportedPair(_words(pair["left"]), pair["right"]) for pair in spec["pairs"]]
    distractors = [ImportedPair(Rich(""), row["text"]) for row in spec.get("distractors", [])]
    return {"pairs": (*pairs, *distractors)}


def _words(text: str) -> Rich:
    return Rich(text, "plain") if text else Rich("")


_READERS: dict[str, Callable[[Spec], dict[str, Any]]] = {
    "single": _from_options,
    "multiple": _from_options,
    "true_false": _from_truth,
    "numeric": _from_number,
    "short_text": _from_accepted,
    "matching": _from_pairs,
}
