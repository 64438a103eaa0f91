"""The file of a backup: whatever is damaged or was made to harm is refused in a sentence, and changes nothing."""

import io
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as site_settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lms.lib.backups import archive, erasures, keys, making, nightly, postgres, restoring, running, tables
from lms.lib.backups.archive import BackupError, Manifest
from lms.lib.checkup import Level
from lms.lib.doctor.backups import backup as doctors_opinion
from lms.lib.models import BackupRecord
from lms.lib.schema_versions import migrations_of_the_code
from tests.factories.people import make_user


def manifest_of(database: Path) -> Manifest:
    key, older = keys.ours()
    return Manifest(
        made_at="2026-11-29T02:00:00+00:00", site="https://passerelle.example", version="1", commit="", vendor="sqlite",
        database_version="3.53.4", migrations=sorted(migrations_of_the_code()[0]), key=key, older_keys=older,
        tables=tables.of_sqlite(database),
    )  # fmt: skip


def write_backup(folder: Path, name: str = "good.zip") -> Path:
    database, path = folder / "rows.sqlite3", folder / name
    database.unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as file:
        file.executescript("CREATE TABLE people (id, name); INSERT INTO people VALUES (1, 'Awa'), (2, 'Inès')")
    writer = archive.Writer(path)
    writer.add("database.sqlite3", io.BytesIO(database.read_bytes()), packed=True)
    writer.add("media/images/a.jpg", io.BytesIO(b"picture" * 50), packed=False)
    writer.add("private/certificates/2026/11/c.pdf", io.BytesIO(b"%PDF" * 50), packed=False)
    writer.finish(manifest_of(database))
    return path


@pytest.fixture(scope="module")
def good(tmp_path_factory) -> Path:
    return write_backup(tmp_path_factory.mktemp("backups"))


def test_a_whole_backup_is_whole(good):
    lines: list[str] = []
    manifest = restoring.check(good, say=lines.append)
    assert manifest.rows == 2
    assert "sound" in " ".join(lines)
    assert stat.S_IMODE(good.stat().st_mode) == 0o600


@given(data=st.data())
def test_no_flipped_byte_stays_unseen(good, tmp_path_factory, data):
    whole = good.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    flipped = bytearray(whole)
    flipped[place] ^= data.draw(st.integers(1, 255))
    path = tmp_path_factory.mktemp("flipped") / "x.zip"
    path.write_bytes(flipped)
    with pytest.raises(BackupError):
        restoring.check(path)


@given(share=st.floats(0, 0.9999), more=st.binary(max_size=3))
def test_no_cut_and_no_addition_stays_unseen(good, tmp_path_factory, share, more):
    whole = good.read_bytes()
    for text in (whole[: int(len(whole) * share)], whole + b"x" + more, more + b"x" + whole):
        path = tmp_path_factory.mktemp("cut") / "x.zip"
        path.write_bytes(text)
        with pytest.raises(BackupError):
            restoring.check(path)


# --- made to harm: the sum is right, the rest is not

Members = list[tuple[zipfile.ZipInfo, bytes]]


def taken_apart(path: Path) -> Members:
    with zipfile.ZipFile(path) as file:
        return [(info, file.read(info)) for info in file.infolist()]


def put_together(path: Path, members: Members) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        file.comment = b"sha256:" + b"0" * 64
        for info, text in members:
            fresh = archive.member(info.filename, packed=info.compress_type != zipfile.ZIP_STORED)
            fresh.external_attr, fresh.compress_type = info.external_attr, info.compress_type
            file.writestr(fresh, text)
    archive.seal(path)
    return path


def with_manifest(members: Members, change: Callable[[dict], None]) -> Members:
    changed = []
    for info, text in members:
        if info.filename == archive.MANIFEST:
            read = json.loads(text)
            change(read)
            changed.append((info, json.dumps(read).encode()))
        else:
            changed.append((info, text))
    return changed


def listed(members: Members, name: str, text: bytes, mode: int = stat.S_IFREG | 0o600) -> Members:
    """With one member more, which the manifest knows."""
    info = archive.member(name, packed=False)
    info.external_attr = mode << 16
    entry = [len(text), archive.hashlib.sha256(text).hexdigest()]
    return [(info, text), *with_manifest(members, lambda read: read["files"].update({name: entry}))]


def without(members: Members, name: str) -> Members:
    return [one for one in members if one[0].filename != name]


def renamed(members: Members, name: str, text: bytes) -> Members:
    return [(info, text if info.filename == name else old) for info, old in members]


def packed_otherwise(members: Members) -> Members:
    for info, _text in members:
        if info.filename.startswith("media/"):
            info.compress_type = zipfile.ZIP_BZIP2
    return members


def other_rows(members: Members) -> Members:
    return with_manifest(members, lambda read: read["tables"].update(people=[3, "0"]))


UNSAFE = [
    "../outside", "/etc/passwd", "media/../../outside", "media/a/../../b", "media//a", "media/./a", "media/",
    "media\\..\\a", "media/a\x01b", "elsewhere/a", "media/.hidden", "database.sqlite3/..", "media",
    "media/" + "x" * 300, "private/..", "C:/a", "keys.json/a",
]  # fmt: skip
HARMFUL: dict[str, Callable[[Members], Members]] = {
    **{f"path {name[:20]!r}": lambda members, name=name: listed(members, name, b"x") for name in UNSAFE},
    "symbolic link": lambda members: listed(members, "media/link", b"/etc/passwd", stat.S_IFLNK | 0o777),
    "device": lambda members: listed(members, "media/device", b"", stat.S_IFCHR | 0o600),
    "folder": lambda members: listed(members, "media/folder/", b""),
    "a member that is not listed": lambda members: [(archive.member("media/x", packed=False), b"x"), *members],
    "a missing picture": lambda members: without(members, "media/images/a.jpg"),
    "a missing database": lambda members: without(members, "database.sqlite3"),
    "no manifest": lambda members: without(members, archive.MANIFEST),
    "another picture": lambda members: renamed(members, "media/images/a.jpg", b"xicture" * 50),
    "a longer picture": lambda members: renamed(members, "media/images/a.jpg", b"picture" * 51),
    "a manifest that is no JSON": lambda members: renamed(members, archive.MANIFEST, b"{"),
    "a manifest that is nested without end": lambda members: renamed(members, archive.MANIFEST, b"[" * 100_000),
    "a manifest that is a list": lambda members: renamed(members, archive.MANIFEST, b"[]"),
    "a manifest without migrations": lambda m: with_manifest(m, lambda read: read.pop("migrations")),
    "migrations that are numbers": lambda m: with_manifest(m, lambda read: read.update(migrations=[1])),
    "files that are a list": lambda m: with_manifest(m, lambda read: read.update(files=[])),
    "a negative size": lambda m: with_manifest(m, lambda read: read["files"].update({"media/images/a.jpg": [-1, "0"]})),
    "a hash that is SQL": lambda m: with_manifest(m, lambda read: read["tables"].update(people=[2, "'; DROP"])),
    "an unknown database": lambda m: with_manifest(m, lambda read: read.update(vendor="oracle")),
    "a newer format": lambda m: with_manifest(m, lambda read: read.update(format=2)),
    "other rows than it says": other_rows,
    "a database that is none": lambda m: [
        *listed(without(m, "database.sqlite3"), "database.sqlite3", b"no database" * 100)
    ],
    "packed by another program": packed_otherwise,
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", [*HARMFUL, "one name twice"])
def test_what_was_made_to_harm_is_refused(good, tmp_path, kind):
    change = HARMFUL.get(kind, lambda members: [members[1], *members])
    path = put_together(tmp_path / "x.zip", change(taken_apart(good)))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(BackupError) as refused:
        restoring.check(path)
    assert len(str(refused.value)) > 20
    assert sorted(tmp_path.rglob("*")) == before


def test_what_is_put_together_unchanged_is_taken(good, tmp_path):
    """Else the table above proves nothing."""
    assert restoring.check(put_together(tmp_path / "x.zip", taken_apart(good))).rows == 2


def test_files_that_lie_over_each_other_are_a_trap(good, tmp_path):
    """As in a zip bomb that says one text a thousand times."""
    members = taken_apart(good)
    path = put_together(tmp_path / "x.zip", listed(members, "media/big", b"\0" * 300_000))
    with archive.zipfile.ZipFile(path) as file:
        big = next(info for info in file.infolist() if info.filename == "media/big")
        copies = [SimpleNamespace(**{name: getattr(big, name) for name in big.__slots__ if hasattr(big, name)})
                  for _each in range(9)]  # fmt: skip
        names = [f"media/{number}" for number in range(9)]
        for copy, name in zip(copies, names, strict=True):
            copy.filename, copy.is_dir = name, lambda: False
        manifest = archive.read_manifest(file)
        manifest.files |= {name: [300_000, manifest.files["media/big"][1]] for name in names}
        lying = SimpleNamespace(infolist=lambda: [*file.infolist(), *copies])
        with pytest.raises(BackupError, match="over each other"):
            archive.check_members(lying, manifest, path.stat().st_size)


def test_what_would_fill_the_disk_is_refused_before_it_is_unpacked(good, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=1000, total=10**9, used=10**9))
    with pytest.raises(BackupError, match="Not enough room"):
        restoring.check(good)


def test_a_file_that_is_longer_than_it_says_is_not_written_to_its_end(good):
    with archive.opened(good) as (file, manifest):
        manifest.files["media/images/a.jpg"][0] = 10
        target = io.BytesIO()
        with pytest.raises(BackupError):
            archive.unpack(file, manifest, "media/images/a.jpg", target)
    assert len(target.getvalue()) == 0


@pytest.mark.parametrize("name", ["no.zip", "."])
def test_where_there_is_no_file_it_says_so(tmp_path, name):
    with pytest.raises(BackupError, match="no file"):
        restoring.check(tmp_path / name)


def test_check_needs_no_site(good, tmp_path):
    """No database, no key, nothing is made."""
    known = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    environment = {**known, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "DATA_DIR": str(tmp_path / "none"),
                   "DJANGO_SETTINGS_MODULE": "lms.settings.production"}  # fmt: skip
    done = subprocess.run([sys.executable, "manage.py", "restore", "--check", str(good)], cwd=site_settings.BASE_DIR,
                          env=environment, capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "whole" in done.stdout


# --- a site of this process

THEN = datetime(2026, 11, 29, 2, tzinfo=UTC)


@pytest.fixture
def folders(settings, tmp_path, monkeypatch) -> Path:
    for name in ("media", "private"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(storages["default"], "_location", str(tmp_path / "media"), raising=False)
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {"BACKEND": "lms.lib.durable.DurableFiles",
                    "OPTIONS": {"location": str(tmp_path / "private"), "base_url": None}},
    }  # fmt: skip
    settings.BACKUP_DIR = str(tmp_path / "backups")
    (tmp_path / "backups").mkdir()
    return tmp_path


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


class TestRefusals:
    """What the archive cannot say: does it belong here?"""

    @pytest.fixture
    def manifest(self, good, db, monkeypatch) -> Manifest:
        with archive.opened(good) as (_file, manifest):
            pass
        monkeypatch.setattr(restoring, "refuse_running", lambda: None)
        monkeypatch.setattr(restoring.connection, "vendor", "sqlite")
        return manifest

    def refused(self, manifest: Manifest, **choices: object) -> str:
        with pytest.raises(BackupError) as error:
            restoring.refuse_unfit(manifest, restoring.Choices(**choices))
        return str(error.value)

    def test_another_database(self, manifest):
        manifest.vendor = "postgresql"
        assert "move_to_postgresql" in self.refused(manifest)

    def test_a_newer_version(self, manifest):
        manifest.migrations.append("courses.9999_future")
        assert "newer version" in self.refused(manifest)

    def test_an_older_version(self, manifest):
        manifest.migrations = [name for name in manifest.migrations if "house.0002" not in name]
        assert "older version" in self.refused(manifest)

    def test_what_an_app_left_in_the_list_that_is_gone(self, manifest):
        manifest.migrations.append("gone.0001_initial")
        assert "not empty" not in self.refused(manifest, replace="yes")

    def test_another_key(self, manifest):
        manifest.key = "other"
        assert "--without-keys" in self.refused(manifest)

    def test_an_older_key_that_is_missing(self, manifest):
        manifest.older_keys = [keys.fingerprint("x" * 50)]
        assert "SECRET_KEY_FALLBACKS" in self.refused(manifest)

    def test_a_key_that_is_an_older_one_here(self, manifest, settings):
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "y" * 60, [settings.SECRET_KEY]
        make_user("awa")
        assert "not empty" in self.refused(manifest)

    def test_a_site_with_people(self, manifest):
        make_user("awa")
        assert "1 accounts" in self.refused(manifest)

    def test_a_site_with_files_only(self, manifest, folders):
        storages["private"].save("runs/x.csv", ContentFile(b"x"))
        assert "private" in self.refused(manifest)

    def test_half_a_word(self, manifest):
        assert "everything" in self.refused(manifest, replace="yes")

    def test_a_full_disk(self, manifest, folders, monkeypatch):
        monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=10, total=10**9, used=10**9))
        assert "Not enough room" in self.refused(manifest)


def test_what_fails_on_the_way_puts_everything_back(good, folders, monkeypatch):
    """The database does not go in: files are as they were."""
    storages["private"].save("certificates/old.pdf", ContentFile(b"old"))
    storages["default"].save("images/old.jpg", ContentFile(b"old"))
    before = everything_in(folders)

    def fail(copy: Path, manifest: Manifest) -> None:
        assert (folders / "private" / "certificates" / "2026" / "11" / "c.pdf").exists()  # it got that far
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(restoring, "put_database", fail)
    monkeypatch.setattr(restoring, "refuse_unfit", lambda manifest, choices: None)
    monkeypatch.setattr(restoring, "place_of_database", lambda manifest: folders)
    with pytest.raises(BackupError, match="No room"):
        restoring.restore(good, restoring.Choices())
    assert everything_in(folders) == before
    assert sorted(path.name for path in folders.iterdir()) == ["backups", "media", "private"]


def test_a_damaged_backup_changes_nothing(good, folders, tmp_path_factory, db):
    storages["private"].save("certificates/old.pdf", ContentFile(b"old"))
    before = everything_in(folders)
    bad = put_together(tmp_path_factory.mktemp("bad") / "x.zip", HARMFUL["another picture"](taken_apart(good)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(restoring, "refuse_unfit", lambda manifest, choices: None)
        patch.setattr(restoring, "place_of_database", lambda manifest: folders)
        with pytest.raises(BackupError, match="not what the manifest says"):
            restoring.restore(bad, restoring.Choices())
    assert everything_in(folders) == before


# --- making


def test_a_backup_overwrites_nothing(tmp_path):
    for kind in ("file", "link"):
        path = tmp_path / kind
        path.write_text("mine") if kind == "file" else path.symlink_to("nowhere")
        with pytest.raises(BackupError, match="exists already"):
            making.make(path)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BackupError, match="no folder"):
        making.make(tmp_path / "none" / "x.zip")


def fails(*_args: object, **_rest: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("where", ["lms.lib.backups.making.add_files", "lms.lib.backups.making.place",
                                   "lms.lib.backups.archive.seal", "lms.lib.backups.archive.Writer.add"])  # fmt: skip
def test_a_full_disk_leaves_nothing_half(folders, monkeypatch, where, db):
    monkeypatch.setattr(making, "add_database", lambda writer, manifest, folder, say: writer.add(
        manifest.database, io.BytesIO(b"x"), packed=True))  # fmt: skip
    monkeypatch.setattr(where, fails)
    with pytest.raises(BackupError, match="No space left"):
        making.make(folders / "backups" / "x.zip")
    assert list((folders / "backups").iterdir()) == []


def test_what_a_killed_backup_left_goes_with_the_next(tmp_path):
    (tmp_path / ".backup-dead").mkdir()
    (tmp_path / ".backup-dead" / "archive").write_text("half")
    with making.workplace(tmp_path) as alive:
        assert making.unfinished(tmp_path) == [tmp_path / ".backup-dead"]
        assert making.remove_unfinished(tmp_path) == 1
        assert alive.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_a_missing_program_is_named_with_the_line_to_type(monkeypatch, tmp_path):
    monkeypatch.setattr(postgres, "INSTALLED", tmp_path)
    monkeypatch.setattr(postgres.shutil, "which", lambda name: None)
    with pytest.raises(BackupError, match="postgresql-client-15"):
        postgres.program("pg_dump", 15)
    (tmp_path / "14" / "bin").mkdir(parents=True)
    (tmp_path / "14" / "bin" / "pg_dump").touch()
    with pytest.raises(BackupError, match="only version 14"):
        postgres.program("pg_dump", 15)
    (tmp_path / "17" / "bin").mkdir(parents=True)
    (tmp_path / "17" / "bin" / "pg_dump").touch()
    assert postgres.program("pg_dump", 15).parts[-3] == "17"


def test_names_beginning_with_a_dot_and_links_are_left_out(folders):
    storages["private"].save("certificates/a.pdf", ContentFile(b"x"))
    (folders / "private" / ".doctor-x").write_text("x")
    (folders / "private" / ".before-restore-1").mkdir()
    (folders / "private" / ".before-restore-1" / "old.pdf").write_text("x")
    (folders / "private" / "link").symlink_to("/etc/passwd")
    assert list(making.names_in(storages["private"])) == ["certificates/a.pdf"]


def test_hashes_know_every_value_and_no_order(tmp_path):
    def made(name: str, *rows: tuple) -> tables.Tables:
        path = tmp_path / name
        with closing(sqlite3.connect(path)) as file, file:
            file.execute('CREATE TABLE "a ""b" (x, y)')
            file.executemany('INSERT INTO "a ""b" VALUES (?, ?)', rows)
        return tables.of_sqlite(path)

    first = made("1", (1, "é"), (None, b"\x00"))
    assert made("2", (None, b"\x00"), (1, "é")) == first
    for number, rows in enumerate([[(1, "e"), (None, b"\x00")], [(1, "é")], [(1, "é"), ("", b"\x00")]]):
        assert tables.differences(first, made(f"other{number}", *rows))


# --- every night

times = st.lists(
    st.integers(0, 800 * 24).map(lambda hours: THEN - timedelta(hours=hours)), min_size=1, max_size=120, unique=True
)


@given(found=times)
def test_the_newest_of_seven_days_four_weeks_and_six_months_stay(found):
    kept = nightly.to_keep(found)
    assert max(found) in kept
    assert len(kept) <= 7 + 4 + 6
    for count, period in nightly.KEPT:
        newest = sorted({period(at) for at in found}, reverse=True)[:count]
        assert {period(at) for at in kept} >= set(newest)
    assert nightly.to_keep(kept) == kept  # the next night deletes nothing more


def test_a_year_of_nights_leaves_about_fifteen():
    kept: set[datetime] = set()
    for day in range(365):
        kept = nightly.to_keep({*kept, THEN + timedelta(days=day)})
    assert 13 <= len(kept) <= 17
    assert min(kept) < THEN + timedelta(days=365 - 150)


def test_only_our_own_names_are_deleted(tmp_path):
    for day in range(40):
        (tmp_path / nightly.name_of(THEN - timedelta(days=day))).touch()
    for name in ("monday.zip", "passerelle-x.zip", "passerelle-20260101T000000Z.zip.part"):
        (tmp_path / name).touch()
    old = nightly.too_old(tmp_path)
    assert 25 <= len(old) <= 30
    assert all(path.name.startswith("passerelle-20261") for path in old)


@pytest.mark.django_db
class TestNights:
    @pytest.fixture(autouse=True)
    def started(self, monkeypatch) -> list[object]:
        calls: list[object] = []
        monkeypatch.setattr(nightly.subprocess, "Popen", lambda command, **rest: calls.append(command))
        return calls

    def at(self, hour: int) -> datetime:
        return timezone.localtime(THEN).replace(hour=hour)

    def test_from_two_o_clock_on_once(self, folders, started):
        assert not nightly.start_one(self.at(1))
        assert nightly.start_one(self.at(2))
        BackupRecord.objects.create(at=self.at(2), is_nightly=True)
        assert not nightly.start_one(self.at(5))
        assert nightly.start_one(self.at(3) + timedelta(days=1))
        assert len(started) == 2

    def test_what_failed_is_tried_again_after_an_hour(self, folders, started):
        BackupRecord.objects.create(at=self.at(2), is_nightly=True, error="full")
        assert not nightly.start_one(self.at(2) + timedelta(minutes=20))
        assert nightly.start_one(self.at(3))

    def test_one_by_hand_replaces_none(self, folders, started):
        BackupRecord.objects.create(at=self.at(2))
        assert nightly.start_one(self.at(3))

    def test_without_a_folder_there_is_none(self, settings, started):
        settings.BACKUP_DIR = ""
        assert not nightly.start_one(self.at(3))

    def test_a_folder_that_is_away_is_a_failure_that_doctor_tells(self, folders, settings):
        settings.BACKUP_DIR = str(folders / "away")
        with pytest.raises(BackupError, match="no such folder"):
            nightly.make_one()
        (found,) = [one for one in doctors_opinion() if one.level == Level.RED]
        assert "no such folder" in found.text

    def test_one_that_cannot_be_read_back_is_no_backup(self, folders, good, monkeypatch):
        monkeypatch.setattr(making, "make", lambda file, say: file.write_bytes(good.read_bytes()[:-5]))
        with pytest.raises(BackupError):
            nightly.make_one()
        assert nightly.nights(folders / "backups") == {}
        assert BackupRecord.objects.get().error

    def test_a_good_one_is_recorded_and_the_old_ones_go(self, folders, good, monkeypatch):
        for day in range(1, 30):
            (folders / "backups" / nightly.name_of(timezone.now() - timedelta(days=day))).touch()
        monkeypatch.setattr(making, "make", lambda file, say: file.write_bytes(good.read_bytes()))
        path = nightly.make_one()
        assert path
        assert path.exists()
        assert len(nightly.nights(folders / "backups")) < 20
        assert BackupRecord.objects.get().rows == 2

    def test_old_records_are_forgotten(self, monkeypatch):
        monkeypatch.setattr(nightly, "RECORDS", 3)
        for day in range(6):
            BackupRecord.objects.create(at=THEN + timedelta(days=day))
        nightly.forget_old_records()
        assert BackupRecord.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("folder", "hours", "level"),
    [("x", 2, Level.GREEN), ("x", 40, Level.AMBER), ("x", 80, Level.RED), ("", 100, Level.GREEN),
     ("", 24 * 10, Level.AMBER), ("", 24 * 40, Level.RED), ("", None, Level.AMBER)],
)  # fmt: skip
def test_doctor_says_how_old_the_last_one_is(settings, folder, hours, level):
    settings.BACKUP_DIR = folder
    if hours is not None:
        BackupRecord.objects.create(at=timezone.now() - timedelta(hours=hours), file="monday.zip", size=2**20)
    (found,) = doctors_opinion()
    assert found.level == level
    assert hours is None or "monday.zip" in found.text


# --- erased stays erased


def test_a_ledger_names_nobody_and_survives_a_cut_line(folders):
    erasures.note("merged account", erasures.hash_of(12, "2026-01-01"))
    for path in erasures.ledgers():
        with path.open("a") as file:
            file.write('{"at": "2026-')
    found = erasures.since(timezone.now() - timedelta(minutes=1))
    assert found == {"merged account": {erasures.hash_of(12, "2026-01-01")}}
    assert erasures.since(timezone.now() + timedelta(minutes=1)) == {}
    assert len(erasures.ledgers()) == 2


def test_a_ledger_on_a_disk_that_is_away_stops_nobody(folders, settings):
    settings.BACKUP_DIR = str(folders / "away")
    erasures.note("merged account", "x")
    assert erasures.since(timezone.now() - timedelta(minutes=1))


# --- what runs


def test_a_process_that_holds_the_database_is_found(tmp_path):
    path = tmp_path / "x.sqlite3"
    code = f"import sqlite3, sys; c = sqlite3.connect({str(path)!r}); c.execute('create table t(x)')"
    code += "; print('ok', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as other:  # fmt: skip
        assert other.stdout
        other.stdout.readline()
        assert running.processes_with_open(path) == [other.pid]
        assert other.stdin
        other.stdin.close()
    assert running.processes_with_open(path) == []


def test_a_number_that_is_another_process_now_is_no_supervisor(folders):
    (folders / "supervisord.pid").write_text(str(os.getpid()))
    assert running.supervisor() is None


def test_a_manifest_holds_what_it_is_given():
    assert asdict(archive.manifest_from(asdict(Manifest("a", "b", "c", "d", "sqlite", "f", [], "h", [])))).keys()
