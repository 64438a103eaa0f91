"""docs/retention.md tells of every table and every file: kept, and why, or deleted by a sweep, which is tried here."""

import ast
import json
import os
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings as site_settings
from django.utils import timezone
from django.utils.module_loading import import_string

from courses.models import LearnerNote
from lms.accounts import channels, purging
from lms.accounts.models import DataExport, DataUse, ImportRun, OutboundMessage, SignIn, SignInCard, SmsCount
from lms.lib import runs, sweeps
from lms.lib.backups import nightly, restoring
from placement.models import Invitation, PersonNote, PersonRead, Sight
from tests.conftest import ROOT
from tests.factories.people import make_user
from tests.factories.placement import make_candidate, make_employer
from tests.factories.runs import check_import

TEXT = (ROOT / "docs" / "retention.md").read_text()
APPS = ("lms", "cms", "courses", "assessments", "certificates", "placement")


def section(title: str) -> str:
    return TEXT.split(f"## {title}\n")[1].split("\n## ")[0]


def tables_named(text: str) -> set[str]:
    """``app.Model`` in the first column."""
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| ")]
    return {name for row in rows for name in re.findall(r"`(\w+\.[A-Z]\w+)`", row)}


def test_every_table_is_named():
    """A new model: what keeps its table from growing for ever, or why is it kept?"""
    models = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy and model._meta.managed
    }
    if site_settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        models.add("wagtailsearch.SQLiteFTSIndexEntry")
    assert models - tables_named(TEXT) == set(), "docs/retention.md"
    assert tables_named(TEXT) - models == set(), "no such table"


def test_every_sweep_that_deletes_is_named_and_tried():
    for entry in site_settings.CELERY_BEAT_SCHEDULE.values():
        import_string(entry["task"])
    rows = [line for line in section("Deleted after a time").splitlines() if line.startswith("| ")]
    named = {name for row in rows for name in re.findall(r"\b(?<!\.)([a-z]+\.[a-z-]+)\b(?!\.)", row.split("|")[3])}
    assert len(named) >= 9
    assert named <= sweeps.SWEEPS.keys()
    purges = {name for name in sweeps.SWEEPS if "purge" in name}
    assert purges - named == set(), "docs/retention.md"
    assert purges - OLD.keys() == set(), "a case below"


# --- files

WRITERS = {
    "lms/lib/runs.py": "private/runs",
    "lms/accounts/exports.py": "private/exports",
    "lms/accounts/channels.py": "sms.jsonl",
    "lms/lib/error_files.py": "errors",
    "lms/lib/error_reports.py": "errors",
    "certificates/services.py": "private/certificates",
    "cms/file_names.py": "media",
    "lms/lib/doctor/machine.py": "deleted at once",
    "lms/lib/health.py": "empty folders",
    "lms/lib/file_permissions.py": "empty folders",
    "lms/lib/doctor/database.py": "deleted at once",
    "lms/lib/seams/filecache.py": "cache",
    "lms/lib/shared_cache.py": "cache",
    "lms/lib/seams/queue_folder.py": "broker",
    "lms/lib/management/commands/start.py": "static",
    "lms/lib/management/commands/collect_messages.py": "for developers: locale",
    "assessments/exporting.py": "in memory",
    "lms/settings/local.py": "broker",
    "assessments/management/commands/example_course.py": "where somebody says",
    "assessments/loading/exporting.py": "where somebody says",
    "assessments/course_files.py": "deleted at once",
    "courses/loading/exporting.py": "where somebody says",
    "courses/loading/export_media.py": "where somebody says",
    "lms/settings/test.py": "for tests",
    "lms/lib/backups/making.py": "where somebody says",
    "lms/lib/backups/archive.py": "where somebody says",
    "lms/lib/backups/nightly.py": "BACKUP_DIR",
    "lms/lib/backups/releases.py": "release.json",
    "lms/lib/backups/restoring.py": ".before-restore-",
    "lms/lib/backups/erasures.py": "erasures.jsonl",
}
"""Module -> the line of docs/retention.md that tells of what it writes."""
WRITING = {"write_text", "write_bytes", "mkdtemp", "mkstemp", "NamedTemporaryFile", "TemporaryDirectory", "mkdir",
           "touch", "copyfile", "copy2", "copytree"}  # fmt: skip


def writers() -> set[str]:
    """Modules that write a file."""
    found = set()
    for app in APPS:
        for file in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and writes(node):
                    found.add(str(file.relative_to(ROOT)))
    return found


def writes(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    last = name.rpartition(".")[2]
    if last == "open":
        given = [*call.args, *(each.value for each in call.keywords if each.arg == "mode")]
        modes = [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        return any(re.fullmatch("[rwxabt+]{1,3}", mode) and set(mode) & set("wxa+") for mode in modes)
    return last in WRITING or (last == "save" and bool(re.search("stor", name)))


def test_every_writer_of_files_is_named():
    """A new one: where do its files go, who deletes them?"""
    assert writers() - WRITERS.keys() == set(), "docs/retention.md, and WRITERS"
    assert WRITERS.keys() - writers() == set(), "writes no more"
    for place in WRITERS.values():
        assert f"`{place}" in TEXT or " " in place, place


def test_every_folder_of_the_settings_is_named():
    base = (ROOT / "lms" / "settings" / "base.py").read_text()
    names = set(re.findall(r'DATA_DIR / "([\w.]+)"', base))
    assert {"mail", "cache", "broker", "media", "private", "static"} <= names
    assert {name for name in names if f"`{name}" not in TEXT} == set()


def test_rows_are_deleted_in_steps_by_one_helper():
    """A loop of its own forgets the small transactions, or the rows that hang on each row."""
    loop = re.compile(r"while .*:= .*\[:")
    found = {
        str(file.relative_to(ROOT))
        for app in APPS
        for file in (ROOT / app).rglob("*.py")
        if "migrations" not in file.parts and loop.search(file.read_text())
    }
    assert found == {"lms/lib/sweeps.py"}


# --- each sweep: what is old goes, what is young stays


def set_age(row: Any, **ages: timedelta) -> None:
    values = {name: timezone.now() - age for name, age in ages.items()}
    type(row)._base_manager.filter(pk=row.pk).update(**values)


def old_count(days: int) -> SmsCount:
    return SmsCount.objects.create(day=(timezone.now() - timedelta(days=days)).date(), scope="day")


def data_used(days: int) -> DataUse:
    day = timezone.localdate() - timedelta(days=days)
    return DataUse.objects.create(user=make_user(f"d{days}"), month=day.replace(day=1))


def card(days: int) -> SignInCard:
    until = timezone.now() - timedelta(days=days)
    return SignInCard.objects.create(user=make_user(f"p{days}"), secret_hash=str(days), expires_at=until)


def read_person(days: int) -> PersonRead:
    employer = make_employer(name=f"E{days}")
    at = timezone.now() - timedelta(days=days)
    user = employer.contacts.get().user
    return PersonRead.objects.create(employer=employer, user=user, profile=make_candidate(), at=at)


def data_export(days: int) -> DataExport:
    user = make_user(f"x{days}")
    return DataExport.objects.create(about=user, by=user, asked_at=timezone.now() - timedelta(days=days))


def sight(days: int) -> Sight:
    day = timezone.localdate() - timedelta(days=days)
    return Sight.objects.create(employer=make_employer(), profile=make_candidate(), channel="list", day=day)


def note_on_person(days: int) -> PersonNote:
    """Twice as old: they are kept for two years."""
    at = timezone.now() - timedelta(days=2 * days)
    return PersonNote.objects.create(employer=make_employer(), profile=make_candidate(), text="Soigneuse.", at=at)


def note_on_learner(days: int) -> LearnerNote:
    """Twice as old: they are kept for two years."""
    at = timezone.now() - timedelta(days=2 * days)
    return LearnerNote.objects.create(learner=make_user(f"p{days}"), key=uuid4(), text="Reprend.", written_at=at)


def invited(days: int) -> Invitation:
    at = timezone.now() - timedelta(days=days)
    return Invitation.objects.create(employer=make_employer(), email=f"p{days}@example.org", sent_at=at)


def imported(days: int) -> ImportRun:
    run = check_import("Nom complet\nAwa Ndiaye\n", make_user(f"t{days}", "trainer"))
    set_age(run, created_at=timedelta(days=days))
    return run


def sign_in(days: int) -> SignIn:
    at = timezone.now() - timedelta(days=days)
    return SignIn.objects.create(user=make_user(f"p{days}"), seal="x", at=at)


OLD: dict[str, Callable[[int], Any] | None] = {
    "accounts.purge-sms-counts": old_count,
    "accounts.purge-data-use": data_used,
    "accounts.purge-cards": card,
    "accounts.purge-sign-ins": sign_in,
    "placement.purge-reading": read_person,
    "placement.purge-sights": sight,
    "placement.purge-notes": note_on_person,
    "courses.purge-notes": note_on_learner,
    "placement.purge-invitations": invited,
    "accounts.purge-exports": data_export,
    "accounts.purge-runs": imported,
    "accounts.purge-copies": None,  # files: below
    "house.purge-restores": None,  # files: below
}
"""One row of the age given, for each sweep that deletes."""


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, make in OLD.items() if make])
def test_what_is_old_is_deleted_and_what_is_young_is_kept(site, name):
    make = OLD[name]
    assert make
    old, young = make(400), make(1)
    sweeps.run(sweeps.SWEEPS[name])
    manager = type(old)._base_manager
    assert list(manager.values_list("pk", flat=True)) == [young.pk]
    assert sweeps.run(sweeps.SWEEPS[name]) <= 1


@pytest.mark.django_db
def test_rows_go_in_small_transactions():
    for day in range(12):
        SmsCount.objects.create(day=timezone.localdate() - timedelta(days=200 + day), scope="day")
    old_count(1)
    rows = SmsCount.objects.filter(day__lt=timezone.localdate() - timedelta(days=100))
    assert sweeps.delete_in_steps(rows, at_once=5) == 12
    assert SmsCount.objects.count() == 1


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    settings.DATA_DIR, settings.EMAIL_FILE_PATH = tmp_path, tmp_path / "mail"
    (tmp_path / "mail").mkdir()
    return tmp_path


def age_file(file: Path, days: int) -> None:
    at = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(file, (at, at))


def test_copies_of_e_mails_are_deleted(folder):
    for days in (1, 29, 31, 400):
        file = folder / "mail" / f"{days}.log"
        file.write_text("Bonjour")
        age_file(file, days)
    assert purging.purge_copies(timezone.now()) == 2
    assert sorted(file.name for file in (folder / "mail").iterdir()) == ["1.log", "29.log"]


def test_where_nothing_was_written_nothing_is_deleted(settings, tmp_path):
    settings.DATA_DIR, settings.EMAIL_FILE_PATH = tmp_path / "none", None
    assert purging.purge_copies(timezone.now()) == 0


def days_of(folder: Path, now: datetime) -> list[int]:
    found = []
    for name in ("sms.jsonl", "sms-earlier.jsonl"):
        if (folder / name).exists():
            found += [json.loads(line)["at"] for line in (folder / name).read_text().splitlines()]
    return sorted((now - datetime.fromisoformat(at)).days for at in found)


def test_copies_of_sms_are_kept_for_a_month_and_no_longer(folder, monkeypatch):
    """A message a day for half a year, and the sweep behind it."""
    message = OutboundMessage(address="+221771234567", body="123456")
    for day in range(180, -1, -1):
        now = timezone.now() - timedelta(days=day)
        monkeypatch.setattr(channels.timezone, "now", lambda now=now: now)
        channels.FileSmsChannel().send(message)
        monkeypatch.undo()
        os.utime(folder / "sms.jsonl", (now.timestamp(), now.timestamp()))
        purging.purge_copies(now)
        ages = days_of(folder, now)
        assert max(ages) <= purging.KEEP_COPIES.days
        assert min(ages) == 0 or day == 180 or len(ages) > 1
    assert len(days_of(folder, timezone.now())) >= purging.KEEP_COPIES.days / 2


def test_a_damaged_file_of_sms_goes_by_its_last_change(folder):
    file = folder / "sms.jsonl"
    file.write_bytes(b"\xff not a line\n")
    assert purging.purge_copies(timezone.now()) == 0
    age_file(file, 40)
    assert purging.purge_copies(timezone.now()) == 1
    purging.purge_copies(timezone.now())
    assert not (folder / "sms-earlier.jsonl").exists()


def test_what_restores_put_aside_goes_after_a_month(folder, settings, monkeypatch):
    settings.BACKUP_DIR = ""
    for days in (1, 29, 31):
        (folder / f".before-restore-{days}").mkdir()
        age_file(folder / f".before-restore-{days}", days)
    monkeypatch.setattr(restoring, "put_aside", lambda: sorted(folder.glob(".before-restore-*")))
    assert nightly.purge_leftovers(timezone.now()) == 1
    assert sorted(path.name for path in folder.glob(".before*")) == [".before-restore-1", ".before-restore-29"]


def test_files_of_runs_go_before_their_rows():
    assert runs.KEEP_FILES < runs.KEEP_ROWS
