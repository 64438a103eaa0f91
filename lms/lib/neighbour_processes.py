"""What runs beside this process under the same supervisor (``manage.py start``), as the kernel tells it."""

import os
from pathlib import Path


def command_lines() -> list[list[str]]:
    """The words of each command; without this process, and without what has ended and is only remembered."""
    parent, found = os.getppid(), []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            state, of = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            if int(of) == parent and state != "Z" and entry.name != str(os.getpid()):
                found.append((entry / "cmdline").read_text().split("\0")[:-1])
        except OSError:  # it ended meanwhile
            continue
    return found
