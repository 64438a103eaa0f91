"""What any process logs as an error, with its trace, in a file of its group: ``lms.lib.error_reports`` sends them.

A handler of ``logging``: it is made before Django is ready, and works without database and cache.
"""

import hashlib
import logging
import os
from pathlib import Path

from django.conf import settings

MOST_GROUPS = 200
MOST_BYTES = 50_000  # of one group: beyond that it is only counted
SEPARATOR = "\x1e\n"  # after each error


def folder() -> Path:
    return Path(settings.DATA_DIR) / "errors"


class ErrorFiles(logging.Handler):
    """Appends each error to the file of its group. Never raises, never waits."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = self.format(record)
            path = folder() / f"{group_of(record)}.txt"
            size = path.stat().st_size if path.exists() else 0
            if not size:
                path.parent.mkdir(mode=0o700, exist_ok=True)
                if sum(1 for _entry in os.scandir(path.parent)) > 2 * MOST_GROUPS:
                    return
            if size > 2 * MOST_BYTES:
                return
            with path.open("a", encoding="utf-8") as file:
                file.write((text[:MOST_BYTES] + "\n" if size < MOST_BYTES else "") + SEPARATOR)
        except Exception:  # noqa: BLE001, S110  (a full disk, a folder of somebody else: the log has it too)
            pass


def group_of(record: logging.LogRecord) -> str:
    """Errors of one kind raised at one place are one group, whatever their words."""
    kind, place = record.name, f"{record.pathname}:{record.lineno}"
    if record.exc_info and record.exc_info[0] is not None:
        kind, trace = record.exc_info[0].__qualname__, record.exc_info[2]
        while trace is not None:
            place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
            trace = trace.tb_next
    return hashlib.sha256(f"{kind} {place}".encode()).hexdigest()[:20]
