"""What a phone sends that was offline: many answers at once, each under its key, in any order, any number of
times, with any losses between. Each is taken on its own, and each is told what became of it.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.form_keys import is_newer, read_key
from assessments.models import Attempt, AttemptItem, Response
from assessments.question_types import InvalidResponse
from assessments.selectors import AttemptNotFoundError
from assessments.services.grades import submit
from assessments.services.saving import AttemptClosedError, save_response
from courses.enums import StepKind
from courses.outline import all_outlines
from courses.selectors import get_learning
from courses.services import mark_step_done
from lms.accounts.models import User
from lms.lib.comparison import storable

logger = logging.getLogger(__name__)

MOST_ENTRIES = 200  # in one request


class Fate(StrEnum):
    """What became of an entry. The phone forgets the first two, shows the third with its reason, keeps the last."""

    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"  # a newer answer stands
    REFUSED = "refused"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Outcome:
    id: str
    fate: Fate
    why: str = ""


class DamagedEntryError(Exception):
    """It cannot be read: nothing that we wrote looks like this."""


def deliver(*, user: User, entries: list[Any]) -> list[Outcome]:
    """Take each entry in its order. After one of an attempt that failed, the later ones of that attempt wait."""
    outcomes: list[Outcome] = []
    waiting: set[str] = set()
    for entry in entries[:MOST_ENTRIES]:
        outcome = one_outcome(user, entry, waiting)
        if outcome.fate is Fate.AGAIN and isinstance(entry, Mapping):
            waiting.add(str(entry.get("attempt")))
        outcomes.append(outcome)
    return outcomes


def one_outcome(user: User, entry: Any, waiting: set[str]) -> Outcome:
    name = str(entry.get("id", ""))[:80] if isinstance(entry, Mapping) else ""
    try:
        take = KINDS[entry["kind"]]
        if str(entry.get("attempt")) in waiting:
            return Outcome(name, Fate.AGAIN)
        with transaction.atomic():
            fate, why = take(user, entry)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError, DamagedEntryError):
        return Outcome(name, Fate.REFUSED, _("This entry is damaged and cannot be read."))
    except AttemptNotFoundError:
        return Outcome(name, Fate.REFUSED, _("This attempt is no longer there."))
    except Exception:
        logger.exception("an entry of a phone failed")
        return Outcome(name, Fate.AGAIN)
    return Outcome(name, fate, why)


def take_answer(user: User, entry: Mapping[str, Any]) -> tuple[Fate, str]:
    attempt, position, key = UUID(entry["attempt"]), int(entry["position"]), read_key(entry["key"])
    if not 0 < position < 32768:
        raise DamagedEntryError
    try:
        saved = save_response(user=user, attempt_id=attempt, position=position, key=key, raw=fields_of(entry))
    except InvalidResponse as error:
        return Fate.REFUSED, str(error)
    except AttemptClosedError:
        if has_arrived(attempt, position, key):
            return Fate.ACCEPTED, ""
        return Fate.REFUSED, _("This attempt was handed in before your answer arrived.")
    if saved.stale and not has_arrived(attempt, position, key):
        return Fate.SUPERSEDED, _("A newer answer to this question stands.")
    return Fate.ACCEPTED, ""


def fields_of(entry: Mapping[str, Any]) -> dict[str, list[str]]:
    fields = entry["fields"]
    if not isinstance(fields, dict):
        raise DamagedEntryError
    for name, values in fields.items():
        if not isinstance(name, str) or not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            raise DamagedEntryError
    return fields


def has_arrived(attempt: UUID, position: int, key: UUID) -> bool:
    return Response.objects.filter(item__attempt=attempt, item__position=position, key=key).exists()


def take_submit(user: User, entry: Mapping[str, Any]) -> tuple[Fate, str]:
    """Hand in, once every answer that the phone had is here, or a newer one. Keys of a question only rise: no lock."""
    attempt = Attempt.objects.filter(pk=UUID(entry["attempt"]), enrolment__user=user).first()
    if attempt is None:
        raise AttemptNotFoundError
    if attempt.submitted_at is None and not has_all(attempt, entry["answers"]):
        return Fate.AGAIN, ""
    submit(attempt=attempt)
    return Fate.ACCEPTED, ""


def has_all(attempt: Attempt, wanted: Mapping[str, str]) -> bool:
    keys = {int(position): read_key(key) for position, key in wanted.items()}
    rows = AttemptItem.objects.filter(attempt=attempt, position__in=keys)
    newest = dict(rows.order_by("responses__pk").values_list("position", "responses__key"))
    return all(newest.get(position) is not None and is_newer(newest[position], key) for position, key in keys.items())


def take_lesson(user: User, entry: Mapping[str, Any]) -> tuple[Fate, str]:
    code = str(entry["course"])
    if storable(code) != code:
        raise DamagedEntryError
    learning = get_learning(user, code)
    if learning is None:
        return Fate.REFUSED, _("You no longer take this course.")
    step = next(
        (found for outline in all_outlines(learning.course) if (found := outline.by_key(UUID(entry["step"])))), None
    )
    if step is None or not step.is_lesson:
        return Fate.REFUSED, _("This lesson is no longer in the course.")
    mark_step_done(enrolment=learning.enrolment, step_key=step.key, kind=StepKind.LESSON)
    return Fate.ACCEPTED, ""


KINDS: dict[str, Callable[[User, Mapping[str, Any]], tuple[Fate, str]]] = {
    "answer": take_answer,
    "submit": take_submit,
    "lesson": take_lesson,
}
