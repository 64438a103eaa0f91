"""Writing about people: roles and rights, the audit trail, signs of life."""

from django.contrib.auth.models import Group
from django.db import models, transaction
from django.utils import timezone

from lms.accounts.enums import Role
from lms.accounts.models import AuditEvent, Heartbeat, User
from lms.accounts.signals import role_changed

TRAINERS, MANAGERS = "Trainers", "Programme managers"
GROUP_OF_ROLE = {Role.TRAINER: TRAINERS, Role.MANAGER: MANAGERS}


@transaction.atomic
def set_role(*, user: User, role: Role, by: User | None = None) -> User:
    """Give a person her role, and the Wagtail group that goes with it (none for learners and employers)."""
    user.role = role
    user.save(update_fields=["role"])
    user.groups.remove(*Group.objects.filter(name__in=GROUP_OF_ROLE.values()))
    if role in GROUP_OF_ROLE:
        user.groups.add(Group.objects.get_or_create(name=GROUP_OF_ROLE[role])[0])
    record(actor=by, verb="set-role", target=user, fields=["role"])
    role_changed.send(User, user_id=user.pk, role=role)
    return user


def record(*, actor: User | None, verb: str, target: models.Model, fields: list[str] | None = None) -> AuditEvent:
    """One line of the audit trail. ``fields`` names what changed, never the values."""
    key = f"{target._meta.label}:{target.pk}"
    role = "" if actor is None else ("admin" if actor.is_superuser else actor.role)
    return AuditEvent.objects.create(actor=actor, actor_role=role, verb=verb, target=key, fields=fields or [])


def beat(name: str) -> None:
    """Note that a background process is alive."""
    Heartbeat.objects.update_or_create(name=name, defaults={"seen_at": timezone.now()})
