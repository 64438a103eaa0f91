"""Secrets that an embedded installation makes for itself, once, in its data folder."""

import contextlib
import os
import secrets
from pathlib import Path


def secret_from_file(path: Path) -> str:
    """The secret kept in ``path``; made with owner-only rights when the file is not there yet."""
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
    return path.read_text().strip()
