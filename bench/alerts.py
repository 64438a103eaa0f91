"""How long until somebody is told: ``python -m bench.alerts``, some eight minutes.

Real sites in real processes, each with its ``watch`` at its own pace, in production settings. Each trouble is brought
about, and the time is taken until an e-mail that names it is in the inbox of whoever runs the site.
"""

import argparse
import logging
import os
import platform
import random
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from email.header import decode_header, make_header
from pathlib import Path
from typing import NamedTuple

from bench.installation import ROOT, wait_for
from bench.other_services import SmallDisk
from bench.services import NAME, Host
from tests.mail_server import MailServer, mail_server

WATCH = (ROOT / "lms" / "lib" / "management" / "commands" / "watch.py").read_text()
EVERY, FIRST_AFTER = (int(found) for found in re.findall(r"^(?:EVERY|FIRST_AFTER) = (\d+)", WATCH, re.MULTILINE))
MOST_SECONDS = 300
PATIENCE = 2 * MOST_SECONDS
DISK_MB, LEFT_MB = 450, 150  # doctor is red below 200


class Trouble(NamedTuple):
    name: str
    since: str  # from when the time is taken
    line: str  # how the alert names it, in the site's language
    happen: Callable[["Watched"], object]


class Watched:
    """A site, and the inbox of whoever runs it."""

    def __init__(self, stack: ExitStack, folder: Path, name: str, *, disk: SmallDisk | None = None, **env: str) -> None:
        self.disk, self.inbox = disk, stack.enter_context(mail_server())
        settings = {
            "DJANGO_SETTINGS_MODULE": "lms.settings.production",
            "SECRET_KEY": "kq8Zr3-Zs1pXw7Lm0Tc5Vb9Nd2Hf6Gy4Ja8Ue3Rk1Qo7Wi5Px9",
            "ALLOWED_HOSTS": NAME, "BASE_URL": f"https://{NAME}", "TRUSTED_PROXY_COUNT": "1", "WEB_WORKERS": "1",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.inbox.port}", "ALERT_EMAIL_URL": f"smtp://127.0.0.1:{self.inbox.port}",
            "ADMIN_EMAILS": "ops@passerelle.example", "LOG_LEVEL": "ERROR",
            "STATIC_ROOT": str(ROOT / "var" / "bench-static"),
        }  # fmt: skip
        self.host = Host(name, folder, folder / f"files-{name}", **{**settings, **env})

    def stop(self, kind: str) -> None:
        """They are there and do nothing: a supervisor does not notice it."""
        pids = [pid for pid, command in self.host.processes().items() if kind in command]
        assert pids, kind
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)

    def told(self, line: str) -> bool:
        texts = (re.sub(r"\s+:", ":", re.sub(r"\s", " ", text_of(letter))) for letter in list(self.inbox.letters))
        return any(line in text for text in texts)

    def fill_disk(self) -> None:
        assert self.disk
        self.disk.fill(leave=LEFT_MB * 1024**2)

    def act(self, name: str) -> None:
        self.host.run("-m", "bench.alerts_actors", name)


def text_of(letter: object) -> str:
    subject = str(make_header(decode_header(letter["Subject"])))  # type: ignore[index]
    return subject + "\n" + letter.get_payload(decode=True).decode()  # type: ignore[attr-defined]


BY_SITE: dict[str, list[Trouble]] = {
    "one": [
        Trouble("dead worker", "it works no more", "Exécuteur (worker, default): ", lambda s: s.stop("-n default@")),
        Trouble("old backup", "it is 31 days old", "Sauvegarde: ", lambda s: s.act("age_backup")),
    ],
    "two": [
        Trouble("dead beat", "it works no more", "Planificateur (beat): ", lambda s: s.stop(" beat ")),
        Trouble("full disk", "it is full", "Disque: ", lambda s: s.fill_disk()),
    ],
    "three": [
        Trouble("refused mail", "a message is written", "Envoi des messages: ", lambda s: s.act("write_message")),
        Trouble("poison row", "it failed for the eighth time", "bench.poison: ", lambda s: s.act("poison_row")),
        Trouble("late sweep", "it is late by ten times", "Tâche régulière « ", lambda s: s.act("age_task")),
    ],
}


def begin(stack: ExitStack, folder: Path, template: Path | None) -> dict[str, Watched]:
    refusing: MailServer = stack.enter_context(mail_server())
    refusing.answers["MAIL"].extend(["550 5.7.1 Sender refused"] * 1000)  # it lets us in, so that all is well at first
    small = SmallDisk(stack, folder / "small", DISK_MB)
    if not small.is_small:
        print("full disk: not tried, only root may mount a small one")
        BY_SITE["two"] = [trouble for trouble in BY_SITE["two"] if trouble.name != "full disk"]
    sites = {
        "one": Watched(stack, folder, "one"),
        "two": Watched(stack, small.folder, "two", disk=small),
        "three": Watched(stack, folder, "three", EMAIL_URL=refusing.url()),
    }
    first = sites["one"].host
    if template is not None:
        shutil.copyfile(template, first.data / "passerelle.sqlite3")
    first.run("manage.py", "start", "--prepare-only")
    for site in sites.values():
        if site.host is not first:
            shutil.copyfile(first.data / "passerelle.sqlite3", site.host.data / "passerelle.sqlite3")
        site.act("be_well")
        stack.callback(site.host.end)
        site.host.start()
    return sites


def measure(sites: dict[str, Watched]) -> list[tuple[Trouble, float]]:
    """All troubles, one for each site at a time of the minute that chance chooses."""
    time.sleep(FIRST_AFTER + EVERY / 2)
    for name, site in sites.items():
        wrong = [text_of(letter) for letter in site.inbox.letters]
        assert not wrong, f"{name} was not well before anything happened: {wrong}"
    began: dict[str, tuple[Watched, Trouble, float]] = {}
    for name, site in sites.items():
        for trouble in BY_SITE[name]:
            time.sleep(random.uniform(0, EVERY / 4))
            trouble.happen(site)
            began[trouble.name] = (site, trouble, time.monotonic())
    taken: dict[str, float] = {}
    print(f"{len(began)} troubles were brought about; waiting", flush=True)

    def all_told() -> bool:
        for name, (site, trouble, start) in began.items():
            if name not in taken and site.told(trouble.line):
                taken[name] = time.monotonic() - start
        return len(taken) == len(began)

    with suppress(TimeoutError):
        wait_for(all_told, seconds=PATIENCE, what="all alerts")
    return [(trouble, taken.get(name, float("inf"))) for name, (_site, trouble, _start) in began.items()]


def main() -> int:
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    signal.signal(signal.SIGTERM, lambda *_args: sys.exit(1))  # what was started is ended
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--template", type=Path, help="a SQLite file with this version's tables: saves a minute")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="passerelle-alerts-")))
        found = measure(begin(stack, folder, options.template))
    print(f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()}; watch looks every {EVERY} s\n")
    print("| trouble | time taken from when | in the inbox after, s |\n|---|---|---|")
    for trouble, seconds in found:
        print(f"| {trouble.name} | {trouble.since} | {seconds:.0f} |")
    late = [trouble.name for trouble, seconds in found if seconds > MOST_SECONDS]
    print(
        "\neverybody was told within five minutes" if not late else f"\nBROKEN: told late or never: {', '.join(late)}"
    )
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
