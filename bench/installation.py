"""A throw-away installation: its own data folder and database, real processes, everything gone afterwards."""

import configparser
import json
import os
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
STOP_SECONDS = 20  # stopwaitsecs of a worker in lms/supervisord.conf


class Site:
    """``with Site() as site:``. Uses SQLite, or a new database on the server of ``DATABASE_URL`` when that is set."""

    def __init__(self, *, serves: bool = False, template: Path | None = None, **env: str) -> None:
        self.serves = serves  # static files are needed: collected once into var/bench-static
        self.template = template  # a migrated SQLite file to start from
        self.env_extra = env
        self.running: list[subprocess.Popen[Any]] = []

    def __enter__(self) -> "Site":
        self.folder = Path(tempfile.mkdtemp(prefix="passerelle-bench-"))
        self.server = os.environ.get("DATABASE_URL", "")
        self.database = f"bench_{self.folder.name[-8:].lower()}"
        self.env = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV", "DJANGO"))},
            "DATA_DIR": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(ROOT),
            "LOG_LEVEL": "ERROR",
            "SWEEP_SECONDS": "2",
            "STATIC_ROOT": str(ROOT / "var" / "bench-static"),
            **self.env_extra,
        }
        if self.is_postgres:
            self.administer(f"CREATE DATABASE {self.database}")
            self.env["DATABASE_URL"] = urlunsplit(urlsplit(self.server)._replace(path=f"/{self.database}"))
        else:
            self.env.pop("DATABASE_URL", None)
        is_migrated = not self.is_postgres and self.template is not None and self.template.exists()
        if is_migrated:
            shutil.copyfile(str(self.template), self.folder / "passerelle.sqlite3")
        if self.serves:
            self.manage("start", "--prepare-only")
        else:
            if not is_migrated:
                self.manage("migrate", "-v0")
            self.manage("setup_site")
        return self

    def __exit__(self, *error: object) -> None:
        for process in list(self.running):
            with suppress(subprocess.TimeoutExpired):  # the others still have to go
                self.kill(process)
        if self.is_postgres:
            self.administer(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def is_postgres(self) -> bool:
        return self.server.startswith("postgres")

    @property
    def engine(self) -> str:
        return "PostgreSQL" if self.is_postgres else "SQLite"

    def administer(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement.encode())

    def manage(self, *args: str) -> str:
        return self.run(str(ROOT / "manage.py"), *args)

    def act(self, name: str, *args: object) -> Any:
        """Call a function of ``bench.actors`` in a process of this installation; its result, through JSON."""
        return json.loads(self.run("-m", "bench.actors", name, *map(str, args)).splitlines()[-1])

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query, read past the site's own processes."""
        if self.is_postgres:
            import psycopg

            with psycopg.connect(self.env["DATABASE_URL"]) as connection:
                return connection.execute(query.encode()).fetchall()
        with closing(sqlite3.connect(self.folder / "passerelle.sqlite3", timeout=20)) as reader:
            return reader.execute(query).fetchall()

    def run(self, *args: str) -> str:
        done = subprocess.run([sys.executable, *args], cwd=ROOT, env=self.env, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(args)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done.stdout

    def start(self, *args: object, **env: str) -> "subprocess.Popen[Any]":
        """A background process in a group of its own, its output in the data folder."""
        with (self.folder / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                [str(arg) for arg in args], cwd=ROOT, env={**self.env, **env},
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        self.running.append(process)
        return process

    def start_workers(self) -> "list[subprocess.Popen[Any]]":
        """The workers of lms/supervisord.conf, with its words."""
        return [self.start(*command) for name, command in supervised().items() if name.startswith("worker")]

    def start_beat(self) -> "subprocess.Popen[Any]":
        return self.start(BIN / "celery", "-q", "-A", "lms.celery", "beat", "--loglevel", "ERROR", "--pidfile=")

    def start_web(self, port: int, workers: int = 2, **env: str) -> "subprocess.Popen[Any]":
        """The web server with the flags of lms/supervisord.conf; ``env`` changes its settings."""
        flags = ("--blocking-threads", 1, "--backpressure", 64, "--no-ws", "--log-level", "warning")
        process = self.start(
            BIN / "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", port,
            "--workers", workers, *flags, "lms.wsgi:application", PORT=str(port), **env,
        )  # fmt: skip
        wait_for(lambda: answers(port), seconds=60, what="the web server")
        return process

    def stop(self, process: "subprocess.Popen[Any]") -> None:
        """As supervisord stops it: asked by itself, then killed with its group once ``STOP_SECONDS`` are over.

        Asking the whole group would end a worker's child under its feet, and Celery may then wait for it for ever.
        """
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=STOP_SECONDS)
        self.kill(process)

    def kill(self, process: "subprocess.Popen[Any]") -> None:
        """Kill the whole group and wait for its end."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
        if process in self.running:
            self.running.remove(process)

    def log(self) -> str:
        path = self.folder / "processes.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""


def supervised() -> dict[str, list[str]]:
    """Program -> its command, as ``manage.py start`` has them run."""
    config = configparser.RawConfigParser(inline_comment_prefixes=None)
    config.read(ROOT / "lms" / "supervisord.conf")
    return {
        section.partition(":")[2]: shlex.split(
            config[section]["command"].replace("%(ENV_BIN)s", str(BIN)).replace("%%", "%")
        )
        for section in config.sections()
        if section.startswith("program:")
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=2) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def wait_for(condition: Callable[[], bool], *, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not there after {seconds:.0f} s")
        time.sleep(0.05)
