"""The restore drill: docs/operations/backup-and-restore.md, command by command, from a site with people to an empty
folder; then everything is compared, a certificate is checked by its code, and somebody signs in.
"""

import hashlib
import html
import http.client
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from bench.installation import free_port, wait_for
from lms.lib.backups import tables
from tests.conftest import ROOT
from tests.database import migrated_file, migrations_fingerprint

pytestmark = pytest.mark.xdist_group("drill")
PAGE = ROOT / "docs" / "operations" / "backup-and-restore.md"
HOST = "passerelle.example"
KEY = "kq8Zr3-Zs1pXw7Lm0Tc5Vb9Nd2Hf6Gy4Ja8Ue3Rk1Qo7Wi5Px9"
KNOWN = ("LANG", "LD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE")
OF_THE_MOMENT = {"django_session", "house_backuprecord", "house_failedrow", "accounts_heartbeat"}
"""Tables that are different on purpose, or as soon as anything runs."""


def commands_of(page: Path) -> dict[str, list[str]]:
    """Heading -> the commands below it, as they are written."""
    found: dict[str, list[str]] = {}
    for section in page.read_text().split("\n## ")[1:]:
        blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
        found[section.partition("\n")[0]] = [line for block in blocks for line in block.splitlines()]
    return found


class Drill:
    """A shell on a machine where ``/backups`` and the others are folders of this test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.page = folder, free_port(), commands_of(PAGE)
        self.ran: list[str] = []
        self.databases: list[str] = []
        for name in ("backups", "safe", "old"):
            (folder / name).mkdir()
        (folder / "safe" / "secret_key").write_text(KEY)
        self.environment = {
            **{name: os.environ[name] for name in KNOWN if name in os.environ},
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DJANGO_SETTINGS_MODULE": "lms.settings.production", "ALLOWED_HOSTS": HOST, "BASE_URL": f"https://{HOST}",
            "EMAIL_URL": "smtp://127.0.0.1:9", "TRUSTED_PROXY_COUNT": "1", "PORT": str(self.port), "WEB_WORKERS": "1",
            "SECRET_KEY": KEY, "LOG_LEVEL": "ERROR",
        }  # fmt: skip
        self.server = os.environ.get("DATABASE_URL", "") if connection.vendor == "postgresql" else ""
        self.move_to("old")

    def move_to(self, name: str) -> None:
        """Another machine: its own data folder, and on PostgreSQL its own database."""
        self.environment["DATA_DIR"] = str(self.folder / name)
        if self.server:
            self.name = f"drill_{name}_{self.port}"
            self.databases.append(self.name)
            self.environment["DATABASE_URL"] = urlunsplit(urlsplit(self.server)._replace(path=f"/{self.name}"))
            parts = urlsplit(self.server)
            self.environment |= {
                "PGHOST": str(parts.hostname),
                "PGPORT": str(parts.port),
                "PGUSER": str(parts.username),
            }

    def here(self, command: str) -> str:
        """The command with the names of this machine instead of those of the page."""
        command = command.replace("/var/lib/passerelle", self.environment["DATA_DIR"])
        command = command.replace("/backups", str(self.folder / "backups")).replace("/safe", str(self.folder / "safe"))
        command = command.replace(":8000", f":{self.port}")
        return re.sub(r"^createdb passerelle$", f"createdb {getattr(self, 'name', '')}", command)

    def run(self, *commands: str, fails: bool = False, **changes: str) -> str:
        script = "\n".join(self.here(command) for command in commands)
        environment = {**self.environment, **changes}
        done = subprocess.run(["bash", "-ec", script], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert bool(done.returncode) == fails, f"{script}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        self.ran += commands
        return done.stdout + done.stderr

    def section(self, title: str, **changes: str) -> str:
        return self.run(*self.page[title], **changes)

    def administer(self, statement: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as server:
            server.execute(statement)

    def found(self) -> tuple[tables.Tables, dict[str, str]]:
        """Rows and hashes of the tables of the site, and hashes of its files."""
        folder = Path(self.environment["DATA_DIR"])
        if self.server:
            with psycopg.connect(self.environment["DATABASE_URL"]) as database:
                rows = tables.of_postgres(database.cursor())
        else:
            copy = self.folder / "copy.sqlite3"
            copy.unlink(missing_ok=True)
            with open_sqlite(folder / "passerelle.sqlite3") as source, open_sqlite(copy) as target:
                source.backup(target)
            rows = tables.of_sqlite(copy)
        files = {
            str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for kind in ("media", "private")
            for path in sorted((folder / kind).rglob("*"))
            if path.is_file() and ".before-restore-" not in str(path)
        }
        return {name: value for name, value in rows.items() if name not in OF_THE_MOMENT}, files

    # --- the running site

    def start(self) -> None:
        command = "python manage.py start"
        self.main = subprocess.Popen(["bash", "-ec", f"exec {command}"], cwd=ROOT, env=self.environment,
                                     stdout=subprocess.DEVNULL)  # fmt: skip
        self.ran.append(command)
        wait_for(lambda: self.ask("/livez")[0] == 200, seconds=180, what="the site")

    def stop(self) -> None:
        if getattr(self, "main", None) is not None and self.main.poll() is None:
            self.main.send_signal(signal.SIGTERM)
            self.main.wait(90)

    def ask(self, path: str, *, data: dict | None = None, cookies: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and text; the cookies that were set are put into ``cookies``."""
        cookies = {} if cookies is None else cookies
        headers = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7",
                   "Referer": f"https://{HOST}/", "Content-Type": "application/x-www-form-urlencoded",
                   "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}  # fmt: skip
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            asked.request("POST" if data else "GET", path, urlencode(data or {}) if data else None, headers)
            answer = asked.getresponse()
            for line in answer.msg.get_all("Set-Cookie") or []:
                name, _sign, value = line.partition(";")[0].partition("=")
                cookies[name] = value
            return answer.status, answer.read().decode(errors="replace")
        except OSError:
            return 0, ""
        finally:
            asked.close()


def open_sqlite(path: Path) -> "closing[sqlite3.Connection]":
    return closing(sqlite3.connect(path))


@pytest.fixture
def drill(tmp_path, django_db_setup, django_db_blocker) -> Iterator[Drill]:
    with django_db_blocker.unblock():
        one = Drill(tmp_path)
        if one.server:
            template = f"template_{migrations_fingerprint()}"
            one.administer(f'CREATE DATABASE "{one.name}" TEMPLATE "{template}"')
        else:
            shutil.copyfile(migrated_file(), tmp_path / "old" / "passerelle.sqlite3")
        try:
            yield one
        finally:
            one.stop()
            for name in one.databases if one.server else ():
                one.administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def test_a_site_is_lost_and_comes_back(drill):
    built = subprocess.run([sys.executable, "-m", "tests.flows.drill"], cwd=ROOT, env=drill.environment,
                           capture_output=True, text=True)  # fmt: skip
    assert built.returncode == 0, built.stderr
    known = json.loads(built.stdout.splitlines()[-1])
    before = drill.found()
    assert sum(count for count, _hash in before[0].values()) > 500
    assert {Path(name).parts[0] for name in before[1]} == {"media", "private"}

    drill.section("Make one")
    drill.section("Every night")
    drill.section("Is it whole?")
    backups = drill.folder / "backups"
    assert {oct(path.stat().st_mode & 0o777) for path in backups.glob("*.zip")} == {"0o600"}
    assert KEY.encode() not in (backups / "monday.zip").read_bytes()
    assert KEY.encode() in (backups / "locked-up.zip").read_bytes()
    assert len(list((backups / "nights").glob("passerelle-*.zip"))) == 1
    assert list(backups.glob("**/.backup-*")) == []

    # the machine is lost
    shutil.rmtree(drill.folder / "old")
    drill.move_to("new")
    commands = list(drill.page["The machine is lost"])
    assert commands[-1].startswith("curl")
    first, key, restore, start, create, probe = commands
    drill.run(first, key)
    if drill.server:
        drill.run(create)
    assert "another secret key" in drill.run(restore, fails=True, SECRET_KEY="x" + KEY)
    told = drill.run(restore)
    assert "Sessions ended: 1" in told
    assert drill.found() == before
    assert not list(drill.folder.rglob(".before-restore-*"))
    assert start == "python manage.py start"
    drill.start()
    drill.run(probe)
    signs_in(drill, known)
    assert "must be stopped" in drill.run(drill.page["Go back on the same machine"][0], fails=True)
    drill.stop()

    # the keys are only in the backup
    shutil.rmtree(drill.folder / "new")
    drill.move_to("newer")
    if drill.server:
        drill.run(create)
    drill.run(first)
    drill.section("The keys are only in the backup", SECRET_KEY="")
    assert (drill.folder / "newer" / "secret_key").read_text() == KEY
    drill.run(restore)
    assert drill.found() == before

    # back on the same machine, and without the key
    back, without_keys = drill.page["Go back on the same machine"]
    drill.run(back)
    assert drill.found() == before
    assert bool(list(drill.folder.rglob(".before-restore-*/passerelle.sqlite3"))) == (not drill.server)
    drill.run(without_keys, SECRET_KEY="y" + KEY)
    assert drill.found() == before

    written = {line for lines in drill.page.values() for line in lines}
    assert written - set(drill.ran) == (set() if drill.server else {create})


def signs_in(drill: Drill, known: dict[str, str]) -> None:
    status, page = drill.ask(f"/v/{known['code']}")
    assert status == 200
    assert known["name"] in html.unescape(page)
    cookies = {"__Host-sessionid": known["session"]}
    assert drill.ask("/fr/certificates/", cookies=cookies)[0] == 302  # the session from before the backup
    cookies = {}
    _status, page = drill.ask("/fr/accounts/login/", cookies=cookies)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    form = {"csrfmiddlewaretoken": token[1], "login": known["username"], "password": known["password"]}
    status, page = drill.ask("/fr/accounts/login/", data=form, cookies=cookies)
    assert status == 302, page[:3000]
    status, page = drill.ask("/fr/certificates/", cookies=cookies)
    assert status == 200
    assert known["title"] in html.unescape(page)


def test_the_page_is_the_one_that_was_drilled():
    """A section with commands that the drill does not know."""
    assert set(commands_of(PAGE)) == {
        "Make one", "Every night", "Is it whole?", "The machine is lost", "The keys are only in the backup",
        "Go back on the same machine", "What a refusal means",
    }  # fmt: skip
    assert settings.BASE_DIR == ROOT
