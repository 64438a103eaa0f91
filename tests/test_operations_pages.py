"""Each command in docs/operations is run by a test or a drill, or stands here with the reason why it cannot be."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.flows.machine import OPERATIONS, commands_of
from tests.test_security_table import names_in

DRILLED = {
    "one-machine.md": "tests/flows/test_stranger_drill.py::test_a_stranger_sets_up_a_site_loses_it_and_moves_it",
    "backup-and-restore.md": "tests/flows/test_restore_drill.py::test_a_site_is_lost_and_comes_back",
    "upgrade.md": "tests/flows/test_upgrade_drill.py::test_a_site_is_upgraded_and_goes_back",
    "moving-to-postgresql.md": "tests/flows/test_moving_drill.py::test_a_site_moves_to_postgresql",
}
"""Pages whose drill reads the commands from the page and fails for one in a block that it did not run."""

MACHINES = "bench/machines.py"
EXAMINED = "tests/lib/test_checkup.py"
RUN = {
    "celery -A lms.celery beat": MACHINES,
    "celery -A lms.celery worker -Q default,bulk": MACHINES,
    "celery -A lms.celery worker -Q urgent": MACHINES,
    "make setup": DRILLED["one-machine.md"],
    "make wheel": "tests/test_wheel.py::test_its_command_is_that_of_the_site",
    "manage.py check": "tests/test_deployment.py::test_the_example_of_settings_names_what_there_is_and_is_enough",
    "nginx -s reload": "bench/services.py",
    "passerelle doctor": DRILLED["one-machine.md"],
    "passerelle start": "tests/test_wheel.py::test_its_command_is_that_of_the_site",
    "passerelle start --web": MACHINES,
    "python -m bench.alerts": "bench/alerts.py",
    "python -m bench.exam": "tests/flows/test_exam.py",
    "python -m bench.machines": "bench/machines.py",
    "python manage.py advisories": "tests/lib/test_advisories.py",
    "python manage.py backup FILE": DRILLED["backup-and-restore.md"],
    "python manage.py doctor": EXAMINED,
    "python manage.py doctor --retry": EXAMINED,
    "python manage.py reopen_attempts --since 2026-11-29T10:20": "tests/lib/test_clock.py",
    "python manage.py restore --replace everything": DRILLED["backup-and-restore.md"],
    "python manage.py restore --replace everything FILE": DRILLED["backup-and-restore.md"],
    "python manage.py rollback": DRILLED["upgrade.md"],
    "python manage.py start --prepare-only": MACHINES,
    "python manage.py start --web": MACHINES,
    "python manage.py start --worker --beat": MACHINES,
    "python manage.py upgrade": DRILLED["upgrade.md"],
    "python manage.py watch": "tests/lib/test_supervised.py",
    "python manage.py watch --once": "tests/lib/test_alerts.py",
    "start --beat": MACHINES,
    "start --prepare-only": MACHINES,
    "systemctl start passerelle": DRILLED["one-machine.md"],
    "systemctl stop passerelle": DRILLED["one-machine.md"],
}
"""A command of another page, or in the middle of a sentence -> who runs it, or a line that comes to the same."""

NOT_RUN = {
    "certbot renew --deploy-hook": "asks Let's Encrypt",
    "docker": "no container daemon here; the files are read by tests/test_deployment.py",
    "df": "only looks",
    "git checkout": "which version is the reader's choice",
    "git fetch": "which version is the reader's choice",
    "granian": "tests/lib/test_supervised.py runs it with the flags of lms/supervisord.conf",
    "make bench": "measures; its parts are tried small in tests/flows",
    "make chaos": "an hour; its parts are tried small in tests/flows",
    "pip install 'passerelle[": "the extras are installed with the libraries of the tests",
    "python -m bench.exam --minutes 60": "an hour",
    "python -c 'import secrets": "python itself",
    "sudo apt-get": "packages of this machine: .ci/system-packages",
    "systemctl restart redis": "no systemd here",
    "systemctl status postgresql": "no systemd here",
    "systemctl stop": "the drills stop what they started",
    "timedatectl": "the clock of this machine",
}
"""Beginnings of commands, and why nobody runs them here."""

PROGRAMS = (
    "alias|apt-get|celery|certbot|chmod|chown|cp|createdb|curl|df|docker|export|git|granian|install|kubectl|make|manage.py|"
    "mkdir|nginx|passerelle|pip|python3?|start|sudo|systemctl|systemd-run|timedatectl"
)
PAGES = sorted(OPERATIONS.glob("*.md"))


def in_blocks(page: Path) -> list[str]:
    """Lines of shell; those that only give a setting its value are none."""
    lines = [line for lines in commands_of(page).values() for line in lines]
    return [line for line in lines if not re.match(r"[A-Z_]+=", line)]


def in_sentences(page: Path) -> list[str]:
    """Between backquotes, or indented."""
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    found = re.findall(r"`([^`\n]+)`", text) + re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE)
    return [word for word in found if re.match(rf"({PROGRAMS}) ", word) and word not in {"python manage.py"}]


def nobody_runs(commands: list[str], among: set[str]) -> list[str]:
    known = set(RUN) | among
    return [word for word in commands if word not in known and not word.startswith(tuple(NOT_RUN))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_command_is_run_by_somebody(page):
    drilled = {line for each in DRILLED for line in in_blocks(OPERATIONS / each)}
    assert nobody_runs(in_sentences(page), drilled) == []
    if page.name not in DRILLED:
        assert nobody_runs(in_blocks(page), drilled) == []


def test_no_block_stands_where_no_drill_looks():
    """Above the first heading, or in a kind of block that is not read."""
    for page in PAGES:
        blocks = re.findall(r"```(\w*)\n.*?```", page.read_text(), re.DOTALL)
        assert set(blocks) <= {"sh", "yaml"}, page.name
        assert "```" not in page.read_text().split("\n## ")[0], page.name


@pytest.mark.parametrize("page", DRILLED)
def test_a_drilled_page_is_read_by_its_drill(page):
    """And the drill compares what it ran with what is written."""
    file = DRILLED[page].partition("::")[0]
    source = (ROOT / file).read_text() + (ROOT / "tests/flows/stranger.py").read_text()
    assert f'OPERATIONS / "{page}"' in source
    assert re.search(r"for lines in \w+\.page\.values\(\) for line in lines\}", (ROOT / file).read_text())


def test_what_is_named_to_run_them_is_there():
    for target in {*RUN.values(), *DRILLED.values()}:
        file, _colons, test = target.partition("::")
        assert (ROOT / file).exists(), target
        assert not test or test in names_in(file), target


def test_neither_list_keeps_what_no_page_says():
    named = [word for page in PAGES for word in [*in_sentences(page), *in_blocks(page)]]
    assert [word for word in RUN if word not in named] == []
    assert [start for start in NOT_RUN if not any(word.startswith(start) for word in named)] == []


def test_a_command_that_nobody_runs_is_found():
    named = ["python manage.py start", "python manage.py guess", "make test"]
    assert nobody_runs(named, {"python manage.py start"}) == named[1:]
