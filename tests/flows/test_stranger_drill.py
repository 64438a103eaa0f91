"""A stranger with docs/operations only: one machine from an empty disk, people who learn on it, a backup; the machine
is lost, another takes its place; then the site moves to PostgreSQL. Each time everything is there.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from bench import machines_load, services
from bench.installation import wait_for
from lms.lib.backups import tables
from tests.conftest import ROOT
from tests.database import migrated_file
from tests.flows.machine import HOST, KEY, OPERATIONS, commands_of, signs_in
from tests.flows.stranger import Stranger
from tests.mail_server import MailServer, mail_server

pytestmark = [
    pytest.mark.drill,
    pytest.mark.xdist_group("stranger"),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="needs a PostgreSQL: .ci/with-postgres pytest FILE"),
    pytest.mark.skipif(services.find("nginx") is None, reason="needs nginx: sudo apt-get install -y nginx-light"),
]
AT_WORK = {"house_elected", "house_alert", "house_cachedentry", "house_clockmark", "accounts_auditevent"}
"""Tables that change while nobody does anything."""


@pytest.fixture
def stranger(tmp_path, monkeypatch) -> Iterator[Stranger]:
    """No database of the tests: the site makes its own."""
    monkeypatch.setattr(services, "NAME", HOST)
    monkeypatch.setattr(machines_load, "NAME", HOST)
    monkeypatch.setattr(machines_load, "PAUSE_SECONDS", 0)
    one = Stranger(tmp_path)
    try:
        yield one
    finally:
        one.stop_all()
        for name in one.databases:
            one.administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def set_up(one: Stranger, name: str, settings: Path | None = None, **values: str) -> None:
    """An empty disk, and the page up to "Start"; with the settings that were kept, or with new ones."""
    one.new_machine(name)
    one.section("Packages, user, code")
    copy, key = one.page["Settings"]
    file = Path(one.here("/etc/passerelle.env"))
    if settings is None:
        one.run(copy)
        values["SECRET_KEY"] = one.run(key).strip()
        text = file.read_text().replace("learn.example.org", HOST)
    else:
        text = settings.read_text()
    for variable, value in {**values, "PORT": str(one.port)}.items():
        text = re.sub(rf"^{variable}=.*\n", "", text, flags=re.MULTILINE) + f"{variable}={value}\n"
    file.write_text(text)
    file.chmod(0o600)
    one.section("TLS and nginx")


def in_its_settings(one: Stranger, *command: str) -> str:
    _command, env, _where = one.unit()
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env={**one.environment, **env},
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def learn(one: Stranger) -> dict:
    """Two people do a course to its end, through nginx; what they were told."""
    people = json.loads(in_its_settings(one, "-m", "bench.machines_actors", "seed", "2", "20").splitlines()[-1])
    ledger = machines_load.Ledger()
    for person in people:
        machines_load.Learner(one.https, one.certificate, ledger, lambda: False).learn(person)
    assert (ledger.finished, dict(ledger.faults)) == (2, {})
    return ledger.told


def is_all_there(one: Stranger, told: dict) -> bool:
    file = one.folder / "told.json"
    file.write_text(json.dumps(told))
    found = json.loads(in_its_settings(one, "-m", "bench.machines_actors", "count", str(file)).splitlines()[-1])
    return found["completed"] == 2 and not any({**found["lost"], **found["doubled"]}.values())


def is_well(one: Stranger, command: str) -> bool:
    try:
        one.run(command)
    except AssertionError:
        return False
    return True


def of_people(one: Stranger) -> tuple[tables.Tables, dict[str, str]]:
    rows, files = one.found()
    return {name: value for name, value in rows.items() if name not in AT_WORK}, files


def test_a_stranger_sets_up_a_site_loses_it_and_moves_it(stranger, mail):
    one = stranger
    probe = commands_of(OPERATIONS / "backup-and-restore.md")["The machine is lost"][-1]

    # one machine in ten minutes
    set_up(one, "first", EMAIL_URL=mail.url(), WEB_WORKERS="1", LOG_LEVEL="ERROR")
    if migrated_file().exists():  # a minute of the first start
        place = Path(one.environment["DATA_DIR"])
        place.mkdir(mode=0o700)
        (place / "passerelle.sqlite3").write_bytes(migrated_file().read_bytes())
    for command in one.page["Start"]:
        if command.endswith("createsuperuser"):
            names = {"[Uu]ser ?name": "chef", "tilisateur": "chef", "[Nn]ame": "Cheffe", "[Nn]om": "Cheffe"}
            one.answer_prompts(
                command, {**names, "mail": "chef@passerelle.example", "assword": KEY, "passe": KEY, "PIN": KEY}
            )
        elif command.endswith("doctor"):  # workers report within the first minute
            wait_for(lambda command=command: is_well(one, command), seconds=300, what=f"a site that is well: {command}")
        else:
            one.run(command)
    one.run(probe)

    # people learn
    told = learn(one)
    wait_for(lambda: {"awa-0@passerelle.example", "awa-1@passerelle.example"} <= set(mail.to), seconds=300,
             what="e-mails that say that their certificates are there")  # fmt: skip
    assert is_all_there(one, told)
    known = json.loads(in_its_settings(one, "-m", "tests.flows.drill", "machines-0").splitlines()[-1])
    signs_in(one, known | {"session": "none"})

    # a backup; the machine is lost, and another takes its place
    one.section("Backups")
    before = of_people(one)
    one.lose_machine()
    set_up(one, "second", Path(one.here("/safe/passerelle.env")))
    *restore, start = one.page["The machine is lost"]
    one.run(*restore)
    assert of_people(one) == before
    one.run(start, probe)
    signs_in(one, known)
    assert is_all_there(one, told)
    assert {line for lines in one.page.values() for line in lines} - set(one.ran) == set(
        one.page["Without a checkout: one wheel"]
    )

    # to PostgreSQL
    page = commands_of(OPERATIONS / "moving-to-postgresql.md")
    address, _start, probe, back_up = page["Start there"]
    one.run("systemctl stop passerelle", *page["Prepare"])
    before = of_people(one)
    one.run(page["Move"][0])
    with Path(one.here("/etc/passerelle.env")).open("a") as file:
        file.write(one.here(address.removeprefix("export ")) + "\n")
    one.environment["DATABASE_URL"], one.moved = one.url, True
    rows, files = of_people(one)
    assert files == before[1]
    assert {name for name in rows.keys() ^ before[0].keys() if not name.startswith("wagtailsearch")} == set()
    common = {name for name in rows if name in before[0] and not name.startswith("wagtailsearch")}
    assert {name: rows[name][0] for name in common} == {name: before[0][name][0] for name in common}
    one.run("systemctl start passerelle", probe)
    signs_in(one, known)
    assert is_all_there(one, told)
    one.run(back_up)
