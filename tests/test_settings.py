"""Production settings: clean under ``check --deploy``, and a wrong value is a sentence before the first request."""

import os
import subprocess
import sys
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


@pytest.mark.parametrize(
    "command",
    [
        ["-c", "import lms.wsgi"],
        ["-c", "import lms.asgi"],
        ["-m", "celery", "-q", "-A", "lms.celery", "worker", "--concurrency", "1"],
        ["-m", "celery", "-q", "-A", "lms.celery", "beat", "--pidfile="],
        ["manage.py", "start", "--prepare-only"],
        ["manage.py", "migrate"],
        ["manage.py", "setup_site"],
    ],
    ids=lambda command: " ".join(command[-3:]),
)
def test_no_door_opens_half_configured(tmp_path, command):
    done = run(tmp_path, *command, **BAD)
    assert done.returncode not in (0, None)
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "BASE_URL", "CSRF_TRUSTED_ORIGINS"):
        assert name in done.stderr, done.stderr
    assert "token_urlsafe" in done.stderr  # the remedy
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("changes", [BAD, {"SECRET_KEY": "", "ALLOWED_HOSTS": "", "BASE_URL": ""}], ids=["bad", "none"])
def test_what_helps_to_fix_still_runs(tmp_path, changes):
    assert run(tmp_path, "manage.py", "collectstatic", "--noinput", "--dry-run", **changes).returncode == 0
    told = run(tmp_path, "manage.py", "doctor", **changes)
    assert told.returncode == 1
    assert all(name in told.stdout for name in ("SECRET_KEY", "ALLOWED_HOSTS", "BASE_URL")), told.stdout + told.stderr
    checked = run(tmp_path, "manage.py", "check", **changes)
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
