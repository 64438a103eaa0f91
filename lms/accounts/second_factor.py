"""A second proof at sign-in beside the password: codes of an app (TOTP) or a passkey, and recovery codes.

allauth keeps, checks and asks for them. Here is who must have one, whether a session has shown it, that no code works
twice, and what happens when one is lost. ``SECOND_FACTOR_REQUIRED`` asks it of everybody who may enter the admin.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from fido2.webauthn import RegistrationResponse

from lms.accounts import messages, services, sign_ins
from lms.accounts.enums import STAFF_ROLES, Role
from lms.accounts.models import User
from lms.accounts.recipient import in_language_of
from lms.lib.locks import hold, locked
from lms.lib.sealing import UnreadableSecretError, unseal

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

logger = logging.getLogger(__name__)

PURPOSE = "second-factor"
KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes alone are none
RECENT = 300  # seconds after the sign-in in which the first factor is set up without the password once more
COUNTER = "counter"  # in the data of a passkey: how often it said it had signed, the last time
LAST_STEP = "last_step"  # in an authenticator's data: the time step of the last code that was used
Missing = Literal["", "proof", "factor"]


def factors(user: User) -> "models.QuerySet[Authenticator]":
    rows: models.QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type__in=KINDS)
    return rows


def passkeys(user: User) -> "models.QuerySet[Authenticator]":
    return factors(user).filter(type=Authenticator.Type.WEBAUTHN)


def check_is_new(credential: dict[str, Any]) -> None:
    """No passkey of two people, nor twice of one (WebAuthn, 7.1, step 26). Raises ValidationError."""
    rows = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN)
    known = {row.wrap().authenticator_data.credential_data.credential_id for row in rows.iterator()}
    if RegistrationResponse.from_dict(credential).raw_id in known:
        raise ValidationError(_("This passkey is already set up for an account. Use another one."))


def is_required(user: User) -> bool:
    """The admin lets nobody in who is not of the team (``SessionPolicyMiddleware``). Of learners it is never asked."""
    if user.role == Role.EMPLOYER and settings.EMPLOYER_SECOND_FACTOR:
        return True
    return bool(settings.SECOND_FACTOR_REQUIRED and user.is_team)


def is_proven(request: HttpRequest, user: User) -> bool:
    """Whether this session has shown a second factor."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))


def missing_proof(request: HttpRequest, user: User) -> Missing:
    """What this session lacks: ``proof`` of the factor that the person has, or a ``factor`` at all."""
    if not is_required(user) or is_proven(request, user):
        return ""
    return "proof" if factors(user).exists() else "factor"


def has_just_signed_in(request: HttpRequest, user: User) -> bool:
    """So that the first factor can be set up without typing the password twice in a minute."""
    records = get_authentication_records(request, user)
    return bool(records) and time.time() - records[-1]["at"] < RECENT


def may_remove(authenticator: Authenticator) -> bool:
    """Whoever must have a factor keeps one."""
    return not is_required(authenticator.user) or factors(authenticator.user).exclude(pk=authenticator.pk).exists()


@contextmanager
def removing(authenticator: Authenticator) -> Iterator[None]:
    """In here a factor is removed, one after the other. Raises ValidationError when it is the one that must stay."""
    with transaction.atomic():
        hold(User.objects.filter(pk=authenticator.user_id))
        if not may_remove(authenticator):
            raise get_adapter().validation_error("cannot_delete_authenticator")
        yield


def use_code(authenticator: Authenticator, code: str) -> bool:
    """Use up the step of time that a right ``code`` of an app belongs to; False when it, or a later one, was used.

    allauth remembers a code in the cache for one step, but accepts it for three.
    """
    with transaction.atomic():
        row = locked(Authenticator.objects.filter(pk=authenticator.pk)).get()
        step = step_of(decrypt(row.data["secret"]), code)
        if step is None or step <= row.data.get(LAST_STEP, -1):
            return False
        row.data[LAST_STEP] = step
        row.save(update_fields=["data"])
    authenticator.data = row.data
    return True


def use_counter(authenticator: Authenticator, counter: int) -> bool:
    """Note how often a passkey says that it has signed; False when that does not go on: then there are two of it.

    Keys that do not count, as those that a phone shares with the others of its owner, always say 0 (WebAuthn, 6.1.1).
    """
    with transaction.atomic():
        row = locked(Authenticator.objects.filter(pk=authenticator.pk)).get()
        last = row.data.get(COUNTER, row.wrap().authenticator_data.counter)
        goes_on = counter > last or counter == last == 0
        if goes_on:
            row.data[COUNTER] = counter
            row.save(update_fields=["data"])
        else:
            logger.warning("the counter of a passkey of user %s went back: was it copied?", row.user_id)
            services.record(actor=row.user, verb="passkey-copied", target=row.user)
    authenticator.data = row.data
    return goes_on


def wrong_code() -> ValidationError:
    error: ValidationError = get_adapter().validation_error("incorrect_code")
    return error


def step_of(secret: str, code: str) -> int | None:
    """The newest step of time, among those that count now, whose code this is."""
    fitting = [
        step
        for step in totp.yield_hotp_counters_from_time()
        if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, step)))
    ]
    return max(fitting, default=None)


@transaction.atomic
def on_added(*, request: HttpRequest, user: User, authenticator: Authenticator, code: str = "") -> None:
    """Whoever set a factor up has shown it. Their other sessions, opened without it, end."""
    if code:
        use_code(authenticator, code)
    authenticator.user = user
    post_authentication(request, authenticator, reauthenticated=True)
    services.record(actor=user, verb="add-second-factor", target=user, fields=[authenticator.type])
    end_other_sessions(user=user, request=request)
    tell(user, SET_UP)


@transaction.atomic
def was_removed(*, request: HttpRequest, user: User, kind: str) -> None:
    services.record(actor=user, verb="remove-second-factor", target=user, fields=[kind])
    end_other_sessions(user=user, request=request)
    tell(user, REMOVED)


@transaction.atomic
def recovery_codes_were_renewed(*, user: User) -> None:
    services.record(actor=user, verb="renew-recovery-codes", target=user)


@transaction.atomic
def reset(*, user: User, by: User | None) -> bool:
    """Take every factor away from a person who lost theirs; False when they had none. All their sessions end.

    ``by`` is None on the command line. Raises ValueError for one's own account: a session left open must not take
    away what protects it.
    """
    if by is not None and by.pk == user.pk:
        raise ValueError("nobody resets a second factor of one's own")
    deleted, _by_model = Authenticator.objects.filter(user=user).delete()
    if not deleted:
        return False
    services.record(actor=by, verb="reset-second-factor", target=user)
    end_other_sessions(user=user)
    tell(user, RESET)
    return True


def end_other_sessions(*, user: User, request: HttpRequest | None = None) -> None:
    """End every session of a person but the one of ``request``."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    if request is not None:
        sign_ins.stay_here(user=user, request=request)


SET_UP = gettext_lazy("Second factor set up"), gettext_lazy("A second factor now protects your Passerelle account.")
REMOVED = (
    gettext_lazy("Second factor removed"),
    gettext_lazy("A second factor was removed from your Passerelle account."),
)
RESET = (
    gettext_lazy("Second factor reset"),
    gettext_lazy("Your second factor was reset. At your next sign-in you will set up a new one."),
)


def tell(user: User, words: "tuple[StrPromise, StrPromise]") -> None:
    """A notice on the site and by e-mail: whoever did not do this must learn of it."""
    with in_language_of(user):
        subject, text = (str(part) for part in words)
        body = text + "\n\n" + _("If you did not ask for this, tell your programme manager at once.")
        key = f"second-factor:{user.pk}:{timezone.now():%Y%m%dT%H%M%S%f}"
        messages.tell(user=user, key=key, kind="second-factor", subject=subject, body=body)


def team_without() -> "models.QuerySet[User]":
    """People of the team with an open account and no second factor."""
    team = User.objects.filter(models.Q(role__in=STAFF_ROLES) | models.Q(is_superuser=True), is_active=True)
    return team.exclude(pk__in=Authenticator.objects.filter(type__in=KINDS).values("user"))


def unreadable() -> int:
    """How many factors were sealed with a key that is gone."""
    count = 0
    for data in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN).values_list("data", flat=True):
        try:
            unseal(data.get("secret") or data.get("seed") or "", purpose=PURPOSE)
        except UnreadableSecretError:
            count += 1
    return count
