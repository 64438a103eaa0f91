"""The disk that loses its power (bench/disk_model.py): on traces made by hand, and on a recording of a real process."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench import disk_trace
from bench.disk_model import (
    SECTOR,
    Create,
    Disk,
    Link,
    Note,
    Operation,
    Remove,
    Rename,
    Sync,
    Truncate,
    UnknownOperationError,
    Write,
    read_folder,
    write_folder,
)

EMPTY: dict[str, bytes | None] = {"/d": None}
BROUGHT_IN = [Create("/d/x.half"), Write("/d/x.half", 0, b"whole"), Rename("/d/x.half", "/d/x")]
SYNCHRONISED = [*BROUGHT_IN[:2], Sync("/d/x.half"), BROUGHT_IN[2], Sync("/d")]


def cuts(operations: list[Operation], start: dict[str, bytes | None] = EMPTY, count: int = 400) -> list[dict]:
    chance = random.Random(1)
    return [Disk(start).replay(operations).after_a_cut(chance) for _cut in range(count)]


def contents(found: list[dict], path: str) -> set[bytes | None]:
    return {cut.get(path, b"not there") for cut in found}


def test_a_file_renamed_without_being_synchronised_is_empty_or_missing_after_some_cuts():
    assert contents(cuts(BROUGHT_IN), "/d/x") >= {b"", b"whole", b"\0" * 5, b"not there"}


def test_a_file_and_a_folder_that_were_synchronised_are_there_after_every_cut():
    assert contents(cuts(SYNCHRONISED), "/d/x") == {b"whole"}


def test_a_name_is_as_sure_as_its_folder_only():
    found = contents(cuts(SYNCHRONISED[:-1]), "/d/x")
    assert found == {b"whole", b"not there"}


def test_a_new_name_for_an_old_file_may_leave_the_old_content():
    start = {"/d": None, "/d/x": b"old"}
    assert contents(cuts(SYNCHRONISED[:-1], start), "/d/x") == {b"old", b"whole"}
    assert b"" in contents(cuts(BROUGHT_IN, start), "/d/x")


def test_a_removed_file_may_come_back_until_the_folder_is_synchronised():
    start = {"/d": None, "/d/x": b"old"}
    assert contents(cuts([Remove("/d/x")], start), "/d/x") == {b"old", b"not there"}
    assert contents(cuts([Remove("/d/x"), Sync("/d")], start), "/d/x") == {b"not there"}


def test_a_link_has_the_bytes_of_its_file():
    linked = [*SYNCHRONISED[:3], Link("/d/x.half", "/d/x"), Remove("/d/x.half"), Sync("/d")]
    found = cuts(linked)
    assert contents(found, "/d/x") == {b"whole"}
    assert contents(found, "/d/x.half") == {b"not there"}


def test_what_lies_in_a_folder_that_was_lost_is_lost():
    inside = [Create("/d/f", is_folder=True), Create("/d/f/x"), Write("/d/f/x", 0, b"whole"), Sync("/d/f/x")]
    found = cuts([*inside, Sync("/d/f")])
    assert contents(found, "/d/f/x") == {b"whole", b"not there"}
    assert all(("/d/f" in cut) == ("/d/f/x" in cut) for cut in found)
    assert contents(cuts([*inside, Sync("/d/f"), Sync("/d")]), "/d/f/x") == {b"whole"}


def test_writes_are_torn_at_sectors_and_lost_out_of_order():
    start = {"/d": None, "/d/x": b"." * 3 * SECTOR}
    first, second = b"1" * 2 * SECTOR, b"2" * SECTOR
    found = contents(cuts([Write("/d/x", 0, first), Write("/d/x", 2 * SECTOR, second)], start), "/d/x")
    assert b"1" * SECTOR + b"." * 2 * SECTOR in found  # torn
    assert b"." * 2 * SECTOR + second in found  # the second without the first
    assert all(len(content) == 3 * SECTOR for content in found)


def test_what_was_written_while_it_was_synchronised_is_not_sure():
    start = {"/d": None, "/d/x": b""}
    operations = [Write("/d/x", None, b"a"), Write("/d/x", None, b"b"), Sync("/d/x", began=1)]
    assert contents(cuts(operations, start), "/d/x") >= {b"a", b"ab"}
    assert b"" not in contents(cuts(operations, start), "/d/x")


def test_a_file_that_was_cut_to_nothing_may_have_its_old_bytes():
    start = {"/d": None, "/d/x": b"old"}
    assert contents(cuts([Truncate("/d/x", 0), Write("/d/x", 0, b"n")], start), "/d/x") >= {b"old", b"", b"n"}


RECORDED = r"""
7 openat(AT_FDCWD</elsewhere>, "/d/\303\251.half", O_WRONLY|O_CREAT|O_TRUNC|O_CLOEXEC, 0666) = 6</d/\303\251.half>
7 write(6</d/\303\251.half>, "a\n\"\\\0001\377) = 2", 12) = 12
8 fsync(9</d/other>  <unfinished ...>
7 write(1</d/notes>, "saved", 5) = 5
7 openat(AT_FDCWD</d>, "other", O_RDWR|O_APPEND) = 3</d/other>
7 write(3</d/other>, "x", 1 <unfinished ...>
8 <... fsync resumed>) = 0
7 <... write resumed>) = 1
7 fsync(6</d/\303\251.half>) = 0
7 rename("/d/\303\251.half", "/d/b") = 0
7 unlinkat(4</d>, "b", 0) = 0
7 unlink("/d/c") = -1 ENOENT (No such file or directory)
7 write(5</usr/x>, "no", 2) = 2
"""


def test_a_recording_is_read():
    reader = disk_trace.Reader("/d", lambda path: path.endswith("-shm"), notes=("/d/notes",))
    found = reader.read(RECORDED.strip().splitlines(), ["/d", "/d/other", "/d/notes"])
    half = "/d/é.half"
    assert found == [
        Create(half), Truncate(half, 0), Write(half, 0, b'a\n"\\\x001\xff) = 2'), Note("/d/notes", b"saved"),
        Sync("/d/other", began=3), Write("/d/other", None, b"x"), Sync(half), Rename(half, "/d/b"), Remove("/d/b"),
    ]  # fmt: skip


def test_what_the_model_does_not_know_is_refused_rather_than_left_out():
    reader = disk_trace.Reader("/d", lambda path: False)
    with pytest.raises(UnknownOperationError):
        reader.read(["7 sendfile(5</d/x>, 6</usr/y>, NULL, 10) = 10"], ["/d", "/d/x"])


WORK = """
import os, shutil, sqlite3, sys, threading
from pathlib import Path
folder = Path(sys.argv[1])
rows = sqlite3.connect(folder / "rows.sqlite3")
rows.execute("PRAGMA journal_mode=WAL"); rows.execute("PRAGMA synchronous=FULL"); rows.execute("CREATE TABLE t (x)")
kept = (folder / "log").open("a")
if os.fork() == 0:
    kept.write("child "); kept.flush()
    with (folder / "both").open("w+") as file:
        file.write("abcdef"); file.seek(2); file.write("X"); file.truncate(5)
    os.link(folder / "both", folder / "twice"); (folder / "both").unlink()
    os._exit(0)
os.wait()
thread = threading.Thread(target=lambda: kept.write("thread")); thread.start(); thread.join(); kept.flush()
for number in range(40):
    rows.execute("INSERT INTO t VALUES (?)", [os.urandom(3000)]); rows.commit()
(folder / "deep").mkdir(); (folder / "deep" / "x").write_text("x"); shutil.rmtree(folder / "deep")
rows.close()
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace: sudo apt-get install -y strace")
def test_a_recording_replayed_to_its_end_is_what_the_process_left(tmp_path):
    folder, recording, again = tmp_path / "data", tmp_path / "recording", tmp_path / "again"
    folder.mkdir()
    start = read_folder(folder)
    command = [*disk_trace.command(str(recording)), sys.executable, "-c", WORK, str(folder)]
    subprocess.run(command, check=True, env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"})
    reader = disk_trace.Reader(str(folder), lambda path: path.endswith("-shm"))
    with recording.open() as lines:
        operations = reader.read(lines, start)
    disk = Disk(start).replay(operations)
    assert disk.now() == read_folder(folder)
    assert disk.now()[str(folder / "twice")] == b"abXde"
    assert disk.now()[str(folder / "log")] == b"child thread"
    moved = {path.replace(str(folder), str(again)): content for path, content in disk.now().items()}
    write_folder(moved)
    assert read_folder(again) == moved
    assert Path(again, "rows.sqlite3").stat().st_size > 40 * 3000
