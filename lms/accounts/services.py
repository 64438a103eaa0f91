"""Writing about people: accounts, PINs, roles and rights, consents, the audit trail, signs of life."""

import time
from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import unquote

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.accounts import devices, guesses, messages, phones, sign_ins, usernames
from lms.accounts.enums import Role
from lms.accounts.models import AuditEvent, ConsentRecord, Heartbeat, RecoveryWords, User
from lms.accounts.recipient import in_language_of
from lms.accounts.signals import role_changed
from lms.lib.conflicts import retry_on_conflict
from lms.lib.locks import locked
from lms.lib.moments import zone_names

TRAINERS, MANAGERS = "Trainers", "Programme managers"
ALL_COURSES = "Trainers of all courses"  # beside their role: given and taken one by one
GROUP_OF_ROLE = {Role.TRAINER: TRAINERS, Role.MANAGER: MANAGERS}
SIGN_UP_WORDING = "2026-11"  # version of the text about data on the sign-up page (templates/account/signup.html)


def sign_up(
    *, full_name: str, phone: str, pin: str, language: str, phone_typed: str = "", is_free: bool = True
) -> User:
    """A learner's own account. The number is what they say it is until a code has proved it; "": none. One
    that is not free leaves its country and its hours only.

    Raises IntegrityError when the number has an account. A user name that somebody of the same name takes meanwhile
    (a room signs up together) is chosen again.
    """
    return retry_on_conflict(
        lambda: _write_account(
            full_name=full_name, phone=phone, pin=pin, language=language, phone_typed=phone_typed, is_free=is_free
        ),
        is_futile=lambda: bool(phone) and is_free and User.objects.filter(phone=phone).exists(),
    )


def _write_account(*, full_name: str, phone: str, pin: str, language: str, phone_typed: str, is_free: bool) -> User:
    country = phones.country_of(phone) if phone else ""
    user = User(
        username=usernames.free_names([full_name])[0], full_name=full_name, language=language,
        phone=(phone or None) if is_free else None, phone_typed=phone_typed if is_free else "",
        country=country, time_zone=phones.zone_of(phone, country),
    )  # fmt: skip
    user.set_password(pin)
    user.save()
    ConsentRecord.objects.create(user=user, purpose="account", wording=SIGN_UP_WORDING)
    return user


def check_is_open(*, user: User) -> None:
    """Raises ValidationError when the account was closed, be it since ``user`` was read."""
    if not User.objects.filter(pk=user.pk, is_active=True).exists():
        raise ValidationError(_("This account is closed. Ask your training centre."))


@transaction.atomic
def set_pin(*, user: User, pin: str, request: HttpRequest | None = None) -> None:
    """Give a person the PIN they chose. Every session but the one of ``request`` ends: their hash no longer fits."""
    user.set_password(pin)
    user.must_change_pin = False
    user.save(update_fields=["password", "must_change_pin"])
    record(actor=user, verb="set-pin", target=user, fields=["password"])
    if request is not None:
        sign_ins.stay_here(user=user, request=request)
        setattr(request, devices.ATTRIBUTE, user)


@transaction.atomic
def reset_pin(*, user: User, pin: str) -> None:
    """Give a person the PIN they chose behind a link that was sent to their e-mail address. Recovery words go: perhaps
    they are somebody else's, who knew the PIN. Whoever had none chose their first: nothing was changed.
    """
    had_one = user.has_usable_password()
    RecoveryWords.objects.filter(user=user).delete()
    set_pin(user=user, pin=pin)
    if had_one:
        tell_of_new_pin(user)


def tell_of_new_pin(user: User) -> None:
    with in_language_of(user):
        subject = _("Your PIN or password was changed")
        body = _(
            "It was changed by a link that was sent to your e-mail address. Every device where you were signed in was "
            "signed out. If it was not you, tell your training centre or your programme manager at once."
        )
        key = f"pin-reset:{user.pk}:{timezone.now():%Y%m%dT%H%M%S%f}"
        messages.tell(user=user, key=key, kind="pin-reset", subject=subject, body=body)


@transaction.atomic
def unlock_sign_in(*, user: User, by: User) -> None:
    """Let a person try again at once after too many wrong PINs, theirs or a stranger's."""
    record(actor=by, verb="lift-pause", target=user)
    transaction.on_commit(lambda: guesses.lift(user))


def check_present_pin(*, request: HttpRequest, user: User, pin: str) -> None:
    """Raises ValidationError when this is not their PIN, or when there were too many tries."""
    from allauth.account.adapter import get_adapter

    if get_adapter(request).authenticate(request, username=user.username, password=pin) != user:
        raise ValidationError(_("This is not your current PIN or password."))


@transaction.atomic
def save_settings(*, user: User, changed: list[str]) -> None:
    """Keep what the person changed on their settings page (``user`` already carries the new values)."""
    if changed:
        user.save(update_fields=changed)
        record(actor=user, verb="change-settings", target=user, fields=changed)


def keep_zone(*, user: User, zone: str) -> None:
    """The zone that a browser told, for an account that has none; a name that is no place's changes nothing."""
    name = unquote(zone)[:40]
    if name in zone_names():
        User.objects.filter(pk=user.pk, time_zone="").update(time_zone=name)
        user.time_zone = name


@transaction.atomic
def save_learner(*, learner: User, changed: list[str], by: User) -> None:
    """Keep what a trainer changed of a learner. A new number is unproved. Closing ends every session at once."""
    if not changed:
        return
    if "phone" in changed:
        release_numbers(numbers=[learner.phone] if learner.phone else [], by=by)
        learner.phone_verified_at = None
        learner.save(update_fields=[*changed, "phone_verified_at", "phone_typed"])
    else:
        learner.save(update_fields=changed)
    record(actor=by, verb="change-learner", target=learner, fields=changed)


@transaction.atomic
def release_numbers(*, numbers: Sequence[str], by: User) -> list[User]:
    """Free numbers for the accounts that are made for their owners: whoever typed one for an own account and never
    proved it keeps the account without the number, and is told. Returns these people.
    """
    if not numbers:
        return []
    holders: list[User] = list(locked(User.objects.self_made().filter(phone__in=numbers)))
    for user in holders:
        number = phones.for_people(user.phone)
        user.phone, user.phone_verified_at, user.phone_typed = None, None, ""
        user.save(update_fields=["phone", "phone_verified_at", "phone_typed"])
        record(actor=by, verb="release-number", target=user, fields=["phone"])
        with in_language_of(user):
            subject = _("Your account no longer has the number %(number)s") % {"number": number}
            body = _(
                "A trainer has given this number to another account, because it was never confirmed as "
                "yours. Your courses and results stay here. From now on sign in with your user name: "
                "%(username)s. If the number is yours, show this message to your trainer."
            ) % {"username": user.username}
            key = f"number-released:{user.pk}:{timezone.now():%Y%m%dT%H%M%S%f}"
            messages.tell(user=user, key=key, kind="number-released", subject=subject, body=body)
    return holders


@transaction.atomic
def prove_number(*, user: User, phone: str, by_code: bool) -> bool:
    """Note that they hold the phone of this number; False when it is not this account's, or was proved before.

    ``by_code``: they sign in with the code. Who holds the phone is its owner, and whoever typed the number before
    them chose the PIN: it goes, with the recovery words. Writes only while the number is theirs: it may have been
    given away since ``user`` was read.
    """
    values: dict[str, object] = {"phone_verified_at": timezone.now()}
    if by_code:
        values |= {"password": make_password(None), "must_change_pin": True}
    changed = User.objects.filter(pk=user.pk, phone=phone, phone_verified_at=None).update(**values)
    if changed and by_code:
        RecoveryWords.objects.filter(user=user).delete()
    if changed:
        for name, value in values.items():
            setattr(user, name, value)
    return bool(changed)


@transaction.atomic
def set_role(*, user: User, role: Role, by: User | None = None) -> User:
    """Give a person their role, and the Wagtail group that goes with it (none for learners and employers)."""
    user.role = role
    user.save(update_fields=["role"])
    user.groups.remove(*Group.objects.filter(name__in=[*GROUP_OF_ROLE.values(), ALL_COURSES]))
    if role in GROUP_OF_ROLE:
        user.groups.add(Group.objects.get_or_create(name=GROUP_OF_ROLE[role])[0])
    record(actor=by, verb="set-role", target=user, fields=["role"])
    role_changed.send(User, user_id=user.pk, role=role)
    return user


def has_right_groups(user: User) -> bool:
    """Whether their groups of the team are those of their role."""
    team = set(user.groups.filter(name__in=GROUP_OF_ROLE.values()).values_list("name", flat=True))
    return team == {name for role, name in GROUP_OF_ROLE.items() if role == user.role}


def record(*, actor: User | None, verb: str, target: models.Model, fields: list[str] | None = None) -> AuditEvent:
    """One line of the audit trail. ``fields`` names what changed, never the values."""
    key = f"{target._meta.label}:{target.pk}"
    role = "" if actor is None else ("admin" if actor.is_superuser else actor.role)
    return AuditEvent.objects.create(actor=actor, actor_role=role, verb=verb, target=key, fields=fields or [])


def record_many(*, actor: User, verb: str, targets: Sequence[models.Model]) -> None:
    """``record`` for many targets, in one write."""
    role = "admin" if actor.is_superuser else actor.role
    events = [
        AuditEvent(actor=actor, actor_role=role, verb=verb, target=f"{target._meta.label}:{target.pk}")
        for target in targets
    ]
    AuditEvent.objects.bulk_create(events, batch_size=500)


_noted: dict[str, float] = {}  # this process's: a row a minute is enough to tell that a sweep runs


def record_task_run(task: str) -> None:
    """Note that a periodic task has just ended well."""
    now = time.monotonic()
    if now - _noted.get(task, -60) >= 60:
        beat(task_key(task))
        _noted[task] = now


def task_key(task: str) -> str:
    """``cms.tasks.publish_scheduled`` -> what its row of ``Heartbeat`` is called."""
    return f"duty:{task.replace('.tasks.', '.')}"[:40]


def queue_name(queue: str) -> str:
    """What the sign of life of a queue's worker is called among the rows of ``Heartbeat``."""
    return f"queue:{queue}"[:40]


def beat(name: str) -> None:
    """Note that a background process is alive, by the database's clock."""
    Heartbeat.objects.update_or_create(name=name, defaults={"seen_at": Now()})


def worker_name(node: str) -> str:
    """The sign of life of one worker process on one host, by its name in Celery: ``default@host-2``."""
    return f"{OF_A_WORKER}{node}"[:120]


def worker_left(name: str) -> None:
    """It was stopped on purpose: nobody misses it."""
    Heartbeat.objects.filter(name=name).delete()


OF_A_WORKER = "worker:"
FORGOTTEN = timedelta(days=7)  # a host that was taken away without being stopped
