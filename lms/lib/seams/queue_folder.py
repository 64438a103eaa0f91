"""The queue in a folder, whole after a power cut: kombu writes its files in place, and one cut off stops the worker.

A file is written beside its place, synchronised and renamed. What cannot be read nevertheless is put aside
(``damaged``, beside the queue) and told by ``doctor``; the sweep says again what its message said. So it does for a
message that a process had just taken when it died: what is left of it is cleared away.
"""

import fcntl
import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from time import monotonic_ns, time
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)

DAMAGED = "damaged"
TAKEN, HALF = ".taken", ".half"
ABANDONED_SECONDS = 60  # nobody takes or writes a message for so long


def use_whole_files() -> None:
    """Let kombu's transport read and write as described above, in this process."""
    channel: Any = filesystem.Channel
    channel.get_table, channel._queue_bind = get_table, bind
    channel._put, channel._get = put, get


def write_whole(path: Path, content: bytes) -> None:
    half = path.with_name(f"{path.name}.{uuid.uuid4().hex}{HALF}")
    with half.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


def clear_abandoned(path: Path) -> None:
    """Remove what a process that died left half taken or half written; the name of a file changes when it is taken."""
    with suppress(FileNotFoundError):  # its process lives, or another was faster
        if path.name.endswith((TAKEN, HALF)) and time() - path.stat().st_ctime > ABANDONED_SECONDS:
            path.unlink()


def put_aside(path: Path) -> None:
    folder = path.parent.parent / DAMAGED
    folder.mkdir(exist_ok=True)
    logger.error("a damaged file of the queue is put aside: %s", path.name)
    path.replace(folder / path.name)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One process at a time changes what is bound."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def get_table(self: Any, exchange: str) -> list[Any]:
    """What is bound to an exchange; for a file that cannot be read, what this process itself has bound."""
    path = Path(self._exchange_file(exchange))
    try:
        return [filesystem.exchange_queue_t(*entry) for entry in loads(path.read_text())]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError):
        put_aside(path)
        known = self.state.exchanges.get(exchange, {}).get("table", [])
        table = [filesystem.exchange_queue_t(key or "", pattern or "", queue) for key, pattern, queue in known]
        if table:
            write_whole(path, dumps(table).encode())
        return table


def bind(self: Any, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
    entry = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
    path = Path(self._exchange_file(exchange))
    with alone(path.parent):
        for other in path.parent.iterdir():
            clear_abandoned(other)
        table = get_table(self, exchange)
        if entry not in table:
            write_whole(path, dumps([entry, *table]).encode())


def put(self: Any, queue: str, payload: Any, **kwargs: Any) -> None:
    name = f"{monotonic_ns():020}_{uuid.uuid4()}.{queue}.msg"  # in the order of their names: several in a millisecond
    try:
        write_whole(Path(self.data_folder_out) / name, dumps(payload).encode())
    except OSError as error:
        raise filesystem.ChannelError(f"cannot add a file to {self.data_folder_out}") from error


def get(self: Any, queue: str) -> Any:
    """The oldest message that can be read. Raises Empty."""
    folder = Path(self.data_folder_in)
    for path in sorted(folder.iterdir()):
        if path.name.partition(".")[2] != f"{queue}.msg":
            clear_abandoned(path)
            continue
        taken = path.with_name(f"{path.name}{TAKEN}")
        try:
            path.rename(taken)
        except FileNotFoundError:  # another worker was faster
            continue
        try:
            message = loads(taken.read_text())
            if not (isinstance(message, dict) and "body" in message and "delivery_tag" in message["properties"]):
                raise ValueError
        except FileNotFoundError:  # cleared away: this process stood still for long
            continue
        except (ValueError, TypeError, KeyError, IsADirectoryError):
            put_aside(taken)
            continue
        taken.unlink(missing_ok=True)
        return message
    raise Empty
