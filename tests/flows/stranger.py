"""A machine that somebody sets up with docs/operations/one-machine.md only: every line is run as it is written, in
a folder that stands for its disk. What belongs to the machine itself (systemd, packages, users, Let's Encrypt) has a
stand-in.
"""

import http.client
import os
import pty
import re
import select
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

from bench import services
from bench.installation import free_port, wait_for
from lms.lib.backups import tables
from tests.conftest import ROOT
from tests.flows.machine import HOST, KNOWN, OPERATIONS, Drill

PLACES = (
    "/srv/passerelle",
    "/etc",
    "/var/lib/passerelle",
    "/var/cache/nginx",
    "/usr/share/passerelle",
    "/backups",
    "/safe",
)
SHARED = ("backups", "safe")  # they are elsewhere, and outlive the machine
ELSEWHERE = {
    "apt-get": "packages of this machine: .ci/system-packages looks after them",
    "useradd": "users of this machine",
    "chown": "users of this machine",
    "certbot": "asks Let's Encrypt, which must reach the name",
}
UNIT = "/etc/systemd/system/passerelle.service"


class Stranger(Drill):
    """``run`` takes lines of the pages. Everything of the site is the documented file at its documented place."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, OPERATIONS / "one-machine.md")
        self.url = self.environment.pop("DATABASE_URL")
        self.moved = False
        self.aliases: dict[str, list[str]] = {}
        self.nginx: subprocess.Popen[bytes] | None = None

    def new_machine(self, name: str) -> None:
        """An empty disk, a name that leads there, and a certificate for it (certbot's work)."""
        self.disk, self.port, self.https = self.folder / name, free_port(), free_port()
        for place in (
            "etc/systemd/system",
            "etc/nginx/sites-enabled",
            "var/lib",
            f"etc/letsencrypt/live/{HOST}",
            "srv",
        ):
            (self.disk / place).mkdir(parents=True)
        (self.disk / "etc/nginx/sites-enabled/default").touch()
        services.write_certificate(self.disk / f"etc/letsencrypt/live/{HOST}")
        self.environment["DATA_DIR"] = str(self.disk / "var/lib/passerelle")
        self.environment["PORT"] = str(self.port)

    def lose_machine(self) -> None:
        self.stop_all(signal.SIGKILL)
        shutil.rmtree(self.disk)

    def found(self) -> tuple[tables.Tables, dict[str, str]]:
        server, self.server = self.server, self.server if self.moved else ""
        try:
            return super().found()
        finally:
            self.server = server

    # --- lines of the pages

    def here(self, command: str) -> str:
        """With the places of this disk, the name of this site, the repository that this is."""

        def place(found: re.Match[str]) -> str:
            return str((self.folder if found[0].strip("/") in SHARED else self.disk) / found[0].strip("/"))

        command = re.sub(rf"(?<![\w.])({'|'.join(PLACES)})\b", place, command)
        command = command.replace("YOUR.NAME", HOST).replace("REPOSITORY", str(ROOT)).replace(":8000", f":{self.port}")
        command = command.replace(" -o passerelle -g passerelle", "")  # there is no such user here
        command = command.replace("postgres://passerelle@127.0.0.1:5432/passerelle", self.url)
        return command.replace("createdb --encoding=UTF8 passerelle", f"createdb --encoding=UTF8 {self.name}")

    def run(self, *commands: str, fails: bool = False, **changes: str) -> str:
        return "".join(self.line(command, fails=fails) for command in commands)

    def line(self, command: str, *, fails: bool = False) -> str:
        self.ran.append(command)
        words = shlex.split(self.here(command), comments=True)
        if words[0] == "alias":
            name, _equals, value = words[1].partition("=")
            self.aliases[name] = shlex.split(value)
            return ""
        if words[:2] == ["python", "manage.py"]:  # "every other command goes the same way"
            words = ["passerelle", *words[2:]]
        words = [*self.aliases.get(words[0], words[:1]), *words[1:]]
        if words[0] in ELSEWHERE:
            return ""
        if words[0] == "git":
            return self.clone(words)
        if words[0] == "systemctl":
            return self.systemctl(words[1:])
        if words[0] == "systemd-run":
            return self.shell(*self.systemd_run(words[1:]), fails=fails)
        if words[0] == "nginx":
            return self.shell([*self.nginx_command(), *words[1:]], {}, self.disk, fails=fails)
        return self.shell(["bash", "-ec", self.here(command)], {}, self.disk, fails=fails)

    def shell(self, words: list[str], env: dict[str, str], where: Path, *, fails: bool) -> str:
        kept = {
            name: value for name, value in self.environment.items() if name in (*KNOWN, "PATH") or name.startswith("PG")
        }
        done = subprocess.run(words, cwd=where, env={**kept, **env}, capture_output=True, text=True)
        assert bool(done.returncode) == fails, f"{words}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout + done.stderr

    def clone(self, words: list[str]) -> str:
        """What is committed, and what is not yet; with the libraries of this environment instead of a download."""
        now = subprocess.run(["git", "stash", "create"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
        told = self.shell([*words[:2], "--quiet", *words[2:]], {}, self.disk, fails=False)
        code = self.disk / "srv/passerelle"
        if now:
            self.shell(["git", "checkout", "--quiet", now], {}, code, fails=False)
        (code / ".venv").mkdir()
        for name in ("bin", "lib", "pyvenv.cfg"):
            (code / ".venv" / name).symlink_to(Path(sys.prefix) / name)
        (code / ".venv/.dev-stamp").touch()
        return told

    # --- stand-ins

    def systemctl(self, words: list[str]) -> str:
        match [word for word in words if not word.startswith("-")]:
            case ["daemon-reload"]:
                assert Path(self.here(UNIT)).exists()
            case ["reload", "nginx"]:
                self.reload_nginx()
            case ["enable" | "start", "passerelle"]:
                self.start_unit()
            case ["status", "passerelle"]:
                assert self.main.poll() is None
            case ["stop", "passerelle"]:
                self.stop()
            case other:
                raise AssertionError(f"no stand-in for systemctl {other}")
        return ""

    def unit(self) -> tuple[list[str], dict[str, str], Path]:
        """Command, environment and folder, as systemd would read them."""
        lines = [line.partition("=") for line in Path(self.here(UNIT)).read_text().splitlines() if "=" in line]
        found = {name: self.here(value) for name, _equals, value in lines if not name.startswith("#")}
        name, _equals, value = found["Environment"].partition("=")
        env = {**env_of(Path(found["EnvironmentFile"])), name: value}
        assert self.disk / "var/lib" / found["StateDirectory"] == Path(value)
        Path(value).mkdir(mode=int(found["StateDirectoryMode"], 8), exist_ok=True)
        return shlex.split(found["ExecStart"]), env, Path(found["WorkingDirectory"])

    def systemd_run(self, words: list[str]) -> tuple[list[str], dict[str, str], Path]:
        env, where = {}, self.disk
        while words[0].startswith("-"):
            option, words = words[0], words[1:]
            if option not in {"-p", "-E"}:
                continue
            name, _equals, value = words[0].partition("=")
            words = words[1:]
            if option == "-E":
                env[name] = value
            elif name == "EnvironmentFile":
                env |= env_of(Path(value))
            elif name == "WorkingDirectory":
                where = Path(value)
        return words, env, where

    def start_unit(self) -> None:
        command, env, where = self.unit()
        kept = {name: self.environment[name] for name in (*KNOWN, "PATH") if name in self.environment}
        with (self.disk / "journal").open("ab") as journal:
            self.main = subprocess.Popen(command, cwd=where, env={**kept, **env}, stdout=journal, stderr=journal)
        wait_for(self.is_up, seconds=600, what="the site")

    def is_up(self) -> bool:
        assert self.main.poll() is None, (self.disk / "journal").read_text()[-3000:]
        return self.ask("/livez")[0] == 200

    def nginx_command(self) -> list[str]:
        """Debian's nginx.conf, in short, which includes sites-enabled; the ports below 1024 are others here."""
        folder = self.disk / "nginx"
        folder.mkdir(exist_ok=True)
        text = self.here((self.disk / "etc/nginx/sites-enabled/passerelle").read_text())
        text = text.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}").replace(
            "listen 443", f"listen 127.0.0.1:{self.https}"
        )
        text = text.replace("listen 80", f"listen 127.0.0.1:{self.https + 1 if self.https < 65535 else 1025}")
        temp = "".join(
            f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;" if os.getuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            f"{user} daemon off; error_log {folder}/error.log; pid {folder}/pid; events {{}}\n"
            f"http {{ access_log off; types {{ text/html html; }} {temp}\n{text} }}"
        )
        return [
            str(services.find("nginx")),
            "-e",
            f"{folder}/error.log",
            "-c",
            f"{folder}/nginx.conf",
            "-p",
            str(folder),
        ]

    def reload_nginx(self) -> None:
        assert not (self.disk / "etc/nginx/sites-enabled/default").exists()
        self.nginx = subprocess.Popen(self.nginx_command(), stdout=subprocess.DEVNULL)

        def answers() -> bool:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.https), timeout=1).close()
                return True
            return False

        wait_for(answers, seconds=30, what="nginx")

    def stop_all(self, number: int = signal.SIGTERM) -> None:
        if number == signal.SIGKILL and getattr(self, "main", None) is not None:
            self.main.kill()  # what it had started ends with it
            self.main.wait(30)
            wait_for(lambda: not self.lives(), seconds=60, what="the end of all processes")
        self.stop()
        if self.nginx is not None and self.nginx.poll() is None:
            self.nginx.terminate()
            self.nginx.wait(30)

    def lives(self) -> bool:
        from tests.lib.test_supervised import processes

        return bool(processes(Path(self.environment["DATA_DIR"])))

    # --- whoever uses it

    def answer_prompts(self, command: str, answers: dict[str, str]) -> str:
        """A command that asks at a terminal."""
        self.ran.append(command)
        words, env, where = self.systemd_run([*self.aliases[command.split()[0]][1:], *command.split()[1:]])
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(where)
            kept = {name: self.environment[name] for name in (*KNOWN, "PATH") if name in self.environment}
            os.execve(words[0], words, {**kept, **env})  # noqa: S606
        printed, read = "", b"start"
        while read:
            assert select.select([terminal], [], [], 180)[0], printed
            try:
                read = os.read(terminal, 4096)
            except OSError:  # it has ended
                break
            printed += read.decode(errors="replace")
            for prompt, answer in answers.items():
                if re.search(rf"{prompt}[^\n]*: ?$", printed):
                    os.write(terminal, f"{answer}\n".encode())
                    printed += "\n"
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, printed
        return printed

    def ask(self, path: str, *, data: dict | None = None, cookies: dict[str, str] | None = None) -> tuple[int, str]:
        """Through nginx, by the site's name, as everybody does."""
        cookies = {} if cookies is None else cookies
        headers = {"Host": HOST, "Referer": f"https://{HOST}/", "Content-Type": "application/x-www-form-urlencoded",
                   "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}  # fmt: skip
        link = http.client.HTTPConnection(HOST, self.https, timeout=60)
        try:
            plain = socket.create_connection(("127.0.0.1", self.https), timeout=60)
            link.sock = ssl.create_default_context(cafile=str(self.certificate)).wrap_socket(
                plain, server_hostname=HOST
            )
            link.request("POST" if data else "GET", path, urlencode(data) if data else None, headers)
            answer = link.getresponse()
            for line in answer.msg.get_all("Set-Cookie") or []:
                name, _sign, value = line.partition(";")[0].partition("=")
                cookies[name] = value
            return answer.status, answer.read().decode(errors="replace")
        except OSError:
            return 0, ""
        finally:
            link.close()

    @property
    def certificate(self) -> Path:
        return self.disk / f"etc/letsencrypt/live/{HOST}/fullchain.pem"


def env_of(path: Path) -> dict[str, str]:
    """A file of settings, as systemd reads it."""
    lines = [line.partition("=") for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {name: value for name, _equals, value in lines}
