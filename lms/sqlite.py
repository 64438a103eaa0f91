"""A sound SQLite, wherever Python came with an older one.

SQLite 3.7.0 to 3.51.2 can corrupt a WAL database that several processes write and checkpoint at once
(sqlite.org, release 3.51.3). Web workers and the Celery worker on one file are exactly that, so the wheel
``pysqlite3``, which bundles a later release, takes the place of the standard module. Where no wheel exists
the system's library stays and ``manage.py doctor`` says so.
"""

import importlib
import sys
from typing import Any

PARAMETERS = 32_766  # sqlite.org/limits.html
FIXED_IN = (3, 51, 3)
BACKPORTED_IN = ((3, 44, 6), (3, 50, 7))


def use_safe_sqlite() -> bool:
    """Put ``pysqlite3`` in the place of ``sqlite3``; False when it is not installed."""
    if "sqlite3" in sys.modules and sys.modules["sqlite3"].__name__ == "pysqlite3":
        return True
    try:
        sound = importlib.import_module("pysqlite3")
        dbapi2 = importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return False
    add_limits(sound, dbapi2)
    sys.modules["sqlite3"] = sound
    sys.modules["sqlite3.dbapi2"] = dbapi2
    return True


def add_limits(*modules: Any) -> None:
    """Django 6 asks a connection how many parameters a query may have, which ``pysqlite3`` cannot tell."""
    connection: Any = modules[0].Connection
    if hasattr(connection, "getlimit"):
        return

    class Connection(connection):
        def getlimit(self, category: int) -> int:
            """Of a build as SQLite makes it by default; asked for ``SQLITE_LIMIT_VARIABLE_NUMBER`` alone."""
            return PARAMETERS

    plain = modules[0].connect

    def connect(*args: Any, **kwargs: Any) -> Any:
        return plain(*args, **{"factory": Connection, **kwargs})

    for module in modules:
        module.connect = connect
        module.SQLITE_LIMIT_VARIABLE_NUMBER = 9


def is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite release is outside the range of the WAL-reset bug."""
    return version >= FIXED_IN or any(version[:2] == fixed[:2] and version >= fixed for fixed in BACKPORTED_IN)
