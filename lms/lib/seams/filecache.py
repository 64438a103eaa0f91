"""The cache that every process of an embedded installation shares: files, with an atomic ``add``.

Django's own lets two processes win the same ``add`` (rate limits lock with it) and lists the folder at every write.
"""

import os
import secrets
import tempfile
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache

CULL_ONE_WRITE_IN = 500


class FileCache(FileBasedCache):
    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Set the key and answer True for one caller only, however many processes ask at once."""
        if self.has_key(key, version):  # also removes an expired file
            return False
        self._createdir()  # type: ignore[attr-defined]
        target = self._key_to_file(key, version)  # type: ignore[attr-defined]
        handle, name = tempfile.mkstemp(dir=self._dir)  # type: ignore[attr-defined]
        try:
            with os.fdopen(handle, "wb") as file:
                self._write_content(file, timeout, value)  # type: ignore[attr-defined]
            os.link(name, target)  # fails when the file is there: that is the lock
        except FileExistsError:
            return False
        finally:
            os.unlink(name)  # noqa: PTH108
        return True

    def _cull(self) -> None:
        if secrets.randbelow(CULL_ONE_WRITE_IN) == 0:
            super()._cull()  # type: ignore[misc]
