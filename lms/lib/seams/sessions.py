"""Django's cached sessions, for keys that Django itself may have given out."""

from typing import Any

from django.contrib.sessions.backends import cached_db
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, OperationalError


class SessionStore(cached_db.SessionStore):
    """A forged cookie may hold any sign, a NUL too, and PostgreSQL refuses it before any page could answer.

    What the cache gives for a session that is none (its memory was damaged, another program writes there) is read from
    the database instead.
    """

    def load(self) -> Any:
        found = super().load()
        if isinstance(found, dict):
            return found
        self._cache.delete(self.cache_key)
        return super().load()

    def save(self, must_create: bool = False) -> None:
        """A database that is away is said so: Django takes any failure for a session that somebody has ended."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError | InterfaceError):
                raise error.__context__ from None
            raise

    def _validate_session_key(self, key: Any) -> bool:
        return bool(super()._validate_session_key(key)) and key.isascii() and key.isalnum()  # type: ignore[misc]
