"""The queue in a folder after a power cut: empty, cut and zeroed files stop no worker, and are told."""

import json
import time
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from django.conf import settings as site_settings
from kombu import Connection, Consumer, Producer, Queue
from kombu.transport import filesystem

from lms.lib.doctor import broker
from lms.lib.seams import queue_folder


@pytest.fixture
def folder(tmp_path, settings) -> Path:
    settings.CELERY_BROKER_URL = "filesystem://localhost/"
    begin_anew()
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(tmp_path / "queue"), "data_folder_out": str(tmp_path / "queue"),
        "control_folder": str(tmp_path / "control"),
    }  # fmt: skip
    return tmp_path


def begin_anew() -> None:
    """As a process that has bound nothing yet."""
    filesystem.Transport.global_state.clear()


def connect() -> Connection:
    return Connection("filesystem://localhost/", transport_options=site_settings.CELERY_BROKER_TRANSPORT_OPTIONS)


def say(*words: str) -> None:
    with connect() as connection:
        producer = Producer(connection.channel())
        for word in words:
            producer.publish({"say": word}, exchange="default", routing_key="default", declare=[Queue("default")])


def heard(count: int) -> list[str]:
    """What a worker that begins now is told, ``count`` times."""
    found: list[str] = []

    def hear(body: Any, message: Any) -> None:
        found.append(body["say"])
        message.ack()

    with connect() as connection:
        channel = connection.channel()
        with Consumer(channel, [Queue("default", exchange="default", routing_key="default")], callbacks=[hear]):
            for _turn in range(count):
                connection.drain_events(timeout=2)
        with pytest.raises(Empty):
            channel._get("default")
    return found


def emptied(content: bytes) -> bytes:
    return b""


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def zeroed(content: bytes) -> bytes:
    return bytes(len(content))


def another(content: bytes) -> bytes:
    return b'{"body": 1}'


DAMAGES = [emptied, cut, zeroed, another]


def test_kombu_works_with_our_files():
    assert filesystem.Channel._get is queue_folder.get


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_message_is_put_aside_and_the_next_is_heard(folder, damage):
    heard(0)
    say("one", "two", "three")
    messages = sorted((folder / "queue").iterdir())
    messages[1].write_bytes(damage(messages[1].read_bytes()))
    assert sorted(heard(2)) == sorted({"one", "two", "three"} - {"two"})
    assert [path.name.startswith(messages[1].name) for path in (folder / "damaged").iterdir()] == [True]
    assert not list((folder / "queue").iterdir())
    (told,) = broker.broker()
    assert told.level == "amber"
    assert str(folder / "damaged") in told.text


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_table_of_an_exchange_stops_no_worker(folder, damage):
    heard(0)
    (table,) = (folder / "control").glob("*.exchange")
    table.write_bytes(damage(table.read_bytes()))
    say("one")  # a process that goes on knows what it has bound
    assert heard(1) == ["one"]
    table.write_bytes(damage(table.read_bytes()))
    begin_anew()
    heard(0)  # a worker that begins binds its queue again
    say("two")
    assert heard(1) == ["two"]
    assert json.loads(table.read_text())
    assert (folder / "damaged" / table.name).exists()


def test_the_oldest_message_is_heard_first_however_quickly_they_came(folder):
    heard(0)
    words = [str(number) for number in range(30)]
    say(*words)
    assert heard(30) == words


@pytest.fixture
def later(monkeypatch):
    """The clock, an hour on: the time of a file's last change cannot be set."""
    monkeypatch.setattr(queue_folder, "time", lambda: time.time() + 3600)


def leave(folder: Path) -> list[Path]:
    """What processes that died in the middle of it leave: a message taken, one half written, a table half written."""
    left = [
        folder / "queue" / f"1_a.default.msg{queue_folder.TAKEN}",
        folder / "queue" / f"2_b.default.msg.0f{queue_folder.HALF}",
        folder / "control" / f"default.exchange.0f{queue_folder.HALF}",
    ]
    for path in left:
        path.write_text("{")
    return left


def test_what_a_process_left_when_it_died_is_cleared_away(folder, later):
    heard(0)
    left = leave(folder)
    begin_anew()
    say("one")
    assert heard(1) == ["one"]
    assert not [path for path in left if path.exists()]
    assert not (folder / "damaged").exists()  # nothing is wrong with the disk


def test_what_others_are_just_working_at_is_left_alone(folder):
    heard(0)
    left = leave(folder)
    begin_anew()
    say("one")
    assert heard(1) == ["one"]
    assert all(path.exists() for path in left)


def test_a_slow_worker_hears_what_was_cleared_away_under_it(folder, monkeypatch):
    heard(0)
    say("one")
    (message,) = (folder / "queue").iterdir()
    read = queue_folder.loads

    def slow(text: str) -> Any:
        message.with_name(f"{message.name}{queue_folder.TAKEN}").unlink()
        return read(text)

    monkeypatch.setattr(queue_folder, "loads", slow)
    assert heard(1) == ["one"]


def test_nothing_half_written_has_a_name_that_is_read(folder, monkeypatch):
    heard(0)

    def dies(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(queue_folder.os, "fsync", dies)
    with pytest.raises(filesystem.ChannelError):
        say("one")
    assert not list((folder / "queue").glob("*.msg"))
