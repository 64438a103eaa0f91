"""The cache of each process for what never changes under its key: the object itself, never a copy.

Django's own memory cache pickles at every read, which costs a lesson page more than its database queries. Whatever
is kept here is frozen: nobody may change what ``get`` returns.
"""

import time
from collections import OrderedDict
from threading import Lock
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

_stores: dict[str, tuple[OrderedDict[str, tuple[Any, float | None]], Lock]] = {}


class ObjectCache(BaseCache):
    """Least recently used objects leave first when ``MAX_ENTRIES`` are kept."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.kept, self.lock = _stores.setdefault(name, (OrderedDict(), Lock()))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        key = self.make_key(key, version)
        with self.lock:
            value, ends = self.kept.get(key, (default, 0.0))
            if ends is not None and ends <= time.time():
                self.kept.pop(key, None)
                return default
            self.kept.move_to_end(key)
            return value

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        key = self.make_key(key, version)
        with self.lock:
            self.kept[key] = value, self.get_backend_timeout(timeout)
            self.kept.move_to_end(key)
            while len(self.kept) > self._max_entries:
                self.kept.popitem(last=False)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        if self.has_key(key, version):
            return False
        self.set(key, value, timeout, version)
        return True

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        missing = object()
        value = self.get(key, missing, version)
        if value is missing:
            return False
        self.set(key, value, timeout, version)
        return True

    def delete(self, key: str, version: int | None = None) -> bool:
        with self.lock:
            return self.kept.pop(self.make_key(key, version), None) is not None

    def clear(self) -> None:
        with self.lock:
            self.kept.clear()
