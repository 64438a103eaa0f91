"""Certificates of people who no longer pass after a question was corrected. A person decides about each."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assessments.enums import MarkOutcome, Purpose
from assessments.models import Attempt, RegradedMark, RegradeRun
from certificates.access import certificates_of
from certificates.models import Certificate
from certificates.services import revoke
from lms.accounts.models import User
from lms.accounts.services import record
from lms.lib.sort_order import Alphabetical


def at_stake(run: RegradeRun, user: User) -> QuerySet[Certificate]:
    """Valid ones of people without another attempt that passes: those that would lose before the run is confirmed,
    afterwards those that lost. All of them stay as they are.
    """
    certificates = certificates_of(user, "change").filter(revoked_at=None).order_by(Alphabetical("holder_name"), "pk")
    if run.assessment.purpose != Purpose.CERTIFYING:
        return certificates.none()
    lost = RegradedMark.objects.filter(
        run=run, old_passed=True, new_passed=False, outcome__in=(MarkOutcome.WAITING, MarkOutcome.CHANGED)
    ).values("attempt")
    passing = Attempt.objects.filter(assessment=run.assessment_id, passed=True).exclude(pk__in=lost)
    losers = Attempt.objects.filter(pk__in=lost).exclude(enrolment__in=passing.values("enrolment"))
    return certificates.filter(enrolment__in=losers.values("enrolment"))


def check_decision(*, is_withdrawal: bool, chooses: bool, reason: str) -> None:
    """Somebody is chosen, and a withdrawal has its public reason. Raises ValidationError that names the field."""
    problems: dict[str, Any] = {}
    if not chooses:
        problems["certificates"] = _("Choose at least one certificate.")
    if is_withdrawal and not reason.strip():
        problems["reason"] = _("Write the reason: everybody who checks the certificate reads it.")
    if problems:
        raise ValidationError(problems)


def withdraw(*, certificates: Sequence[Certificate], reason: str, by: User) -> int:
    """Each in its own transaction, and each person is told; returns how many were withdrawn by this call."""
    return sum(revoke(certificate=certificate, reason=reason, by=by) for certificate in certificates)


def keep_valid(*, certificates: Sequence[Certificate], by: User) -> int:
    """They stay, and the audit trail says who decided so."""
    for certificate in certificates:
        record(actor=by, verb="keep-certificate", target=certificate)
    return len(certificates)
