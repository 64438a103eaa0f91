"""The one place that locks rows, in the one order of docs/locks.md: two services that keep it never block each other.

``locked(rows)`` holds them until the end of the transaction. Rows of one table are locked in the order of their keys;
of several tables, in the order of ``ORDER``. What is already locked by an ``UPDATE`` counts as well. SQLite's
transactions are IMMEDIATE: there the first one to begin has the whole database, and this changes nothing.
"""

from typing import Any, TypeVar

from django.db import models

ORDER = (
    "contenttypes.ContentType",
    "accounts.User",
    "mfa.Authenticator",
    "courses.Enrolment",
    "assessments.Attempt",
    "placement.Employer",
    "placement.Mission",
    "placement.Opportunity",
    "placement.Referral",
    "placement.Outcome",
    "placement.CandidateProfile",
    "placement.CodeName",
    "placement.SavedSearch",
)
"""Tables in which services lock rows, the first one first. docs/locks.md says who takes which."""

JOINED = {"courses.Enrolment.course", "assessments.Attempt.assessment", "assessments.Attempt.enrolment"}
"""Relations that a locked row may be read with: its key stays what it was (that of an attempt: ``grades.lock``).

PostgreSQL leaves a row out whose relation changed while the lock was waited for, as if it were gone: lock such a row
with ``hold``, then read it.
"""

M = TypeVar("M", bound=models.Model)


def locked(rows: models.QuerySet[M], *, via: str = "self") -> models.QuerySet[M]:
    """``rows``, locked when they are read; ``via`` names a relation to lock instead, read by ``select_related``.

    Others may still add rows that point at these (``FOR NO KEY UPDATE``). Raises LookupError for a table that has no
    place in the order yet: give it one, in ``ORDER`` and in docs/locks.md; ValueError for a relation that may change.
    """
    model: Any = rows.model if via == "self" else rows.model._meta.get_field(via).related_model
    if model._meta.label not in ORDER:
        raise LookupError(f"{model._meta.label} has no place in the order of locks")
    together = rows.query.select_related
    if via == "self" and together:
        names = {f"{model._meta.label}.{name}" for name in together} if isinstance(together, dict) else {"all"}
        if names - JOINED:
            raise ValueError(f"may change while the lock is waited for: {', '.join(names - JOINED)}")
    return rows.order_by("pk").select_for_update(of=(via,), no_key=True)


def hold(rows: models.QuerySet[Any]) -> None:
    """Lock rows that are not needed for themselves: nobody else changes them before the end of the transaction."""
    list(locked(rows).values_list("pk"))
