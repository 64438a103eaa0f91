"""The queue in a folder after a power cut: empty, cut and zeroed files stop no worker, and are told."""

import json
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


def test_nothing_half_written_has_a_name_that_is_read(folder, monkeypatch):
    heard(0)

    def dies(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(queue_folder.os, "fsync", dies)
    with pytest.raises(filesystem.ChannelError):
        say("one")
    assert not list((folder / "queue").glob("*.msg"))
