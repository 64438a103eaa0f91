"""Saving one answer: few queries, harmless to repeat, in the order of the keys, closed once the attempt is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from assessments.content import QuestionContent, content_of
from assessments.form_keys import is_newer
from assessments.models import Attempt, AttemptItem, Response
from assessments.presentation import presentation_of
from assessments.question_types import Raw, Submission, get_question_type
from assessments.selectors import get_locked_item, newest_of
from lms.accounts.models import User


class AttemptClosedError(Exception):
    """The attempt was handed in, or its time is over: nothing more is saved."""

    def __init__(self, attempt: Attempt) -> None:
        super().__init__(str(attempt.pk))
        self.attempt = attempt


@dataclass(frozen=True, slots=True)
class Saved:
    """What counts now. ``stale``: this came from an older form, and what a newer one saved stands."""

    item: AttemptItem
    answer: dict[str, Any]
    stale: bool = False


@transaction.atomic
def save_response(
    *,
    user: User,
    attempt_id: UUID,
    position: int,
    key: UUID,
    raw: Raw,
    files: Mapping[str, UploadedFile] | None = None,
    client_at: datetime | None = None,
    flagged: bool | None = None,
) -> Saved:
    """Save an answer of their own open attempt.

    ``key`` names the form or the queue entry it comes from (``form_keys.issue_key``): the newest one that was ever
    delivered counts, in whatever order, how often and with which losses they arrive. An older one changes nothing, not
    even the mark to read again. Clocks of phones decide nothing. Three short queries: the question with its attempt,
    locked against being handed in meanwhile; what is saved; the write.

    Raises AttemptNotFoundError (another person's too), AttemptClosedError, InvalidResponse.
    """
    item = get_locked_item(user, attempt_id, position)
    if item.attempt.submitted_at is not None or item.attempt.is_overdue():
        raise AttemptClosedError(item.attempt)
    newest_id, newest_key, current = newest_of(item)
    if not is_newer(key, newest_key):
        return Saved(item, current, stale=True)
    answer = read(item, content_of([item.revision_id])[item.revision_id], Submission(raw, files or {}, current))
    if flagged is not None and flagged != item.flagged:
        item.flagged = flagged
        item.save(update_fields=["flagged"])
    if newest_key != key:  # also the same answer, also an empty one: an older form may still be on its way
        write(item, key, answer, client_at, overwrite=None)
    elif answer != current:
        write(item, key, answer, client_at, overwrite=newest_id)
    return Saved(item, answer)


def read(item: AttemptItem, content: QuestionContent, sent: Submission) -> dict[str, Any]:
    """What was sent as a response. Raises InvalidResponse."""
    return get_question_type(content.type).read(content.spec, presentation_of(item.attempt, item, content), sent)


def write(
    item: AttemptItem, key: UUID, answer: dict[str, Any], client_at: datetime | None, *, overwrite: int | None
) -> None:
    now = timezone.now()
    if overwrite is not None:
        Response.objects.filter(pk=overwrite).update(answer=answer, saved_at=now, client_at=client_at)
    else:
        Response.objects.create(item=item, key=key, answer=answer, saved_at=now, client_at=client_at)
