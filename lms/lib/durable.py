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


class DurableFiles(FileSystemStorage):
    """Files on the machine's own disk, saved when ``save`` returns: their content, and their names in every folder."""

    def _save(self, name: str, content: Any) -> str:
        root = Path(self.location)
        folder = Path(self.path(name)).parent
        missing = [one for one in (folder, *folder.parents) if one.is_relative_to(root) and not one.exists()]
        saved = super()._save(name, content)  # type: ignore[misc]
        path = Path(self.path(saved))
        synchronise(path)
        for one in dict.fromkeys([path.parent, *(each.parent for each in missing)]):
            synchronise(one)
        return str(saved)
