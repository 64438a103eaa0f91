"""What may be written about courses and groups, whoever writes it. Each raises ValidationError that names the field."""

from collections.abc import Callable, Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from courses.enums import CallOutcome
from courses.models import Course
from lms.lib.moments import site_day
from lms.lib.sql_contains import equals

UNFIT_WORDS: list[Callable[[str], list[str]]] = []
"""The words of a text that no note about a person may hold. An app above adds its own."""


def check_new_code(code: str) -> None:
    if Course.objects.filter(equals("code", code)).exists():
        raise ValidationError(
            {"code": ValidationError(_("Another course has this code. Choose another one."), "unique")}
        )


def check_code(course: Course, code: str) -> None:
    """The code stays once addresses hold it. ``course`` has the code it is stored with."""
    if course.pk and code != course.code and course.pages.exists():
        text = _("This course has pages: links to them would break. Keep the code “%(code)s”.")
        raise ValidationError({"code": ValidationError(text % {"code": course.code}, "in-use")})


def check_prerequisites(course: Course, chosen: Iterable[Course]) -> None:
    """A course never waits for itself, not even by way of another."""
    for other in chosen if course.pk else ():
        if other == course or course in all_prerequisites(other):
            text = _("“%(course)s” already requires this course first: nobody could begin either of them.")
            raise ValidationError({"prerequisites": ValidationError(text % {"course": other.title}, "circle")})


def all_prerequisites(course: Course) -> set[Course]:
    """Every course to finish before this one."""
    found: set[Course] = set()
    waiting = [course]
    while waiting:
        new = set(waiting.pop().prerequisites.all()) - found
        found |= new
        waiting.extend(new)
    return found


def check_days(starts_on: date | None, ends_on: date | None) -> None:
    """Of a group."""
    if starts_on and ends_on and ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day is before the first.")})


def check_texts(texts: dict[str, str], *, field: str) -> None:
    """Of what is written to learners, language by language."""
    if not any(texts.values()):
        raise ValidationError({field: _("Write the message in at least one language.")})


def check_note(*, text: str) -> None:
    """Of what is written down about a learner."""
    found = [words for unfit_words in UNFIT_WORDS for words in unfit_words(text)]
    if found:
        advice = _(
            "“%(words)s”: leave this out. Write what happened and what was agreed; no word that hurts, nothing about "
            "age, looks, health, family, origin or religion."
        )
        raise ValidationError({"text": advice % {"words": ", ".join(found)}})


def check_call(*, call: str, call_back_on: date | None, text: str, known_day: date | None = None) -> None:
    """What came of a call to a learner. ``known_day``: what a note says already, which may be over by now."""
    check_note(text=text)
    if call == CallOutcome.CALL_BACK and call_back_on is None:
        raise ValidationError({"call_back_on": _("Say on which day to call back.")})
    is_over = call_back_on is not None and call_back_on < site_day() and call_back_on != known_day
    if call == CallOutcome.CALL_BACK and is_over:
        raise ValidationError({"call_back_on": _("This day is over.")})
    if call != CallOutcome.CALL_BACK and call_back_on is not None:
        raise ValidationError({"call": _("Tick “to call back”, or leave the day empty.")})
    if text and not call:
        raise ValidationError({"call": _("Tick what came of the call.")})
