"""What may be published as a question, whoever writes it. Raises ValidationError that names the field."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from assessments.answers import find_problems, read_answers
from assessments.enums import AllowanceKind, EvidenceKind
from assessments.models import Assessment, Question
from assessments.plain_questions import PlainError, Typed, read_plain
from assessments.question_types import Problem, get_question_type
from assessments.selectors import may_certify


def check_question(*, answers: Any, has_picture: bool, picture_text: str) -> None:
    """``answers`` as they are stored. A draft may be half written; what is published can be answered and marked."""
    problems: dict[str, Any] = {}
    if answers and (found := find_problems(answers)):
        problems["answers"] = [describe_problem(problem) for problem in found]
    if answers and not has_picture and "answers" not in problems and needs_picture(answers):
        problems["answers"] = [_("There is nothing to write down. Choose a recording here, or a picture below.")]
    if has_picture and not picture_text:
        problems["image_alt"] = _("Write what the picture shows, for people who cannot see it.")
    if problems:
        raise ValidationError(problems)


def needs_picture(answers: Any) -> bool:
    kind, spec = read_answers(answers)
    return get_question_type(kind).needs_picture(spec)


def describe_problem(problem: Problem) -> str:
    """Where, what, and how to fix it."""
    line = re.search(r"\d+", problem.field)
    where = _("Line %(number)s:") % {"number": int(line[0]) + 1} if line else ""
    return f"{where} {problem.what} {problem.remedy}".strip()


def check_section(*, has_bank: bool, named: int) -> None:
    """It has somewhere to take its questions from."""
    if not has_bank and not named:
        raise ValidationError({"bank": _("Choose a bank to draw from, or choose questions below.")})


def check_sample(*, sample: Question | None) -> None:
    """What anybody may see stands in no pool of an assessment that certifies."""
    if sample is not None and may_certify(sample):
        raise ValidationError({"sample": _("This question may come in an assessment that certifies. Choose another.")})


def check_minutes(*, kind: str, minutes: int | None) -> None:
    """More time is some minutes."""
    if kind == AllowanceKind.TIME and not minutes:
        raise ValidationError({"minutes": _("Say how many minutes.")})


def may_be_taken_along(assessment: Assessment) -> bool:
    """Whether its questions may wait on a phone that is offline: nobody measures the time there, or looks on."""
    return not assessment.time_limit_minutes and assessment.evidence != EvidenceKind.SUPERVISED


def typed_questions(text: str) -> list[Typed]:
    """Questions of a list or a table. Raises ValidationError that names the line of the first that is none."""
    try:
        return read_plain(text)
    except PlainError as error:
        raise ValidationError(str(error)) from error
