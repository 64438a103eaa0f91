"""A connection that is refused is tried again for two seconds: a restart of the server takes less."""

import time
from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base

PATIENCE = 2.0  # seconds
FIRST_PAUSE = 0.05
REST_SECONDS = 10.0
"""After two seconds in vain, a request tries once: a server that is down for long does not hold every thread."""

_rests_until = 0.0  # this process's monotonic clock


def patiently(connect: Callable[[], Any], *, failure: type[Exception]) -> Any:
    """What ``connect`` returns, tried again while it raises ``failure`` and there is patience left."""
    global _rests_until
    began, pause = time.monotonic(), FIRST_PAUSE
    while True:
        try:
            made = connect()
        except failure:
            now = time.monotonic()
            if now < _rests_until:
                raise
            if now + pause - began > PATIENCE:
                _rests_until = now + REST_SECONDS
                raise
            time.sleep(pause)
            pause *= 1.5
        else:
            _rests_until = 0.0
            return made


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        plain = super().get_new_connection
        return patiently(lambda: plain(conn_params), failure=self.Database.OperationalError)
