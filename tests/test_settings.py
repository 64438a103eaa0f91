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


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"BASE_URL": "passerelle.example"}, "BASE_URL"),
        ({"BASE_URL": "http://passerelle.example"}, "BASE_URL"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
    ],
)
def test_a_wrong_value_is_explained(tmp_path, changes, words):
    done = check(tmp_path, "--deploy", "--fail-level", "WARNING", **changes)
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_secret_stops_the_start(tmp_path):
    done = check(tmp_path, SECRET_KEY="")
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr


def test_a_secret_may_live_in_a_file(tmp_path):
    secret = tmp_path / "key"
    secret.write_text(GOOD["SECRET_KEY"])
    done = check(tmp_path, "--deploy", "--fail-level", "WARNING", SECRET_KEY_FILE=str(secret))
    assert done.returncode == 0, done.stderr


def test_without_a_mail_server_mails_are_files_to_read(tmp_path):
    code = "from django.core.mail import send_mail; send_mail('Bonjour', 'x', None, ['a@b.example'])"
    changes = {"DJANGO_SETTINGS_MODULE": "lms.settings.local", "DATA_DIR": str(tmp_path), "EMAIL_URL": ""}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **changes}, check=True)
    (mail,) = (tmp_path / "mail").iterdir()
    assert "Subject: Bonjour" in mail.read_text()
