"""``manage.py start`` for real: whichever process ends, by itself or by a kill, comes back, and none stays behind."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings

from bench.installation import free_port, wait_for
from lms.accounts.services import queue_name
from tests.database import migrated_file
from tests.lib.test_file_permissions import with_static_files

pytestmark = [pytest.mark.drill, pytest.mark.xdist_group("kills")]
KINDS = ["granian", "-n urgent@", "-n default@", " beat ", "django watch"]
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "lms.settings.production",
    "SECRET_KEY": "kq8Zr3-Zs1pXw7Lm0Tc5Vb9Nd2Hf6Gy4Ja8Ue3Rk1Qo7Wi5Px9",
    "ALLOWED_HOSTS": "passerelle.example",
    "BASE_URL": "https://passerelle.example",
    "EMAIL_URL": "smtp://mail.passerelle.example:25",
}


def processes(folder: Path) -> dict[int, tuple[int, str]]:
    """pid -> (parent, command) of every living process that works on this folder."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            if f"DATA_DIR={folder}".encode() not in (entry / "environ").read_bytes().split(b"\0"):
                continue
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:  # it ended meanwhile
            continue
        if state != "Z":
            found[int(entry.name)] = (int(parent), command)
    return found


class Running:
    def __init__(self, folder: Path, port: int, main: "subprocess.Popen[bytes]") -> None:
        self.folder, self.port, self.main = folder, port, main
        self.output = b""

    def read(self, end: socket.socket) -> None:
        """Its output is a socket, as under systemd."""
        with end:
            while some := end.recv(4096):
                self.output += some

    def of(self, kind: str) -> dict[int, int]:
        """pid -> parent of the processes of one kind, children of the supervisor and their workers."""
        return {pid: parent for pid, (parent, command) in processes(self.folder).items() if kind in command}

    def mains(self, kind: str) -> list[int]:
        return [pid for pid, parent in self.of(kind).items() if parent == self.main.pid]

    def children(self, kind: str) -> set[int]:
        """What the main process of a kind has forked: web workers, the pool of a worker."""
        mains = self.mains(kind)
        return {pid for pid, parent in self.of(kind).items() if parent in mains}

    def is_new(self, kind: str, old: set[int]) -> bool:
        """It runs again, and none of those before is left."""
        return bool(self.mains(kind)) and not set(self.of(kind)) & old

    def has_worked(self, queue: str, since: str) -> bool:
        return self.beats().get(queue, "") > since

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/livez", timeout=10) as answer:
                return answer.status == 200
        except OSError:
            return False

    def beats(self) -> dict[str, str]:
        """Queue or task -> when a worker last did what beat published."""
        with closing(sqlite3.connect(self.folder / "passerelle.sqlite3", timeout=20)) as reader:
            return dict(reader.execute("SELECT name, seen_at FROM accounts_heartbeat"))


def until(condition: Callable[[], object], what: str) -> None:
    wait_for(lambda: bool(condition()), seconds=120, what=what)


@pytest.fixture
def running(tmp_path, django_db_setup) -> Iterator[Running]:
    """As README says it for production, one web worker; the folders are made by nobody but the site."""
    folder, port = tmp_path / "data", free_port()
    folder.mkdir()
    template = migrated_file()
    if template.exists():
        (folder / "passerelle.sqlite3").write_bytes(template.read_bytes())
    with_static_files(folder)
    known = {
        name: os.environ[name]
        for name in ("PATH", "LANG", "LD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE")
        if name in os.environ
    }
    environment = {
        **known,
        **PRODUCTION,
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "WEB_WORKERS": "1",
        "SWEEP_SECONDS": "2",
    }
    ours, theirs = socket.socketpair()
    with theirs:
        main = subprocess.Popen(
            [sys.executable, "manage.py", "start"], cwd=settings.BASE_DIR, env=environment, stdout=theirs, stderr=theirs
        )
    site = Running(folder, port, main)
    reader = threading.Thread(target=site.read, args=(ours,))
    reader.start()
    try:
        until(site.answers, "the site")
        yield site
        assert b"Passerelle" in site.output
        assert b"Warm shutdown" in site.output, "what the children say arrives too"
    finally:
        if main.poll() is None:
            main.send_signal(signal.SIGTERM)
            main.wait(90)
        for pid in processes(folder):
            os.kill(pid, signal.SIGKILL)
        reader.join(30)


def at_work(running: Running) -> None:
    """Every queue is served."""
    before = running.beats()
    for queue in map(queue_name, ("urgent", "default", "bulk")):
        until(partial(running.has_worked, queue, before.get(queue, "")), f"work in the queue {queue}")


def test_whatever_ends_comes_back_and_nothing_stays_behind(running):
    for kind in KINDS:
        until(partial(running.mains, kind), kind)
    for kind in KINDS[:3]:  # a child alone: its main makes another and does not end
        until(partial(running.children, kind), f"a child of {kind}")
        mains, before = running.mains(kind), running.children(kind)
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        until(lambda kind=kind, before=before: running.children(kind) - before, f"another child of {kind}")
        assert running.mains(kind) == mains
    until(running.answers, "the site after the end of its children")
    at_work(running)  # one that is asked to end while it makes a child may wait for it for ever
    for how in (signal.SIGTERM, signal.SIGKILL):
        before = {kind: running.of(kind) for kind in KINDS}
        for kind in KINDS:
            os.kill(running.mains(kind)[0], how)
        for kind in KINDS:
            until(partial(running.is_new, kind, set(before[kind])), f"{kind} after {how.name}")
        until(running.answers, f"the site after {how.name}")
    at_work(running)
    os.kill(running.main.pid, signal.SIGKILL)
    running.main.wait(30)
    until(lambda: not processes(running.folder), "the end of all when the supervisor is killed")
    assert not running.answers()
