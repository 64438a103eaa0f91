"""From an imported question to the spec we store, and back; each type of question writes its own two ways.

The prompt and the general feedback keep their markup (`Rich`): whoever stores them cleans them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.html import linebreaks
from django.utils.translation import gettext as _

from assessments.question_types import QUESTION_TYPES, Spec, UnknownQuestionType, get_question_type
from cms import foreign
from lms.lib.problems import Kind, Problem, at_line

from .neutral import ImportedQuestion, Rich
from .plain import is_html, lost_in_plain


@dataclass(frozen=True)
class Converted:
    """`spec` is ready to store when no problem is `refused`; the others tell what was changed on the way."""

    type: str
    spec: dict[str, Any]
    problems: tuple[Problem, ...] = ()

    @property
    def usable(self) -> bool:
        return not any(problem.refused for problem in self.problems)


def to_spec(question: ImportedQuestion) -> Converted:
    """The spec of an imported question, checked by its type."""
    kind = QUESTION_TYPES.get(question.type)
    if kind is None or not kind.in_files:
        what = _("This question cannot be marked automatically.")
        remedy = _("Give it answers, or move it to a lesson.")
        return Converted(question.type, {}, (at_line(question.line, what, remedy),))
    spec = kind.from_file(question)
    faults = [
        at_line(question.line, f"{problem.what} ({problem.field})", problem.remedy) for problem in kind.validate(spec)
    ]
    changes = [at_line(question.line, what, remedy, Kind.CHANGED) for what, remedy in kind.changes(question)]
    return Converted(question.type, spec, tuple(dict.fromkeys([*faults, *changes, *lost_in(question)])))


def lost_in(question: ImportedQuestion) -> list[Problem]:
    """What of its text a question of ours cannot show, all at the line of the question."""
    found = [problem for part in question.plain_parts() for problem in lost_in_plain(part)]
    for part in question.rich_parts():
        document = read_rich(part)
        found += [*document.problems, *map(foreign.lost_picture, document.pictures)]
    return [at_line(question.line, problem.what, problem.remedy, problem.kind) for problem in found]


def read_rich(rich: Rich) -> foreign.Document:
    """A stranger's text as pieces we can show."""
    if not rich:
        return foreign.Document(())
    if rich.format == "markdown":
        return foreign.read_markdown(rich.text)
    return foreign.read(rich.text if is_html(rich) else linebreaks(rich.text, autoescape=True))


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
