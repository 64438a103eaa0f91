"""The restore drill: docs/operations/backup-and-restore.md, command by command, from a site with people to an empty
folder; then everything is compared, a certificate is checked by its code, and somebody signs in.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.conftest import ROOT
from tests.flows.machine import KEY, OPERATIONS, Drill, commands_of, drilling, signs_in

pytestmark = [pytest.mark.drill, pytest.mark.xdist_group("drill")]
PAGE = OPERATIONS / "backup-and-restore.md"


@pytest.fixture
def drill(tmp_path, django_db_setup, django_db_blocker) -> Iterator[Drill]:
    with django_db_blocker.unblock(), drilling(tmp_path, PAGE) as one:
        yield one


def test_a_site_is_lost_and_comes_back(drill):
    known = drill.build()
    before = drill.found()
    assert sum(count for count, _hash in before[0].values()) > 500
    assert {Path(name).parts[0] for name in before[1]} == {"media", "private"}

    drill.section("Make one")
    drill.section("Every night")
    drill.section("Is it whole?")
    backups = drill.folder / "backups"
    assert {oct(path.stat().st_mode & 0o777) for path in backups.glob("*.zip")} == {"0o600"}
    assert KEY.encode() not in (backups / "monday.zip").read_bytes()
    assert KEY.encode() in (backups / "locked-up.zip").read_bytes()
    assert len(list((backups / "nights").glob("passerelle-*.zip"))) == 1
    assert list(backups.glob("**/.backup-*")) == []

    # the machine is lost
    shutil.rmtree(drill.folder / "old")
    drill.move_to("new")
    commands = list(drill.page["The machine is lost"])
    assert commands[-1].startswith("curl")
    first, key, restore, start, create, probe = commands
    drill.run(first, key)
    if drill.server:
        drill.run(create)
    assert "another secret key" in drill.run(restore, fails=True, SECRET_KEY="x" + KEY)
    told = drill.run(restore)
    assert "Sessions ended: 1" in told
    assert drill.found() == before
    assert not list(drill.folder.rglob(".before-restore-*"))
    assert start == "python manage.py start"
    drill.start()
    drill.run(probe)
    signs_in(drill, known)
    assert "must be stopped" in drill.run(drill.page["Go back on the same machine"][0], fails=True)
    drill.stop()

    # the keys are only in the backup
    shutil.rmtree(drill.folder / "new")
    drill.move_to("newer")
    if drill.server:
        drill.run(create)
    drill.run(first)
    drill.section("The keys are only in the backup", SECRET_KEY="")
    assert (drill.folder / "newer" / "secret_key").read_text() == KEY
    drill.run(restore)
    assert drill.found() == before

    # back on the same machine, and without the key
    back, without_keys = drill.page["Go back on the same machine"]
    drill.run(back)
    assert drill.found() == before
    assert bool(list(drill.folder.rglob(".before-restore-*/passerelle.sqlite3"))) == (not drill.server)
    drill.run(without_keys, SECRET_KEY="y" + KEY)
    assert drill.found() == before

    written = {line for lines in drill.page.values() for line in lines}
    assert written - set(drill.ran) == (set() if drill.server else {create})


def test_the_page_is_the_one_that_was_drilled():
    """A section with commands that the drill does not know."""
    assert set(commands_of(PAGE)) == {
        "Make one", "Every night", "Is it whole?", "The machine is lost", "The keys are only in the backup",
        "Go back on the same machine", "What a refusal means",
    }  # fmt: skip
    assert settings.BASE_DIR == ROOT
