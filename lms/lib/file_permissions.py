"""Files of an installation are its own account's: nobody else on the machine reads who learns here.

``lms/__init__.py`` sets the mask of every process, whatever the shell or the service manager gave it.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

UMASK = 0o077
FOLDER, FILE = 0o700, 0o600
OTHERS = 0o077


def open_to_others(root: Path, *, without: tuple[Path, ...] = ()) -> Iterator[tuple[Path, int]]:
    """What under ``root`` (itself too) is ours and has a right for anybody else, with the mode it should have.

    Links are not followed; folders in ``without`` are left out with what is in them.
    """
    skipped = {str(folder) for folder in without}
    waiting = [str(root)]
    while waiting:
        path = waiting.pop()
        try:
            found = os.lstat(path)
            is_folder = stat.S_ISDIR(found.st_mode)
            inside = [entry.path for entry in os.scandir(path)] if is_folder else []
        except OSError:  # gone meanwhile, or not ours to read
            continue
        waiting += [one for one in inside if one not in skipped]
        if not (is_folder or stat.S_ISREG(found.st_mode)) or found.st_uid != os.geteuid():
            continue
        if stat.S_IMODE(found.st_mode) & OTHERS:
            yield Path(path), FOLDER if is_folder else FILE


def close_to_others(root: Path, *, without: tuple[Path, ...] = ()) -> int:
    """Take every right of group and others from what is under ``root``; return how many files and folders had one."""
    count = 0
    for path, mode in list(open_to_others(root, without=without)):
        path.chmod(mode)
        count += 1
    return count


def make_folders() -> None:
    """The folders of ``DATA_DIR`` that are written to, under whatever settings: a worker needs its queue.

    One that cannot be made is the doctor's to report: commands that only read still run.
    """
    folders = [settings.CELERY_BROKER_TRANSPORT_OPTIONS.get(name) for name in ("data_folder_in", "control_folder")]
    folders += [cache.get("LOCATION") for cache in settings.CACHES.values() if "filecache" in str(cache).lower()]
    for folder in (settings.DATA_DIR, *filter(None, folders)):
        with suppress(OSError):
            Path(str(folder)).mkdir(parents=True, exist_ok=True)
