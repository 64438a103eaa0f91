"""A log cannot be rewritten, by any of the ways that Django offers."""

import pytest

from assessments.models import Correction, Grade, ItemMark
from courses.models import NoteWording
from lms.accounts.models import ActOnBehalf, AuditEvent
from lms.accounts.services import record
from lms.lib.append_only import AppendOnly
from placement.models import CaseEntry, EmployerCheck, OutcomeAnswer, ReferralEvent, ThreadMessage

LOGS = [
    ActOnBehalf, AuditEvent, CaseEntry, Correction, EmployerCheck, Grade, ItemMark, OutcomeAnswer, ReferralEvent,
    NoteWording, ThreadMessage,
]  # fmt: skip


def test_every_log_is_tried():
    assert set(AppendOnly.__subclasses__()) == set(LOGS)


@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize(
    "act",
    [
        lambda rows: rows.update(at=None),
        lambda rows: rows.all().update(at=None),
        lambda rows: rows.filter(pk=1).delete(),
        lambda rows: rows.bulk_update([rows.model(pk=1)], ["at"]),
        lambda rows: rows.update_or_create(pk=1, defaults={"at": None}),
        lambda rows: rows.model(pk=1).delete(),
    ],
    ids=["update", "all", "delete", "bulk", "or-create", "one"],
)
def test_no_row_is_changed_or_deleted(log, act):
    with pytest.raises(TypeError, match="append-only"):
        act(log.objects)


def test_whoever_leaves_is_no_longer_named_in_it(learner, manager):
    event = record(actor=manager, verb="v", target=learner)
    manager.delete()
    assert AuditEvent.objects.get(pk=event.pk).actor is None
