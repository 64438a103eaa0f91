"""Creating learners for a trainer: the import as it is kept between the preview and the printed cards.

Files wait in private storage, in a folder of the importer's own: nobody else's address leads there.
"""

import json
import re
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.utils import timezone

from lms.accounts import imports, phones, services, usernames
from lms.accounts.imports import Plan, Row
from lms.accounts.models import User
from lms.accounts.signals import learners_created
from lms.lib.tables import read_table, write_csv

FOLDER = "learner-imports"
KEEP = timedelta(days=7)


@dataclass(frozen=True)
class Result:
    """What an import did."""

    token: str
    created: list[int]
    known: list[int]
    bad: int


def path_for(by: User, token: str, kind: str) -> str:
    """Raises FileNotFoundError for anything that is no token of ours."""
    if not re.fullmatch(r"[0-9a-f]{32}", token):
        raise FileNotFoundError(token)
    return f"{FOLDER}/{by.pk}/{token}.{kind}"


def keep_upload(*, content: bytes, by: User) -> str:
    token = secrets.token_hex(16)
    storages["private"].save(path_for(by, token, "upload"), ContentFile(content))
    return token


def read_kept(by: User, token: str, kind: str) -> bytes:
    """One of this person's own files. Raises FileNotFoundError."""
    path = path_for(by, token, kind)
    if not storages["private"].exists(path):
        raise FileNotFoundError(path)
    with storages["private"].open(path) as file:
        return bytes(file.read())


def plan_of(*, content: bytes, by: User) -> Plan:
    """Raises TableError or ValidationError when the file as a whole cannot be read."""
    return imports.make_plan(read_table(content, max_rows=imports.MAX_ROWS), by)


def run_import(*, token: str, by: User) -> Result:
    """Create the learners of the good rows and keep the others as a file to mend. A second call creates nobody."""
    content = read_kept(by, token, "upload")
    try:
        plan, created = write(plan_of(content=content, by=by), by)
    except IntegrityError:  # somebody took a name or a number meanwhile: look again
        plan, created = write(plan_of(content=content, by=by), by)
    result = Result(token, created, [row.user.pk for row in plan.known if row.user], len(plan.bad))
    if plan.bad:
        replace(path_for(by, token, "csv"), write_csv(*imports.mend_table(plan)))
    replace(path_for(by, token, "json"), json.dumps(vars(result)).encode())
    storages["private"].delete(path_for(by, token, "upload"))
    return result


def result_of(*, token: str, by: User) -> Result:
    return Result(**json.loads(read_kept(by, token, "json")))


def replace(path: str, content: bytes) -> None:
    storages["private"].delete(path)
    storages["private"].save(path, ContentFile(content))


@transaction.atomic
def write(plan: Plan, by: User) -> tuple[Plan, list[int]]:
    users = create_learners(rows=plan.new, by=by)
    for row, user in zip(plan.new, users, strict=True):
        row.values["created"] = user.pk
    apply_extras(plan, by)
    return plan, [user.pk for user in users]


@transaction.atomic
def create_learners(*, rows: Sequence[Row], by: User) -> list[User]:
    """Accounts that only a sign-in card opens: they have no PIN yet."""
    names = usernames.free_names([row.name for row in rows])
    users = [
        User(
            username=name, full_name=row.name, phone=row.values.get("phone") or None, created_by=by,
            language=row.values["language"], country=phones.country_of(row.values.get("phone") or ""),
        )
        for name, row in zip(names, rows, strict=True)
    ]  # fmt: skip
    for user in users:
        user.set_unusable_password()
    User.objects.bulk_create(users, batch_size=imports.CHUNK)
    services.record_many(actor=by, verb="create-learner", targets=users)
    if users:
        learners_created.send(User, user_ids=[user.pk for user in users], by_id=by.pk)
    return users


def apply_extras(plan: Plan, by: User) -> None:
    """Hand the values of the columns of apps above to them, one call for each value."""
    for column in imports.EXTRA_COLUMNS:
        if column.apply is None:
            continue
        groups: dict[object, list[int]] = defaultdict(list)
        for row in plan.rows:
            value = row.values.get(column.key)
            pk = row.user.pk if row.user else row.values.get("created")
            if not row.problems and value and pk:
                groups[value].append(pk)
        for value, ids in groups.items():
            column.apply(ids, value, by)


def purge_old_files() -> int:
    """Delete uploads and results that nobody needs any more: they hold names and numbers."""
    store, limit, gone = storages["private"], timezone.now() - KEEP, 0
    if not store.exists(FOLDER):
        return 0
    for folder in store.listdir(FOLDER)[0]:
        for name in store.listdir(f"{FOLDER}/{folder}")[1]:
            path = f"{FOLDER}/{folder}/{name}"
            if store.get_modified_time(path) < limit:
                store.delete(path)
                gone += 1
    return gone
