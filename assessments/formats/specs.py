"""From an imported question to the spec we store, and back; each type of question writes its own two ways.

The prompt and the general feedback keep their markup (`Rich`): whoever stores them cleans them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from assessments.question_types import QUESTION_TYPES, Spec, UnknownQuestionType, get_question_type

from .neutral import ImportedQuestion, ImportProblem, Rich


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
    """The spec of an imported question, checked by its type."""
    kind = QUESTION_TYPES.get(question.type)
    if kind is None or not kind.in_files:
        what = _("This question cannot be marked by a machine.")
        remedy = _("Give it answers, or put it in a lesson.")
        return Converted(question.type, {}, (ImportProblem(question.line, what, remedy),))
    spec = kind.from_file(question)
    faults = [
        ImportProblem(question.line, f"{problem.what} ({problem.field})", problem.remedy)
        for problem in kind.validate(spec)
    ]
    changes = [ImportProblem(question.line, what, remedy, refused=False) for what, remedy in kind.changes(question)]
    return Converted(question.type, spec, (*faults, *changes))


def from_spec(type_name: str, spec: Spec, *, prompt: Rich, **more: Any) -> ImportedQuestion:
    """The neutral form of a stored question; `more` may give title, feedback, id, tags and category.

    Raises UnknownQuestionType for a type that files do not know, such as ordering. `left_out` of a type
    says what is not kept.
    """
    kind = get_question_type(type_name)
    if not kind.in_files:
        raise UnknownQuestionType(
            _("Questions of the type “%(type)s” cannot be written in this format.") % {"type": kind.label}
        )
    return ImportedQuestion(type=type_name, prompt=prompt, **kind.to_file(spec), **more)
