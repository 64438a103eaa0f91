"""Files that are on the disk when the row that names them is: after a power cut none is empty or cut off.

The kernel keeps what is written in memory for up to half a minute, while the database waits for the disk: a row could
outlive its file. SQLite and PostgreSQL synchronise folder and file in the same order (``fsync(2)``).
"""

import os
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


def synchronise(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def place(draft: Path, path: Path) -> None:
    """Give a finished file its name, on the disk when this returns. Raises FileExistsError, and overwrites nothing."""
    synchronise(draft)
    try:
        os.link(draft, path)
    except OSError as error:
        if isinstance(error, FileExistsError) or path.exists():
            raise FileExistsError(f"{path} exists") from error
        draft.rename(path)  # a file system without links, as of USB sticks
    else:
        draft.unlink()
    synchronise(path.parent)


class DurableFiles(FileSystemStorage):
    """Files on the machine's own disk, saved when ``save`` returns: their content, and their names in every folder."""

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        wanted = Path(self.path(str(name or content.name)))
        root = Path(self.location)
        missing = [one for one in wanted.parents if one.is_relative_to(root) and not one.exists()]
        saved = super().save(name, content, max_length=max_length)
        path = Path(self.path(saved))
        synchronise(path)
        for folder in dict.fromkeys([path.parent, *(each.parent for each in missing)]):
            synchronise(folder)
        return saved
