"""Writing down what was checked of an employer."""

from datetime import date

from django.db import transaction

from lms.accounts.models import User
from lms.accounts.services import record
from placement.check_enums import CheckKind, CheckResult
from placement.models import Employer, EmployerCheck


@transaction.atomic
def note_check(
    *, employer: Employer, kind: CheckKind, result: CheckResult, done_on: date, valid_until: date | None, by: User,
    note: str = "",
) -> EmployerCheck:  # fmt: skip
    """``valid_until`` counts for what was found in order."""
    row: EmployerCheck = EmployerCheck.objects.create(
        employer=employer, kind=kind, result=result, done_on=done_on, note=note, actor=by,
        valid_until=valid_until if result == CheckResult.GOOD else None,
    )  # fmt: skip
    record(actor=by, verb="check-employer", target=employer, fields=[kind, result])
    return row
