"""A machine for drills: a shell in which each command of a page of docs/operations is run, and the site it starts."""

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
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg
from django.db import connection

from bench.installation import free_port, wait_for
from lms.lib.backups import tables
from tests.conftest import ROOT
from tests.database import migrated_file, migrations_fingerprint

OPERATIONS = ROOT / "docs" / "operations"
HOST = "passerelle.example"
KEY = "kq8Zr3-Zs1pXw7Lm0Tc5Vb9Nd2Hf6Gy4Ja8Ue3Rk1Qo7Wi5Px9"
KNOWN = ("LANG", "LD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE")
OF_THE_MOMENT = {"django_session", "accounts_signin", "house_backuprecord", "house_failedrow", "accounts_heartbeat"}
"""Tables that are different on purpose, or as soon as anything runs."""


def commands_of(page: Path) -> dict[str, list[str]]:
    """Heading -> the commands below it, as they are written."""
    found: dict[str, list[str]] = {}
    for section in page.read_text().split("\n## ")[1:]:
        blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
        whole = (re.sub(r" \\\n\s*", " ", block) for block in blocks)  # a line that goes on in the next
        found[section.partition("\n")[0]] = [line for block in whole for line in block.splitlines()]
    return found


class Drill:
    """A shell on a machine where ``/backups`` and the others are folders of this test."""

    def __init__(self, folder: Path, page: Path) -> None:
        self.folder, self.port, self.page = folder, free_port(), commands_of(page)
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

    def build(self) -> dict[str, str]:
        """Put people and files there; what to look for afterwards."""
        built = subprocess.run([sys.executable, "-m", "tests.flows.drill"], cwd=ROOT, env=self.environment,
                               capture_output=True, text=True)  # fmt: skip
        assert built.returncode == 0, built.stderr
        known: dict[str, str] = json.loads(built.stdout.splitlines()[-1])
        return known

    # --- the running site

    def start(self, **changes: str) -> None:
        command = "python manage.py start"
        self.main = subprocess.Popen(["bash", "-ec", f"exec {command}"], cwd=ROOT,
                                     env={**self.environment, **changes}, stdout=subprocess.DEVNULL)  # fmt: skip
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


@contextmanager
def drilling(folder: Path, page: Path) -> Iterator[Drill]:
    """A machine with the tables of a site in its folder ``old``."""
    one = Drill(folder, page)
    if one.server:
        template = f"template_{migrations_fingerprint()}"
        one.administer(f'CREATE DATABASE "{one.name}" TEMPLATE "{template}"')
    else:
        shutil.copyfile(migrated_file(), folder / "old" / "passerelle.sqlite3")
    try:
        yield one
    finally:
        one.stop()
        for name in one.databases if one.server else ():
            one.administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


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
