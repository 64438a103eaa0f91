"""What a programme manager does with a learner's data when the learner asks: each act with its reason, which they read.

An app registers the acts that are its own.
"""

from collections.abc import Callable

from django.db import transaction

from lms.accounts import exports, services
from lms.accounts.enums import BehalfAct, Role
from lms.accounts.erasing import erase
from lms.accounts.models import ActOnBehalf, User

Do = Callable[[User, User], None]
ACTS: dict[BehalfAct, Do] = {}


def register(act: BehalfAct, do: Do) -> None:
    """``do(person, by)``, called in the transaction that writes the act down."""
    ACTS[act] = do


@transaction.atomic
def do(*, act: BehalfAct, person: User, by: User, reason: str) -> ActOnBehalf:
    """Raises ``exports.AskedOftenError``; LookupError for somebody who is no learner with an open account."""
    if person.role != Role.LEARNER or not person.is_active:
        raise LookupError(person.pk)
    ACTS[act](person, by)
    services.record(actor=by, verb="act-on-behalf", target=person, fields=[str(act)])
    return ActOnBehalf.objects.create(person=person, by=by, act=act, reason=reason)


def make_copy(person: User, by: User) -> None:
    exports.ask(about=person, by=by)


def erase_person(person: User, by: User) -> None:
    erase(user=person, by=by, fields=["asked for"])


register(BehalfAct.EXPORT, make_copy)
register(BehalfAct.ERASE, erase_person)
