"""A copy of everything about a person: one ZIP with ``data.json``, a page to read, and their files.

A request writes a row; the worker makes the file under a lease, and the copy goes after ``KEPT``.
"""

import io
import json
import uuid
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import models, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts import services
from lms.accounts.column_words import value_words, words_of_column
from lms.accounts.messages import tell
from lms.accounts.models import AuditEvent, DataExport, User
from lms.accounts.personal_data import FILES, TABLES, Table, json_value, rows_of
from lms.accounts.recipient import in_language_of
from lms.lib import leases, sweeps
from lms.lib.locks import hold
from lms.lib.moments import in_zone

KEPT = timedelta(days=7)
MOST_A_DAY = 3  # copies of one person's data
STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:60em;margin:0 auto;padding:1em}"
    "h2{border-top:1px solid #ccc;padding-top:1em}"
    "dl{display:grid;grid-template-columns:12em 1fr;gap:.2em 1em;margin:0 0 1.2em;padding:.6em;background:#f6f4ee}"
    "dt{color:#555}dd{margin:0;overflow-wrap:anywhere;white-space:pre-line}@media(max-width:30em){dl{display:block}}"
)


class AskedOftenError(Exception):
    """``MOST_A_DAY`` were made today. ``str``: a sentence for whoever asked."""

    def __init__(self) -> None:
        super().__init__(_("Several copies were made today. Use the newest, or ask again tomorrow."))


def kept() -> "models.QuerySet[DataExport]":
    return DataExport.objects.filter(asked_at__gt=timezone.now() - KEPT)


@transaction.atomic
def ask(*, about: User, by: User) -> DataExport:
    """A copy for whoever asks; one that is being made for them is the same one. Raises AskedOftenError."""
    hold(User.objects.filter(pk=about.pk))  # asked for ten times at once, it is asked for once
    waiting = kept().filter(about=about, by=by, made_at=None, tries__lt=DataExport.max_tries).first()
    if waiting is not None:
        return waiting
    if DataExport.objects.filter(about=about, asked_at__gt=timezone.now() - timedelta(days=1)).count() >= MOST_A_DAY:
        raise AskedOftenError
    row = DataExport.objects.create(about=about, by=by, language=translation.get_language() or by.language)
    services.record(actor=by, verb="export-data", target=about)
    return row


def newest_of(*, about: User, by: User) -> DataExport | None:
    return kept().filter(about=about, by=by).order_by("-asked_at").first()


def waiting() -> "models.QuerySet[DataExport]":
    return DataExport.objects.filter(made_at=None, about__is_active=True)


def make(export_id: uuid.UUID | str) -> bool:
    """Make one copy under a lease; True when this call did it."""
    row = waiting().filter(pk=export_id)
    if not leases.claim(row):
        return False
    export = row.select_related("about").get()
    try:
        with translation.override(export.language), in_zone(export.about.time_zone):
            content = archive(export.about)
        store = storages["private"]
        store.delete(export.path)
        store.save(export.path, ContentFile(content))
    except Exception as error:  # noqa: BLE001  (whatever went wrong, the row says so and the next try comes later)
        leases.release(row, error=type(error).__name__, tries=export.tries)
        return False
    with transaction.atomic():
        if not row.update(made_at=timezone.now(), size=len(content), lease_until=None):
            return False
        if export.by_id == export.about_id:
            with in_language_of(export.about):
                text = _("The copy of your data is ready. You can download it for seven days.")
                tell(user=export.about, key=f"export:{export.pk}", kind="data-export", subject=text, body=text,
                     link=reverse("accounts:data"), by_sms=False)  # fmt: skip
    return True


def archive(user: User) -> bytes:
    """In the language and zone that are set."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        found = {table.label: list(rows_of(table, user)) for table in tables()}
        found["accounts.AuditEvent"] = list(audit_rows(user))
        data = {"made_at": timezone.now().isoformat(), "tables": found}
        file.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1))
        file.writestr("index.html", render_to_string("accounts/export.html", {"parts": parts(found), "person": user}))
        file.writestr("style.css", STYLE)
        for make_files in FILES:
            for name, content in make_files(user):
                file.writestr(name, content)
    return buffer.getvalue()


def tables() -> Iterator[Table]:
    yield from TABLES.values()


def audit_rows(user: User) -> Iterator[dict[str, Any]]:
    """What they did, and what was done with their account, profile and what hangs on them. Nobody else is named."""
    targets = [f"accounts.User:{user.pk}"]
    for table in TABLES.values():
        if table.label in AUDITED:
            targets += [f"{table.label}:{pk}" for pk in table.rows(user).values_list("pk", flat=True)]
    rows = AuditEvent.objects.filter(Q(actor=user) | Q(target__in=targets)).order_by("pk")
    for row in rows.iterator(chunk_size=500):
        own = row.actor_id == user.pk
        yield {"at": json_value(row.at), "verb": row.verb, "fields": json_value(row.fields), "by_you": own,
               "role": "" if own else row.actor_role}  # fmt: skip


AUDITED = {"placement.CandidateProfile", "placement.Referral", "courses.Enrolment", "certificates.Certificate",
           "assessments.Attempt"}  # fmt: skip
"""Of their rows, those that the audit trail names by their keys."""


def parts(found: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """For the page: each table with rows, in words."""
    shown = []
    for label, rows in found.items():
        if not rows:
            continue
        table = TABLES.get(label)
        title = table.title if table else gettext_lazy("What was done, by you or about you")
        lines = [
            [(words_of_column(name), value_words(table.model if table else AuditEvent, name, value))
             for name, value in row.items() if value not in (None, "", [], {})]
            for row in rows
        ]  # fmt: skip
        shown.append({"key": label, "title": title, "rows": lines})
    return shown


def old(now: datetime) -> "models.QuerySet[DataExport]":
    return DataExport.objects.filter(asked_at__lt=now - KEPT)


def purge(now: datetime) -> int:
    """Delete copies that had their days, with their files."""
    gone = 0
    for export in old(now).iterator(chunk_size=50):
        export.delete()
        gone += 1
    return gone


MAKE = sweeps.register(
    sweeps.Sweep(
        name="accounts.exports",
        label=gettext_lazy("Copies of people’s data to make"),
        remedy=gettext_lazy("Look at the worker’s log, and at the folder of private files."),
        rows=lambda now: leases.waiting(waiting()).order_by("due_at"),
        work=lambda key, now: make(key),
        leased=True,
    )
)
PURGE = sweeps.register(
    sweeps.Sweep(
        name="accounts.purge-exports",
        label=gettext_lazy("Old copies of people’s data"),
        remedy=gettext_lazy("Make the user who runs the site the owner of the folder of private files."),
        work=lambda key, now: purge(now) > 0,
        leased=True,  # it deletes one by one
    )
)
