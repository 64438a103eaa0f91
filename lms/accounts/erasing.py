"""Erasing the personal data of an account: it stays as a placeholder, so that results and certificates stand.

Each app erases what hangs on the person (``run_at_erasure``). What is erased is written into the ledger outside of the
backups (``erasures``), so that an older backup brings nobody back.
"""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from lms.accounts import services
from lms.accounts.merge_rules import relations_to
from lms.accounts.merging import delete_files, erasure_hash
from lms.accounts.models import User
from lms.lib.backups import erasures
from lms.lib.locks import locked

ERASURE = "account"
BLANK: dict[str, Any] = {
    "full_name": "", "email": "", "phone": None, "phone_typed": "", "phone_verified_at": None, "country": "",
    "time_zone": "", "data_saver": "", "bundle_price": None, "bundle_megabytes": None,
    "must_change_pin": False, "last_login": None,
}  # fmt: skip
AT_ERASURE: list[Callable[[User], None]] = []


def run_at_erasure(work: Callable[[User], None]) -> Callable[[User], None]:
    """Called in the transaction of each erasure, while the account still has its name."""
    AT_ERASURE.append(work)
    return work


def placeholder(user: User) -> str:
    return f"erased.{user.pk}"


def is_erased(user: User) -> bool:
    return not user.is_active and user.username == placeholder(user)


@transaction.atomic
def erase(*, user: User, by: User | None, fields: list[str] | None = None) -> bool:
    """Erase an account for good and close it. False when it was erased before, or merged into another."""
    person = locked(User.objects.filter(pk=user.pk, merged_into=None)).first()
    if person is None or is_erased(person):
        return False
    for work in AT_ERASURE:
        work(person)
    person.refresh_from_db()
    for name, value in BLANK.items():
        setattr(person, name, value)
    person.username, person.is_active = placeholder(person), False
    person.set_unusable_password()
    person.save()
    for relation in relations_to(User):
        if relation.is_erased:
            for row in relation.model._base_manager.filter(**{relation.field.attname: person.pk}):
                delete_files(row)
                row.delete()
    person.messages.all().delete()
    erasures.note(ERASURE, erasure_hash(person))
    services.record(actor=by, verb="erase-account", target=person, fields=fields or ["account"])
    return True


def erase_again(hashes: set[str]) -> str:
    """After an older backup was restored: whoever was erased since is erased again."""
    people = [person for person in User._base_manager.iterator() if erasure_hash(person) in hashes]
    again = sum(erase(user=person, by=None) for person in people)
    return f"Accounts that had been erased since are erased again: {again}."


erasures.register(ERASURE, erase_again)
