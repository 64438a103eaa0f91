"""Files that are made to be slow, large or deadly are read in a process of its own, which is killed."""

import os
import signal
import tempfile
import time

import pytest

from lms.lib.parsing import BusyError, UnreadableFileError, parse_apart
from lms.lib.tables import TableError, read_table

HERE = "tests.lib.test_parsing."


def busy(content: bytes) -> str:
    while True:
        pass


def asleep(content: bytes) -> str:
    time.sleep(600)
    return ""


def greedy(content: bytes) -> int:
    return len([bytes(1024 * 1024) for _piece in range(100_000)])


def talkative(content: bytes) -> str:
    return "x" * (2 * 1024 * 1024)


def killed(content: bytes) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def broken(content: bytes) -> str:
    raise KeyError(content)


def writing(content: bytes) -> str:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
    return "written"


@pytest.fixture(autouse=True)
def apart(settings, monkeypatch) -> None:
    """The process that reads takes its limits from its environment, as in earnest."""
    settings.PARSE_APART, settings.PARSE_SECONDS = True, 400
    monkeypatch.setenv("PARSE_CPU_SECONDS", "1")
    monkeypatch.setenv("PARSE_MEMORY_MB", "100")


def test_what_is_read_comes_back():
    assert parse_apart("lms.lib.tables.read_table", "Nom;Tél.\nInès;77".encode(), max_rows=5) == [
        ["Nom", "Tél."], ["Inès", "77"],
    ]  # fmt: skip


def test_a_refusal_comes_back_in_the_readers_language():
    with pytest.raises(UnreadableFileError) as apart:
        parse_apart("lms.lib.tables.read_table", b"%PDF-1.7")
    with pytest.raises(TableError) as here:
        read_table(b"%PDF-1.7")
    assert str(apart.value) == str(here.value)


@pytest.mark.parametrize("reader", ["busy", "greedy"])
def test_too_much_is_stopped_and_reported(reader):
    with pytest.raises(UnreadableFileError, match="trop gros ou trop compliqué"):
        parse_apart(HERE + reader, b"")


def test_a_busy_machine_is_not_the_fault_of_the_file(settings):
    settings.PARSE_SECONDS = 4
    with pytest.raises(BusyError):
        parse_apart(HERE + "asleep", b"")


def test_a_reader_killed_from_outside_says_nothing_of_the_file():
    """As by a system that is short of memory."""
    with pytest.raises(BusyError):
        parse_apart(HERE + "killed", b"")


def test_a_fault_of_ours_is_no_fault_of_the_worker(caplog):
    with pytest.raises(UnreadableFileError, match="ne peut pas être lu"):
        parse_apart(HERE + "broken", b"secret")
    assert "secret" not in caplog.text


def test_it_writes_no_file():
    with pytest.raises(UnreadableFileError):
        parse_apart(HERE + "writing", b"x" * 100_000)


@pytest.mark.parametrize("is_apart", [True, False])
def test_what_a_reader_answers_has_a_limit(is_apart, settings, monkeypatch):
    """Whoever asked reads on without limits."""
    settings.PARSE_APART, settings.PARSE_ANSWER_MB = is_apart, 1
    monkeypatch.setenv("PARSE_ANSWER_MB", "1")
    with pytest.raises(UnreadableFileError, match="trop gros ou trop compliqué"):
        parse_apart(HERE + "talkative", b"")
