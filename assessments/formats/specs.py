"""From an imported question to the spec we store, and back; each type of question writes its own two ways.

The prompt and the general feedback keep their markup (`Rich`): whoever stores them cleans them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.utils.html import linebreaks
from django.utils.translation import gettext as _

from assessments.question_types import QUESTION_TYPES, Spec, UnknownQuestionType, get_question_type
from assessments.question_types.checks import check_length
from cms import foreign
from lms.lib.problems import Problem, ProblemKind, at_line

from .neutral import Coded, Fault, ImportedQuestion, Pictures
from .plain import is_html, lost_in_plain, words_of
from .rich import Rich


@dataclass(frozen=True)
class Illustration:
    """The picture of a question: as its file names it, and in words."""

    src: str
    alt: str = ""


@dataclass(frozen=True)
class Converted:
    """`spec` is ready to store when no problem is `refused`; the others tell what was changed on the way."""

    type: str
    spec: dict[str, Any]
    problems: tuple[Problem, ...] = ()
    picture: Illustration | None = None

    @property
    def usable(self) -> bool:
        return not any(problem.refused for problem in self.problems)


def to_spec(question: ImportedQuestion, pictures: Pictures | None = None) -> Converted:
    """The spec of an imported question, checked by its type; its picture where ``pictures`` has it."""
    kind = QUESTION_TYPES.get(question.type)
    if kind is None or not kind.in_files:
        what = _("This question cannot be marked automatically.")
        remedy = _("Give it answers, or move it to a lesson.")
        return Converted(question.type, {}, (at_line(question.line, what, remedy),))
    for too_long in check_length(question.interaction.longest(), ""):
        return Converted(question.type, {}, (at_line(question.line, too_long.what, too_long.remedy),))
    coded = kind.from_file(question.interaction)
    faults = [
        at_line(question.line, f"{problem.what} ({problem.field})", problem.remedy)
        for problem in kind.validate(coded.payload)
    ]
    told = [at_line(question.line, fault.what, fault.remedy, ProblemKind.LOST) for fault in coded.lost]
    told += [at_line(question.line, fault.what, fault.remedy, ProblemKind.CHANGED) for fault in coded.changed]
    picture, lost = illustration_of(question, pictures)
    problems = tuple(dict.fromkeys([*faults, *told, *lost_in(question), *lost]))
    return Converted(question.type, coded.payload, problems, picture)


def illustration_of(question: ImportedQuestion, pictures: Pictures | None) -> tuple[Illustration | None, list[Problem]]:
    """The first picture of the prompt that can be kept, and what is to be told of it and of the others."""
    kept: Illustration | None = None
    problems = []
    for picture in read_rich(question.prompt).pictures:
        found = pictures.content(picture.src) if pictures is not None else None
        if found is None:
            problems.append(foreign.lost_picture(picture))
        elif isinstance(found, Fault):
            problems.append(at_line(0, found.what, found.remedy, ProblemKind.LOST))
        elif kept is not None:
            remedy = _("A question has one picture: join the two, or make two questions.")
            problems.append(replace(foreign.lost_picture(picture), remedy=remedy))
        else:
            kept = Illustration(picture.src, picture.alt.strip()[:250])
            if not kept.alt:
                what = _("The picture has no description for people who cannot see it.")
                problems.append(
                    at_line(0, what, _("Write one in its alt attribute, or in the editor."), ProblemKind.CHANGED)
                )
    return kept, [at_line(question.line, told.what, told.remedy, told.kind) for told in problems]


def lost_in(question: ImportedQuestion) -> list[Problem]:
    """What of its text a question of ours cannot show, all at the line of the question."""
    found = [problem for part in question.plain_parts() for problem in lost_in_plain(part)]
    for part in question.rich_parts():
        document = read_rich(part)
        found += document.problems
        if part is not question.prompt:
            found += map(foreign.lost_picture, document.pictures)
    return [at_line(question.line, problem.what, problem.remedy, problem.kind) for problem in found]


def read_rich(rich: Rich) -> foreign.Document:
    """A stranger's text as pieces we can show."""
    if not rich:
        return foreign.Document(())
    if rich.format == "markdown":
        return foreign.read_markdown(rich.text)
    return foreign.read(rich.text if is_html(rich) else linebreaks(words_of(rich), autoescape=True))


def from_spec(type_name: str, spec: Spec, *, prompt: Rich, **more: Any) -> Coded[ImportedQuestion]:
    """The neutral form of a stored question; `more` may give title, feedback, id, tags and category.

    Raises UnknownQuestionType for a type that files do not know.
    """
    kind = get_question_type(type_name)
    if not kind.in_files:
        raise UnknownQuestionType(
            _("Questions of the type “%(type)s” cannot be written in this format.") % {"type": kind.label}
        )
    coded = kind.to_file(spec)
    return Coded(ImportedQuestion(coded.payload, prompt, **more), coded.lost, coded.changed)
