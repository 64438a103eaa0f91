"""Nobody else on the machine reads what the site keeps, whatever mask its processes were started with."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import translation

from lms.lib.checkup import Level
from lms.lib.doctor.machine import rights
from lms.lib.file_permissions import close_to_others
from lms.lib.management.commands.start import static_fingerprint

WRITES = """
import lms, django, os
django.setup()
from django.conf import settings
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.mail import send_mail
from lms.accounts.channels import FileSmsChannel
from lms.accounts.models import OutboundMessage
from lms.accounts.tasks import heartbeat
caches["shared"].set("a", "b"); caches["shared"].add("c", "d")
storages["default"].save("media/x.mp3", ContentFile(b"x"))
storages["private"].save("certificates/2026/01/x.pdf", ContentFile(b"x"))
send_mail("x", "x", None, ["awa@example.org"])
FileSmsChannel().send(OutboundMessage(address="+221770000001", body="x"))
heartbeat.delay("default")
"""


def environment(folder: Path) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "EMAIL_URL"}}
    return {**known, "DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "lms.settings.local", "WEB_WORKERS": "1"}


def run(folder: Path, *command: str) -> None:
    subprocess.run(
        [sys.executable, *command], cwd=settings.BASE_DIR, env=environment(folder), umask=0o022, check=True,
        capture_output=True,
    )  # fmt: skip


def opened(folder: Path) -> list[str]:
    """Everything there but static files, by the file system's own word."""
    found = [folder, *(path for path in folder.rglob("*") if "static" not in path.relative_to(folder).parts)]
    return [
        f"{path.relative_to(folder)} {oct(stat.S_IMODE(path.lstat().st_mode))}"
        for path in found
        if not path.is_symlink() and path.exists() and path.lstat().st_mode & 0o077 and not path.is_socket()
    ]


def old_installation(folder: Path) -> None:
    """As versions before left it."""
    for name in ("cache/a.djcache", "mail/x.log", "sms.jsonl", "media/images/x.avif", "private/x.pdf", "secret_key",
                 "broker/queue/x.msg"):  # fmt: skip
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x" * 60)
        file.chmod(0o644)
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def with_database(folder: Path) -> None:
    """Migrated, and with its static files: what a second start finds."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(folder / "passerelle.sqlite3")])
    (folder / "passerelle.sqlite3").chmod(0o644)
    with_static_files(folder)


def with_static_files(folder: Path) -> None:
    """They count as collected: nobody looks at these pages."""
    (folder / "static").mkdir()
    (folder / "static" / ".fingerprint").write_text(static_fingerprint())


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_a_site_started_under_a_wide_mask_keeps_everything_to_itself(tmp_path):
    """Web server, worker, beat and supervisor for real, on the folder of an old installation."""
    folder, port = tmp_path / "data", free_port()
    old_installation(folder)
    with_database(folder)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "start"], cwd=settings.BASE_DIR, umask=0o022,
        env={**environment(folder), "PORT": str(port), "HOST": "127.0.0.1"}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(600):
            time.sleep(0.2)
            assert process.poll() is None
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5).close()
                break
            except OSError:
                continue
        else:
            pytest.fail("the site did not start")
        run(folder, "-c", WRITES)
        assert (folder / "supervisord.pid").exists()
        assert (folder / "passerelle.sqlite3-wal").exists()
        assert not opened(folder)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(120)


@pytest.mark.django_db
def test_start_closes_what_was_open(settings, tmp_path):
    old_installation(tmp_path)
    settings.DATA_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    assert opened(tmp_path)
    call_command("start", prepare_only=True)
    assert not opened(tmp_path)


def test_doctor_is_red_while_others_read(settings, tmp_path):
    old_installation(tmp_path)
    settings.DATA_DIR = tmp_path
    with translation.override("en"):
        (finding,) = rights()
        assert finding.level == Level.RED
        assert f"chmod -R go= {tmp_path}" in finding.remedy
        assert close_to_others(tmp_path)
        assert [one.level for one in rights()] == [Level.GREEN]


def test_links_lead_nowhere(tmp_path):
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    inside.mkdir(mode=0o700)
    outside.write_text("x")
    outside.chmod(0o644)
    (inside / "link").symlink_to(outside)
    assert close_to_others(inside) == 0
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644


@pytest.mark.parametrize("module", ["lms.wsgi", "lms.asgi", "lms.celery", "lms.settings.production"])
def test_every_door_sets_the_mask(module):
    script = f"import os\ntry:\n    import {module}\nexcept Exception: pass\nprint(oct(os.umask(0)))"
    command = [sys.executable, "-c", script]
    known = {**os.environ, "DJANGO_SETTINGS_MODULE": "lms.settings.test"}
    found = subprocess.run(command, cwd=settings.BASE_DIR, env=known, umask=0o022, capture_output=True, text=True)
    assert found.stdout.strip() == "0o77"
