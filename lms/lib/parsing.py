"""Reading files of strangers in a process of its own, with limits of time and memory: a file that is made to be slow
costs one killed process, and neither the site nor the worker.

``python -m lms.lib.parsing`` is that process. It reads one line of JSON (which reader, with which options) and then the
file from its input, and answers with JSON.
"""

import json
import logging
import os
import resource
import signal
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

UNREADABLE, CRASHED, NO_MEMORY = 3, 4, 5  # how the process ends


class UnreadableFileError(ValueError):
    """The file cannot be read. The message says what is wrong and how to fix it."""


class BusyError(Exception):
    """The machine had no time or memory to read the file: nothing is wrong with it, try again later."""


def parse_apart(reader: str, content: bytes, **options: Any) -> Any:
    """What the function ``reader`` ("lms.lib.tables.read_table") makes of ``content``, as JSON keeps it.

    Raises UnreadableFileError with the reader's words, or when reading takes more time of the processor or memory than
    is allowed (``PARSE_CPU_SECONDS``, ``PARSE_MEMORY_MB``), or answers more (``PARSE_ANSWER_MB``); BusyError when it
    did not get them within ``PARSE_SECONDS``, or was killed from outside. With ``PARSE_APART`` off (tests), reads here.
    """
    if not settings.PARSE_APART:
        return json.loads(as_text(import_string(reader)(content, **options)))
    order = {"reader": reader, "options": options, "language": translation.get_language()}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "lms.lib.parsing"],
            input=json.dumps(order).encode() + b"\n" + content,
            capture_output=True,
            timeout=settings.PARSE_SECONDS,
            cwd=settings.BASE_DIR,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]},
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BusyError(f"{reader} had no answer after {settings.PARSE_SECONDS} s") from error
    if done.returncode == 0:
        return json.loads(done.stdout)
    if done.returncode == UNREADABLE:
        raise UnreadableFileError(json.loads(done.stdout))
    if done.returncode in (-signal.SIGXCPU, NO_MEMORY):
        raise too_much()
    if done.returncode in (-signal.SIGKILL, -signal.SIGTERM):  # the system was short of memory, or is being stopped
        raise BusyError(f"{reader} was killed")
    logger.error("reader failed: %s (%s)", reader, fault(done.stderr.decode(errors="replace")))
    raise UnreadableFileError(_("This file cannot be read. Open it in the program it comes from and save it again."))


def fault(traceback: str) -> str:
    """Where it failed and with which exception, without the exception's words: they may quote the file."""
    lines = traceback.strip().splitlines() or [""]
    places = [line.strip() for line in lines if line.startswith('  File "')] or [""]
    return f"{lines[-1].partition(':')[0][:60]}, {places[-1]}"


def too_much() -> UnreadableFileError:
    return UnreadableFileError(
        _("This file is too large or too complicated to be read. Cut it into smaller files, or simplify it.")
    )


def as_text(answer: Any) -> str:
    """What the process answers. Raises UnreadableFileError when that is too much: whoever asked has no limits, and a
    small file may name one long text a thousand times.
    """
    text = json.dumps(answer)
    if len(text) > settings.PARSE_ANSWER_MB * 1024 * 1024:
        raise too_much()
    return text


def set_limits() -> None:
    """For this process, from now on: seconds of the processor, memory beside what it has already, no files, no dump."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + 1 + settings.PARSE_CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    with open("/proc/self/statm") as statm:  # noqa: PTH123  (one line, before anything heavy)
        pages = int(statm.read().split()[0])
    memory = pages * resource.getpagesize() + settings.PARSE_MEMORY_MB * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    import django

    django.setup()
    order = json.loads(sys.stdin.buffer.readline())
    read = import_string(order["reader"])
    set_limits()
    try:
        with translation.override(order["language"]):
            answer, code = read(sys.stdin.buffer.read(), **order["options"]), 0
            text = as_text(answer)
    except UnreadableFileError as error:
        text, code = json.dumps(str(error)), UNREADABLE
    except MemoryError:
        return NO_MEMORY
    sys.stdout.write(text)
    return code


if __name__ == "__main__":
    from lms.lib import parsing  # the module that the readers know, with its own exception class

    sys.exit(parsing.main())
