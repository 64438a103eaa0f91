"""The drill of a move: docs/operations/moving-to-postgresql.md, command by command, from SQLite to PostgreSQL."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.conftest import ROOT
from tests.database import migrated_file
from tests.flows.machine import OPERATIONS, Drill, commands_of, open_sqlite, signs_in

pytestmark = [
    pytest.mark.drill,
    pytest.mark.xdist_group("move"),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="needs a PostgreSQL: .ci/with-postgres pytest FILE"),
]
PAGE = OPERATIONS / "moving-to-postgresql.md"
KILLED = """
import os, signal, sys
import lms, django
django.setup()
from django.core.management import call_command
from lms.lib.backups import moving
moving.found_in = lambda *_args: os.kill(os.getpid(), signal.SIGKILL)
call_command("move_to_postgresql", sys.argv[1])
"""
"""All rows are there and not yet compared."""


class Move(Drill):
    """A machine with a site on SQLite, and a server."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, PAGE)
        self.url = self.environment.pop("DATABASE_URL")
        self.file = folder / "old" / "passerelle.sqlite3"

    def here(self, command: str) -> str:
        command = super().here(command).replace("postgres://passerelle@127.0.0.1:5432/passerelle", self.url)
        return command.replace("createdb --encoding=UTF8 passerelle", f"createdb --encoding=UTF8 {self.name}")

    def rows(self, url: str = "") -> dict[str, list]:
        """What the ORM reads, on SQLite or on the server."""
        done = subprocess.run([sys.executable, "-m", "tests.flows.all_rows"], cwd=ROOT, capture_output=True, text=True,
                              env={**self.environment, **({"DATABASE_URL": url} if url else {})})  # fmt: skip
        assert done.returncode == 0, done.stderr
        found: dict[str, list] = json.loads(done.stdout)
        return found

    def ask_server(self, query: str) -> list[tuple]:
        with psycopg.connect(self.url) as server:
            return server.execute(query.encode()).fetchall()

    def change(self, *statements: str) -> None:
        with open_sqlite(self.file) as file, file:
            for statement in statements:
                file.execute(statement)


@pytest.fixture
def move(tmp_path, django_db_setup, django_db_blocker) -> Iterator[Move]:
    with django_db_blocker.unblock():
        one = Move(tmp_path)
        try:
            yield one
        finally:
            one.stop()
            for name in one.databases:
                one.administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def tables_there(move: Move) -> int:
    return int(move.ask_server("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")[0][0])


def test_a_site_moves_to_postgresql(move):
    if migrated_file().exists():
        move.file.write_bytes(migrated_file().read_bytes())
    move.run("python manage.py start --prepare-only")
    known = move.build()
    move.run("python manage.py update_index --verbosity=0")  # some of the rows were made behind its back
    create, back_up = move.page["Prepare"]
    command, without_nul = move.page["Move"]
    away, start, probe, back_up_again = move.page["Start there"]
    move.run(create, back_up)
    content = move.file.read_bytes()

    # what PostgreSQL would refuse is told before anything is written
    move.change("UPDATE accounts_user SET full_name = 'A' || char(0) || 'wa' WHERE username = 'claire'")
    told = move.run(command, fails=True)
    assert "full_name holds a NUL character" in told
    assert "--without-nul leaves it out" in told
    assert tables_there(move) == 0

    # so is what only its own rules find: letters that SQLite does not know as the same
    assert move.ask_server("SELECT lower('É') = lower('é')") == [(True,)]
    move.change(
        "CREATE TABLE of_an_old_version (x)",
        "UPDATE accounts_user SET username = 'éa' WHERE id = (SELECT min(id) FROM accounts_user)",
        "UPDATE accounts_user SET username = 'ÉA' WHERE id = (SELECT max(id) FROM accounts_user)",
    )
    told = move.run(without_nul, fails=True)
    assert re.search(r"refuses a row of accounts_user, id \d+: .*unique_username_in_any_case", told), told
    assert "already exists" in told
    assert tables_there(move) == 0
    move.file.write_bytes(content)

    # not into somebody else's
    with psycopg.connect(move.url) as other:
        assert "Somebody else is connected" in move.run(command, fails=True)
        other.execute("CREATE TABLE theirs (x int)")
    assert "it has a table theirs" in move.run(command, fails=True)
    with psycopg.connect(move.url) as other:
        other.execute("DROP TABLE theirs")

    # killed when all rows are there: none of them stays, and the next try goes well
    done = subprocess.run([sys.executable, "-c", KILLED, move.url], cwd=ROOT, env=move.environment,
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == -9, done.stderr
    assert move.ask_server("SELECT count(*) FROM accounts_user") == [(0,)]
    before = move.rows()
    told = move.run(command)
    assert "Copied and compared" in told
    assert move.rows(move.url) == before == move.rows()
    assert sum(count for count, _hash in before.values()) > 500
    assert "it has" in move.run(command, fails=True)  # accounts: not empty

    # the next numbers, the search, the site
    ((number,),) = move.ask_server("SELECT nextval(pg_get_serial_sequence('accounts_user', 'id'))")
    with open_sqlite(move.file) as file:
        assert file.execute("SELECT seq + 1 FROM sqlite_sequence WHERE name = 'accounts_user'").fetchone() == (number,)
        entries = file.execute("SELECT count(*) FROM wagtailsearch_indexentry").fetchone()
    assert move.ask_server("SELECT count(*) FROM wagtailsearch_indexentry") == [entries]
    assert entries > (0,)
    move.run(away)
    move.environment["DATABASE_URL"] = move.url
    assert start == "python manage.py start"
    move.start()
    move.run(probe)
    signs_in(move, known)
    move.stop()
    assert "on PostgreSQL already" in move.run(command, fails=True)
    move.run(back_up_again)

    written = {line for lines in move.page.values() for line in lines}
    assert written - set(move.ran) == set()


def test_the_page_is_the_one_that_was_drilled():
    assert {title for title, lines in commands_of(PAGE).items() if lines} == {"Prepare", "Move", "Start there"}
