"""Several machines in processes, and everything that happens to them: ``python -m bench.machines``.

nginx with TLS, two web hosts, two worker hosts with beat, pgbouncer, PostgreSQL, Redis, all on ports of this machine;
with ``--broker rabbitmq`` and ``--files s3`` RabbitMQ is the queue, and two buckets take the place of a shared folder.
People learn through the proxy meanwhile; what they were told must be there, once.
"""

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.installation import ROOT, wait_for
from bench.machines_load import Class
from bench.other_services import AN_HOUR_AHEAD, Buckets, RabbitMQ, SmallDisk, has_faketime
from bench.other_services import missing as missing_others
from bench.services import NAME, Host, Nginx, PgBouncer, PostgreSQL, Redis, missing

SIZE, PEOPLE = 20, 1600
TASK_SECONDS = 18
DATABASE_DISK_MB, WEB_DISK_MB = 700, 300
SETTLED_SECONDS, P95_MS = 90, 1000
AFTERWARDS = 10  # seconds that people go on after each event
MESSAGES = "SELECT count(*) FROM accounts_outboundmessage WHERE sent_at IS NULL"
CERTIFICATES = (
    "SELECT count(*) FROM courses_enrolment e LEFT JOIN certificates_certificate c ON c.enrolment_id = e.id "
    "WHERE e.completed_at IS NOT NULL AND (c.id IS NULL OR c.pdf = '')"
)


class Machines:
    """All servers and hosts; ``with Machines() as machines``."""

    def __init__(self, *, broker: str = "redis", files: str = "folder") -> None:
        self.broker_kind, self.files_kind = broker, files

    def __enter__(self) -> "Machines":
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory(prefix="passerelle-machines-")))
        self.folder.chmod(0o755)  # PostgreSQL and pgbouncer run as somebody else
        try:
            self.begin()
        except BaseException:
            self.stack.close()
            raise
        return self

    def begin(self) -> None:
        self.database_disk = SmallDisk(self.stack, self.folder / "database-disk", DATABASE_DISK_MB)
        self.web_disk = SmallDisk(self.stack, self.folder / "web-disk", WEB_DISK_MB)
        self.postgresql, self.redis = PostgreSQL(self.database_disk.folder), Redis(self.folder)
        self.pgbouncer = PgBouncer(self.folder, self.postgresql)
        self.rabbitmq = RabbitMQ(self.folder) if self.broker_kind == "rabbitmq" else None
        self.buckets = Buckets(self.folder) if self.files_kind == "s3" else None
        for server in (self.postgresql, self.redis, self.pgbouncer, self.rabbitmq, self.buckets):
            if server is not None:
                self.stack.callback(server.stop, signal.SIGKILL)
                server.start()
        env = {
            "DJANGO_SETTINGS_MODULE": "bench.machines_settings",
            "SECRET_KEY": "kq8Zr3-Zs1pXw7Lm0Tc5Vb9Nd2Hf6Gy4Ja8Ue3Rk1Qo7Wi5Px9",
            "ALLOWED_HOSTS": NAME, "BASE_URL": f"https://{NAME}", "TRUSTED_PROXY_COUNT": "1",
            "DATABASE_URL": self.pgbouncer.url, "DATABASE_POOLER": "1",
            "CELERY_BROKER_URL": self.rabbitmq.url if self.rabbitmq else f"{self.redis.url}/0",
            "CACHE_URL": f"{self.redis.url}/1",
            "STATIC_ROOT": str(ROOT / "var" / "bench-static"), "WEB_WORKERS": "2", "LOG_LEVEL": "ERROR",
            "EMAIL_URL": "smtp://127.0.0.1:9", "EMAIL_MESSAGE_BACKEND": "bench.hanging.CountingChannel",
            "SWEEP_SECONDS": "5", "TASK_SECONDS": str(TASK_SECONDS), **(self.buckets.settings if self.buckets else {}),
        }  # fmt: skip
        shared = self.folder / "shared"
        self.web = [
            Host(name, folder, shared, "web", **env)
            for name, folder in (("web-a", self.folder), ("web-b", self.web_disk.folder))
        ]
        self.workers = [Host(name, self.folder, shared, "worker", "beat", **env) for name in ("worker-a", "worker-b")]
        self.hosts = [*self.web, *self.workers]
        self.nginx = Nginx(self.folder, [host.port for host in self.web])
        self.web[0].run("manage.py", "start", "--prepare-only")
        for host in self.hosts:
            self.stack.callback(host.end)
            host.start()
        self.stack.callback(self.nginx.stop)
        self.nginx.start()

    def __exit__(self, *error: object) -> None:
        self.stack.close()

    def act(self, name: str, *args: str) -> Any:
        return json.loads(self.web[0].run("-m", "bench.machines_actors", name, *args).splitlines()[-1])

    def deploy(self) -> None:
        """The documented way: the database first, then each web host outside the proxy, then the others."""
        new = {"DJANGO_SETTINGS_MODULE": "bench.machines_next"}
        self.web[0].run("manage.py", "start", "--prepare-only", **new)
        time.sleep(3)  # the version of before goes on with the new tables
        for host in self.hosts:
            host.env |= new
            if host in self.web:
                self.nginx.take_out(host.port)
            host.stop()
            host.start()
            if host in self.web:
                self.nginx.bring_in(host.port)

    def kill_host(self, host: Host) -> None:
        """Everything on it at once; its service manager starts it again."""
        assert host.main
        host.main.send_signal(signal.SIGKILL)
        host.main.wait(10)
        wait_for(lambda: not host.processes(), seconds=30, what=f"the end of what {host.name} had started")
        host.start()

    def full(self, disk: SmallDisk, seconds: float, *, leave: int = 0) -> None:
        disk.fill(leave=leave)
        time.sleep(seconds)
        disk.empty()

    def events(self) -> dict[str, Callable[[], object]]:
        web, other, worker = self.web[0], self.web[1], self.workers[0]
        found: dict[str, Callable[[], object]] = {
            "nothing": lambda: time.sleep(5),
            "rolling deploy with a migration": self.deploy,
            "kill -9 of a web server": lambda: web.kill("granian"),
            "kill -9 of a web host": lambda: self.kill_host(other),
            "kill -9 of a worker": lambda: worker.kill("-n default@"),
            "kill -9 of the urgent worker": lambda: worker.kill("-n urgent@"),
            "kill -9 of a worker host": lambda: self.kill_host(worker),
            "kill -9 of beat": lambda: self.elected().kill(" beat "),
            "kill -9 of watch": lambda: worker.kill("django watch"),
            "kill -9 of nginx": lambda: self.nginx.restart(signal.SIGKILL),
            "Redis killed, 3 s away": lambda: self.redis.restart(signal.SIGKILL, away=3),
            "pgbouncer killed, 1 s away": lambda: self.pgbouncer.restart(signal.SIGKILL, away=1),
            "PostgreSQL restarted": lambda: self.postgresql.restart(PostgreSQL.FAST),
            "PostgreSQL broken off, 3 s away": lambda: self.postgresql.restart(PostgreSQL.IMMEDIATE, away=3),
            "Redis frozen, 5 s": lambda: self.redis.freeze(5),
            "pgbouncer frozen, 3 s": lambda: self.pgbouncer.freeze(3),
            "a web host cut off, 8 s": lambda: web.freeze(8),
            "a worker host cut off, longer than a lease": lambda: worker.freeze(TASK_SECONDS * 2),
        }
        if self.database_disk.is_small and self.web_disk.is_small:
            found["disk of a web host full, 10 s"] = lambda: self.full(self.web_disk, 10)
            found["disk of PostgreSQL full, 10 s"] = lambda: self.full(self.database_disk, 10)
        if has_faketime():
            found["a web host an hour ahead, 15 s"] = lambda: other.changed(15, **AN_HOUR_AHEAD)
            found["a worker host an hour ahead, 30 s"] = lambda: worker.changed(30, **AN_HOUR_AHEAD)
        if self.rabbitmq is not None:
            rabbitmq = self.rabbitmq
            found["RabbitMQ killed, 3 s away"] = lambda: rabbitmq.restart(signal.SIGKILL, away=3)
        if self.buckets is not None:
            buckets = self.buckets
            found["buckets frozen, 5 s"] = lambda: buckets.freeze(5)
        return found

    def elected(self) -> Host:
        """The host whose beat speaks."""
        holder = self.postgresql.ask("SELECT holder FROM house_elected WHERE office = 'beat'")[0][0]
        return next(host for host in self.workers if int(holder.split()[1]) in host.processes())

    def are_ready(self) -> bool:
        return all(host.is_ready() for host in self.web)

    def waiting(self) -> int:
        return sum(self.postgresql.ask(query)[0][0] for query in (MESSAGES, CERTIFICATES))


def drill(
    machines: Machines, *, size: int, people: int, only: str = ""
) -> tuple[list[tuple[str, dict[str, Any]]], dict[str, Any]]:
    learners = Class(
        machines.nginx.port, machines.nginx.folder / "fullchain.pem", machines.act("seed", str(people)), size=size
    )
    learners.start()
    time.sleep(5)
    rows = []
    for name, happen in machines.events().items():
        if not any(word in name for word in only.split(",")):
            continue
        start = time.monotonic()
        try:
            happen()
            wait_for(machines.are_ready, seconds=120, what=f"the web hosts after: {name}")
        except Exception as error:  # noqa: BLE001  (told in the end; what was acknowledged is counted all the same)
            learners.ledger.faults[f"{name}: {type(error).__name__}: {error}"[:300]] += 1
        well = time.monotonic()
        time.sleep(AFTERWARDS)
        over = time.monotonic()
        row = {"took": round(well - start, 1), **learners.between(start, over)}
        if not is_quiet(name):  # requests wait for a server that is just being started again
            row["p95"] = learners.between(well, over)["p95"]
        rows.append((name, row))
        print(line(name, row), flush=True)
    learners.stop()
    start, waiting = time.monotonic(), ""
    try:
        wait_for(lambda: not machines.waiting(), seconds=10 * SETTLED_SECONDS, what="an empty outbox")
    except TimeoutError:  # told in the end; what was acknowledged is counted all the same
        waiting = f", and {machines.waiting()} still wait"
    settled = time.monotonic() - start
    ledger = machines.folder / "ledger.json"
    ledger.write_text(json.dumps(learners.ledger.told))
    sent = [str(host.data / "sent") for host in machines.hosts]
    found = machines.act("count", str(ledger), *sent)
    faults = dict(learners.ledger.faults)
    return rows, {**found, "settled": settled, "waiting": waiting, "faults": faults, "ran out": learners.ran_out}


COLUMNS = {"took": "until well s", "requests": "requests", "503": "503", "502": "502", "no answer": "no answer",
           "500": "500", "p95": "p95 ms"}  # fmt: skip


def line(name: str, row: dict[str, Any]) -> str:
    return f"{name:44}" + "".join(f"{row[key]:>{len(title) + 2}}" for key, title in COLUMNS.items())


def is_quiet(name: str) -> bool:
    """Nobody may notice this one at all."""
    return "deploy" in name or name == "nothing"


def broken_promises(rows: list[tuple[str, dict[str, Any]]], found: dict[str, Any]) -> list[str]:
    wrong = [f"lost: {name} {number}" for name, number in found["lost"].items() if number]
    wrong += [f"doubled: {name} {number}" for name, number in found["doubled"].items() if number]
    for name, row in rows:
        failed = row["500"] + (row["503"] + row["502"] + row["no answer"] if is_quiet(name) else 0)
        if failed:
            wrong.append(f"{name}: {failed} answers of a server in trouble")
        if row["p95"] > P95_MS:
            wrong.append(f"{name}: p95 {row['p95']} ms")
    if found["again"] > len(rows):
        wrong.append(f"{found['again']} letters handed over again, more than there were events")
    if found["settled"] > SETTLED_SECONDS:
        wrong.append(f"the outbox took {found['settled']:.0f} s{found['waiting']}")
    wrong += [f"{fault} ({number} times)" for fault, number in found["faults"].items()]
    if not found["completed"]:
        wrong.append("nobody completed a course: no certificate and no e-mail was tried")
    if found["ran out"]:
        wrong.append("too few people for the time: give --people")
    return wrong


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit(1))  # what was started is ended
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=SIZE, help="side by side")
    parser.add_argument("--people", type=int, default=PEOPLE, help="accounts, each for one course")
    parser.add_argument("--broker", choices=["redis", "rabbitmq"], default="redis")
    parser.add_argument(
        "--files", choices=["folder", "s3"], default="folder", help="where pictures and certificates are"
    )
    parser.add_argument("--only", default="", help="events whose name has one of these words in it: clock,disk")
    options = parser.parse_args()
    if wanted := missing() or missing_others(broker=options.broker, files=options.files):
        print(wanted)
        return 1
    with Machines(broker=options.broker, files=options.files) as machines:
        print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()}; "
              f"{options.learners} people learn side by side; {options.broker}, {options.files}")  # fmt: skip
        if not has_faketime():
            print("no clock an hour ahead: sudo apt-get install -y faketime")
        if not machines.web_disk.is_small:
            print("no full disk: only root may mount a small one")
        print(line("", COLUMNS))
        rows, found = drill(machines, size=options.learners, people=options.people, only=options.only)
    print(f"acknowledged: {found['acknowledged']}, courses completed {found['completed']}, e-mails {found['e-mails']}")
    print(f"lost: {found['lost']}")
    print(f"doubled: {found['doubled']}; the same letter handed over again: {found['again']}")
    print(f"outbox empty after {found['settled']:.0f} s{found['waiting']}")
    wrong = broken_promises(rows, found)
    print("every promise kept" if not wrong else "BROKEN: " + "; ".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
