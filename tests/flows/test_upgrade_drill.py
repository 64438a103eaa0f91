"""The drill of an upgrade: docs/operations/upgrade.md, command by command, to a version with two more migrations
(``tests/flows/next_version``) that fail, are killed, and go well; and back each time, with everything compared.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms.lib.backups import tables, upgrading
from tests.flows.machine import OPERATIONS, Drill, commands_of, drilling, signs_in

pytestmark = [pytest.mark.drill, pytest.mark.xdist_group("drill")]
PAGE = OPERATIONS / "upgrade.md"
NEW = {"DJANGO_SETTINGS_MODULE": "tests.flows.next_version.settings"}


@pytest.fixture
def drill(tmp_path, django_db_setup, django_db_blocker) -> Iterator[Drill]:
    with django_db_blocker.unblock(), drilling(tmp_path, PAGE) as one:
        yield one


def backups(drill: Drill, kind: str = "before-upgrade") -> list[Path]:
    return sorted((drill.folder / "backups").glob(f"{kind}-*.zip"))


def test_a_site_is_upgraded_and_goes_back(drill):
    known = drill.build()
    drill.run("python manage.py start --prepare-only")
    before = drill.found()
    upgrade, start = drill.page["Upgrade"][:2]
    rollback, lose = drill.page["Go back"]

    # nothing to go back to, and nowhere to write a backup
    assert "No upgrade is written down" in drill.run(rollback, fails=True)
    assert "BACKUP_DIR is not set" in drill.run("python manage.py upgrade", fails=True, **NEW)
    assert "no folder" in drill.run("python manage.py upgrade --into /backups/none", fails=True, **NEW)
    assert "of this version already" in drill.run(upgrade)
    assert backups(drill) == []
    assert drill.found() == before

    # it fails half-way
    told = drill.run(upgrade, fails=True, NEXT_VERSION="fails", **NEW)
    assert "a row that nobody had thought of" in told
    assert "1 of 2 changes of the database were made; the next is house.0099_words" in told
    assert "python manage.py rollback" in told
    assert drill.found() != before
    assert "newer version" in drill.run(start, fails=True)
    (first,) = backups(drill)
    drill.run(rollback)
    assert drill.found() == before
    assert "No upgrade is written down" in drill.run(rollback, fails=True)

    # it is killed half-way, tried again without success, then goes well: the way back is that of the first try
    drill.run(upgrade, fails=True, NEXT_VERSION="killed", **NEW)
    _old, second = backups(drill)
    told = drill.run(upgrade, fails=True, NEXT_VERSION="fails", **NEW)
    assert "stays the way back" in told
    drill.run(upgrade, **NEW)
    assert backups(drill) == [first, second]
    after = drill.found()
    assert after[0]["house_thing"][0] == 1
    assert after[1] == before[1]

    # people use the new version
    drill.start(**NEW)
    for command in drill.page["Upgrade"][2:]:
        if "doctor" not in command:
            drill.run(command, **NEW)
    signs_in(drill, known)
    assert "must be stopped" in drill.run(upgrade, fails=True, **NEW)
    assert "must be stopped" in drill.run(rollback, fails=True)
    drill.stop()
    assert "not the version of that backup" in drill.run(rollback, fails=True, **NEW)
    assert "of this version already" in drill.run(upgrade, **NEW)  # typed twice: the way back stays

    # back, with a word for what is lost
    now = drill.found()
    told = drill.run(rollback, fails=True)
    assert "would be lost" in told
    assert "table django_session has" in told
    assert lose in told
    assert drill.found() == now
    assert backups(drill, "before-rollback") == []
    told = drill.run(lose)
    assert "What came since is in" in told
    assert drill.found() == before
    (saved,) = backups(drill, "before-rollback")
    drill.run(f"python manage.py restore --check /backups/{saved.name}")
    drill.start()
    signs_in(drill, known)
    drill.stop()

    # and what came since comes back with the newer version
    drill.run(f"python manage.py restore --replace everything /backups/{saved.name}", **NEW)
    assert tables.differences(now[0], drill.found()[0]) == []

    written = {line for lines in drill.page.values() for line in lines}
    assert written - set(drill.ran) == {"python manage.py doctor"}  # red here: nobody answers e-mail


def test_only_the_newest_three_stay(tmp_path):
    for day in range(1, 7):
        (tmp_path / f"before-upgrade-2026110{day}T020000Z.zip").touch()
    for name in ("monday.zip", "before-rollback-20261101T020000Z.zip"):
        (tmp_path / name).touch()
    upgrading.forget_old(tmp_path, upgrading.BEFORE_UPGRADE)
    assert [path.name[15:23] for path in sorted(tmp_path.glob("before-upgrade-*"))] == [
        "20261104", "20261105", "20261106",
    ]  # fmt: skip
    assert len(list(tmp_path.iterdir())) == 5


def test_the_page_is_the_one_that_was_drilled():
    assert {title for title, lines in commands_of(PAGE).items() if lines} == {"Upgrade", "Go back"}
