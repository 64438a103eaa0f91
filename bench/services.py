"""The servers that several machines share, as processes on ports of this machine: ended, killed, started again."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.installation import ROOT, free_port, wait_for

NAME = "learn.example.org"
FILES = ROOT / "docs" / "operations" / "files"
NEEDED = {"nginx": "nginx-light", "redis-server": "redis-server", "pgbouncer": "pgbouncer", "postgres": "postgresql"}


def find(program: str) -> str | None:
    """Servers are in folders that a user's PATH does not name."""
    folders = ["/usr/sbin", *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))]
    return shutil.which(program) or shutil.which(program, path=os.pathsep.join(folders))


def missing() -> str:
    """What to type where a server is not installed; empty when all are."""
    packages = [package for program, package in NEEDED.items() if find(program) is None]
    return f"Type this once: sudo apt-get install -y {' '.join(packages)}" if packages else ""


class Service:
    """One server in a folder of its own; ``start`` returns when it answers."""

    program: str
    is_unprivileged = False  # refuses to run as root
    patience = 60.0  # seconds until it answers

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder / type(self).__name__.lower(), free_port()
        self.folder.mkdir()
        self.process: subprocess.Popen[bytes] | None = None
        if self.as_nobody:
            shutil.chown(self.folder, "nobody")

    @property
    def as_nobody(self) -> list[str]:
        if os.getuid() or not self.is_unprivileged:
            return []
        return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)
        if self.as_nobody:
            shutil.chown(self.folder / name, "nobody")

    def command(self) -> list[str]:
        raise NotImplementedError

    @property
    def env(self) -> dict[str, str] | None:
        return None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            command = [*self.as_nobody, *self.command()]
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd="/", env=self.env, start_new_session=True
            )
        wait_for(self.answers, seconds=self.patience, what=self.program)

    def answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, number) if number == signal.SIGKILL else self.process.send_signal(number)
            self.process.wait(60)

    def freeze(self, seconds: float) -> None:
        """It takes connections and says nothing."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            os.killpg(self.process.pid, signal.SIGCONT)

    def restart(self, number: int = signal.SIGTERM, *, away: float = 0) -> None:
        self.stop(number)
        time.sleep(away)
        self.start()


class PostgreSQL(Service):
    program, is_unprivileged = "postgres", True
    FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        initdb = [str(find("initdb")), "-D", str(self.folder / "data"), "-U", "passerelle", "-A", "trust"]
        command = [*self.as_nobody, *initdb, "-E", "UTF8", "--locale=C.UTF-8"]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)

    @property
    def url(self) -> str:
        return f"postgres://passerelle@127.0.0.1:{self.port}/postgres"

    def command(self) -> list[str]:
        options = ["-k", str(self.folder), "-h", "127.0.0.1", "-p", str(self.port), "-c", "max_connections=60"]
        return [str(find("postgres")), "-D", str(self.folder / "data"), *options]

    def answers(self) -> bool:
        import psycopg

        with suppress(psycopg.OperationalError), psycopg.connect(self.url, connect_timeout=2):
            return True
        return False

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()


class PgBouncer(Service):
    """In the mode in which a connection of the database is lent for one transaction."""

    program, is_unprivileged = "pgbouncer", True

    def __init__(self, folder: Path, postgresql: PostgreSQL) -> None:
        super().__init__(folder)
        text = (FILES / "pgbouncer.ini").read_text()
        for old, new in (
            ("host=10.0.0.5 port=5432 dbname=passerelle", f"host=127.0.0.1 port={postgresql.port} dbname=postgres"),
            ("listen_port = 6432", f"listen_port = {self.port}"),
            ("auth_type = scram-sha-256", "auth_type = trust"),
            ("/etc/pgbouncer/userlist.txt", f"{self.folder}/userlist.txt"),
            ("unix_socket_dir = /var/run/postgresql", "unix_socket_dir ="),
        ):
            assert old in text, old
            text = text.replace(old, new)
        self.write("userlist.txt", '"passerelle" ""\n')
        self.write("pgbouncer.ini", text)

    @property
    def url(self) -> str:
        return f"postgres://passerelle@127.0.0.1:{self.port}/passerelle"

    def command(self) -> list[str]:
        return [str(find("pgbouncer")), str(self.folder / "pgbouncer.ini")]


class Redis(Service):
    program = "redis-server"

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        where = ["--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder)]
        return [str(find("redis-server")), *where, "--appendonly", "yes", "--save", ""]


class Nginx(Service):
    """The documented file, with the ports and folders of the drill, and every web host in ``upstream``."""

    program = "nginx"

    def __init__(self, folder: Path, ports: list[int]) -> None:
        super().__init__(folder)
        self.ports, self.out, self.plain_port = ports, set[int](), free_port()
        write_certificate(self.folder)
        self.configure()

    def configure(self) -> None:
        text, folder = (FILES / "nginx.conf").read_text(), self.folder
        hosts = "\n".join(
            f"    server 127.0.0.1:{port} max_fails=1 fail_timeout=5s{' down' if port in self.out else ''};"
            for port in self.ports
        )
        for old, new in (
            ("    server 127.0.0.1:8000;", hosts),
            ("listen 80", f"listen 127.0.0.1:{self.plain_port}"),
            ("listen 443", f"listen 127.0.0.1:{self.port}"),
            (f"/etc/letsencrypt/live/{NAME}", str(folder)),
            ("/var/cache/nginx/passerelle", str(folder / "cache")),
            ("/usr/share/passerelle", str(FILES)),
        ):
            assert old in text, old
            text = text.replace(old, new)
        user = "user root;" if os.getuid() == 0 else ""
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temp = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
        main = f"{user} daemon off; error_log {folder}/error.log; pid {folder}/pid; events {{}}"
        types = "types { text/html html; } default_type application/octet-stream;"
        self.write("whole.conf", f"{main} http {{ access_log off; {types} {temp}\n{text} }}")

    def command(self) -> list[str]:
        return [str(find("nginx")), "-e", f"{self.folder}/error.log", "-c", f"{self.folder}/whole.conf",
                "-p", str(self.folder)]  # fmt: skip

    def take_out(self, port: int) -> None:
        self.out.add(port)
        self.reload()

    def bring_in(self, port: int) -> None:
        self.out.discard(port)
        self.reload()

    def reload(self) -> None:
        self.configure()
        assert self.process
        before = self.workers()
        self.process.send_signal(signal.SIGHUP)
        wait_for(lambda: not before & self.workers(), seconds=60, what="the end of what nginx was asked before")

    def workers(self) -> set[int]:
        assert self.process
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return {int(pid) for pid in children}


def write_certificate(folder: Path) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID
    from django.utils import timezone

    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)]), timezone.now()
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
    (folder / "fullchain.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    packed = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (folder / "privkey.pem").write_bytes(packed)


class Host:
    """One machine that runs ``manage.py start`` with its parts: its own folder, and the same settings as the others."""

    def __init__(self, name: str, folder: Path, shared: Path, *parts: str, **env: str) -> None:
        self.name, self.parts, self.port = name, parts, free_port()
        self.data = folder / name
        self.data.mkdir()
        for kind in ("media", "private"):  # a file system of the network
            (shared / kind).mkdir(exist_ok=True, parents=True)
            (self.data / kind).symlink_to(shared / kind)
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        self.env = {**kept, "PYTHONPATH": str(ROOT), "DATA_DIR": str(self.data), "PORT": str(self.port), **env}
        self.main: subprocess.Popen[bytes] | None = None

    def run(self, *args: str, **env: str) -> str:
        command = [sys.executable, *args]
        done = subprocess.run(command, cwd=ROOT, env={**self.env, **env}, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(args)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done.stdout

    def start(self) -> None:
        with (self.data / "log").open("ab") as log:
            command = [sys.executable, "manage.py", "start", *(f"--{part}" for part in self.parts)]
            self.main = subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        if "web" in self.parts:
            try:
                wait_for(self.is_ready, seconds=120, what=f"{self.name} ready")
            except TimeoutError as error:
                raise TimeoutError((self.data / "log").read_text(errors="replace")[-3000:]) from error

    def is_ready(self) -> bool:
        import http.client

        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            link.request("GET", "/readyz", headers={"Host": NAME})
            return link.getresponse().status == 200
        except OSError:
            return False
        finally:
            link.close()

    def stop(self) -> None:
        if self.main is not None and self.main.poll() is None:
            self.main.send_signal(signal.SIGTERM)
            self.main.wait(90)

    def processes(self) -> dict[int, str]:
        """pid -> command of all that work here."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal():
                continue
            with suppress(OSError):
                if f"DATA_DIR={self.data}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        return found

    def kill(self, kind: str) -> int:
        """SIGKILL to the first process whose command has ``kind`` in it; its id."""
        found: list[int] = []

        def is_there() -> bool:  # a host that was just started has not begun all of them on a busy machine
            found[:] = [pid for pid, command in self.processes().items() if kind in command]
            return bool(found)

        wait_for(is_there, seconds=120, what=f"{kind} on {self.name}")
        pid = min(found)
        os.kill(pid, signal.SIGKILL)
        return pid

    def freeze(self, seconds: float) -> None:
        """Cut off: it takes connections, says nothing, and goes on afterwards as if nothing had been."""
        frozen = list(self.processes())
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for pid in frozen:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            if number == signal.SIGSTOP:
                time.sleep(seconds)

    def changed(self, seconds: float, **env: str) -> None:
        """For a while with other variables."""
        before = dict(self.env)
        self.env |= env
        self.stop()
        self.start()
        time.sleep(seconds)
        self.env = before
        self.stop()
        self.start()

    def end(self) -> None:
        with suppress(Exception):
            self.stop()
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
