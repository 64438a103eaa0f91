"""The cache that every process shares, and what happens while it is away: nobody waits for it, nobody sees an error.

Its calls have a time limit (``CACHE_SECONDS``). After one that failed it is left alone for ``REST_SECONDS``: one
request in many pays for a dead server. Meanwhile counts and locks are kept in the database (``FALLBACK``), and whatever
can be found again (sessions, pages) is simply not there. A value that cannot be read is not there either.
"""

import logging
import time
from collections.abc import Callable
from threading import Lock
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import Error as DatabaseError
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

REST_SECONDS = 5.0

_rests_until: dict[str, float] = {}  # by location; this process's monotonic clock
_lock = Lock()


class SharedCache(BaseCache):
    """``OPTIONS``: ``MAIN``, the backend by its dotted name, with its own options in ``MAIN_OPTIONS``; ``FALLBACK``, a
    table (``lms.lib.models.CachedEntry``) for what must be counted while the main one is away, or empty.
    """

    def __init__(self, location: Any, params: dict[str, Any]) -> None:
        options = dict(params.get("OPTIONS", {}))
        main, more = options.pop("MAIN"), options.pop("MAIN_OPTIONS", {})
        fallback = options.pop("FALLBACK", "")
        super().__init__({**params, "OPTIONS": options})
        self.name = str(location)
        self.main: BaseCache = import_string(main)(location, {**params, "OPTIONS": {**options, **more}})
        self.fallback: BaseCache | None = None
        if fallback:
            table = {**params, "OPTIONS": {"MAX_ENTRIES": 50_000}}
            self.fallback = import_string("django.core.cache.backends.db.DatabaseCache")(fallback, table)

    def answers(self) -> bool:
        """Whether the main cache keeps what it is given, asked now. For ``doctor``."""
        try:
            self.main.set("doctor", "ok", 30)
            return bool(self.main.get("doctor") == "ok")
        except Exception:  # noqa: BLE001  (each backend fails in its own way)
            return False

    def is_resting(self) -> bool:
        return time.monotonic() < _rests_until.get(self.name, 0.0)

    def ask(self, call: Callable[[BaseCache], Any], instead: Any, *, counts: bool = False) -> Any:
        """What the main cache answers; the fallback's answer, or ``instead``, while it is away."""
        with _lock:
            rests = self.is_resting()
            if not rests and self.name in _rests_until:  # one looks whether it is back, the others do not wait for it
                _rests_until[self.name] = time.monotonic() + REST_SECONDS
        if not rests:
            try:
                answer = call(self.main)
            except Exception as error:
                if counts and type(error) is ValueError:  # nothing is there to be counted on: every backend says it so
                    raise
                self.note(error)
            else:
                _rests_until.pop(self.name, None)
                return answer
        return call(self.fallback) if self.fallback is not None else instead

    def note(self, error: Exception) -> None:
        """A server that does not answer is left alone; a value that cannot be read is only not there."""
        logger.warning("shared cache: %s", type(error).__name__)
        if is_away(error):
            _rests_until[self.name] = time.monotonic() + REST_SECONDS
        else:
            _rests_until.pop(self.name, None)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self.ask(lambda cache: cache.get(key, default, version), default)

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        wanted = list(keys)
        found: dict[Any, Any] = self.ask(lambda cache: cache.get_many(wanted, version), {})
        return found

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self.ask(lambda cache: cache.set(key, value, timeout, version), None)

    def set_many(self, data: dict[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[Any]:
        kept: list[Any] = self.ask(lambda cache: cache.set_many(data, timeout, version), list(data))
        return kept

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self.ask(lambda cache: cache.add(key, value, timeout, version), True))

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self.ask(lambda cache: cache.touch(key, timeout, version), False))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self.ask(lambda cache: cache.delete(key, version), False))

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return bool(self.ask(lambda cache: cache.has_key(key, version), False))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return int(self.ask(lambda cache: cache.incr(key, delta, version), 0, counts=True))

    def clear(self) -> None:
        self.ask(lambda cache: cache.clear(), None)
        if self.fallback is not None:
            self.fallback.clear()

    def close(self, **kwargs: Any) -> None:
        self.main.close(**kwargs)


def is_away(error: Exception) -> bool:
    """A connection, a time limit, a disk: not the content of one value."""
    if isinstance(error, DatabaseError | OSError | TimeoutError):
        return True
    return any(kind.__name__ in {"ConnectionError", "TimeoutError"} for kind in type(error).__mro__)
