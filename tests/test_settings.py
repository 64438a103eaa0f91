"""Production settings: clean under ``check --deploy``, and a wrong value is a sentence before the first request."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GOOD = {
    "DJANGO_SETTINGS_MODULE": "lms.settings.production",
    "SECRET_KEY": "kq8Zr3-Zs1pXw7Lm0Tc5Vb9Nd2Hf6Gy4Ja8Ue3Rk1Qo7Wi5Px9",
    "ALLOWED_HOSTS": "passerelle.example",
    "BASE_URL": "https://passerelle.example",
    "EMAIL_URL": "smtp://mail.passerelle.example:25",
    "TRUSTED_PROXY_COUNT": "1",
}


def check(tmp_path: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    environment = {**kept, "DATA_DIR": str(tmp_path), **GOOD, **changes}
    command = [sys.executable, "manage.py", "check", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_a_right_deployment_is_clean(tmp_path):
    done = check(tmp_path, "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


BAD = {
    "SECRET_KEY": "aaaa", "ALLOWED_HOSTS": "*", "BASE_URL": "http://elsewhere.example", "CSRF_TRUSTED_ORIGINS": "https://*",
}  # fmt: skip


def run(tmp_path: Path, *command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    environment = {
        **kept,
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3",
        **GOOD,
        **changes,
    }
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )


IN_TURN = """
import importlib, json, sys
import manage
for words in json.loads(sys.argv[1]):
    code = 0
    try:
        if words[0] == "import":
            importlib.import_module(words[1])
        else:
            sys.argv[:] = ["manage.py", *words]
            manage.main()
    except SystemExit as end:  # what Python itself makes of it when a process ends
        code = end.code if isinstance(end.code, int) else 1
        print("" if isinstance(end.code, int) else end.code, file=sys.stderr)
    for stream in (sys.stdout, sys.stderr):
        print("--- ended with", code, file=stream, flush=True)
"""


@dataclass(frozen=True)
class Ended:
    returncode: int
    stdout: str
    stderr: str


def in_turn(tmp_path: Path, *commands: list[str], **changes: str) -> list[Ended]:
    """Each command of ``manage.py`` (or ``import`` of a door) after the other in one process: a start is what costs."""
    done = run(tmp_path, "-c", IN_TURN, json.dumps(commands), **changes)
    out, err = (re.split(r"--- ended with (\d+)\n", text) for text in (done.stdout, done.stderr))
    assert len(out) == len(err) == 2 * len(commands) + 1, done.stderr
    return [Ended(int(code), told, wrong) for told, code, wrong in zip(out[::2], out[1::2], err[::2], strict=False)]


def refuses(door: str, done: Ended | subprocess.CompletedProcess[str]) -> None:
    assert done.returncode not in (0, None), door
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "BASE_URL", "CSRF_TRUSTED_ORIGINS"):
        assert name in done.stderr, (door, done.stderr)
    assert "token_urlsafe" in done.stderr, door  # the remedy
    assert "Traceback" not in done.stderr, door


@pytest.mark.parametrize("role", ["worker --concurrency 1", "beat --pidfile="])
def test_no_worker_starts_half_configured(tmp_path, role):
    refuses(role, run(tmp_path, "-m", "celery", "-q", "-A", "lms.celery", *role.split(), **BAD))


def test_no_door_opens_half_configured(tmp_path):
    doors = [["import", "lms.wsgi"], ["import", "lms.asgi"], ["start", "--prepare-only"], ["migrate"], ["setup_site"]]
    for door, done in zip(doors, in_turn(tmp_path, *doors, **BAD), strict=True):
        refuses(" ".join(door), done)


@pytest.mark.parametrize("changes", [BAD, {"SECRET_KEY": "", "ALLOWED_HOSTS": "", "BASE_URL": ""}], ids=["bad", "none"])
def test_what_helps_to_fix_still_runs(tmp_path, changes):
    commands = ["collectstatic", "--noinput", "--dry-run", "-v0"], ["doctor"], ["check"]
    collected, told, checked = in_turn(tmp_path, *commands, **changes)
    assert collected.returncode == 0
    assert told.returncode == 1
    assert all(name in told.stdout for name in ("SECRET_KEY", "ALLOWED_HOSTS", "BASE_URL")), told.stdout + told.stderr
    assert checked.returncode == 1
    assert "Traceback" not in checked.stderr


def test_a_secret_may_live_in_a_file(tmp_path):
    secret = tmp_path / "key"
    secret.write_text(GOOD["SECRET_KEY"])
    done = check(tmp_path, "--deploy", "--fail-level", "WARNING", SECRET_KEY_FILE=str(secret))
    assert done.returncode == 0, done.stderr


def test_without_a_mail_server_e_mails_are_files_to_read(tmp_path):
    code = "from django.core.mail import send_mail; send_mail('Bonjour', 'x', None, ['a@b.example'])"
    changes = {"DJANGO_SETTINGS_MODULE": "lms.settings.local", "DATA_DIR": str(tmp_path), "EMAIL_URL": ""}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **changes}, check=True)
    (mail,) = (tmp_path / "mail").iterdir()
    assert "Subject: Bonjour" in mail.read_text()
