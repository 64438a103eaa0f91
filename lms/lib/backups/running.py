"""Does anything of this site run? What changes a whole database must be alone with it."""

import os
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connection

from lms.lib.backups.archive import BackupError


def supervisor() -> int | None:
    """Process number of the supervisor that ``manage.py start`` became in this DATA_DIR."""
    with suppress(OSError, ValueError):
        pid = int((Path(settings.DATA_DIR) / "supervisord.pid").read_text())
        if b"supervisord" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    return None


def other_processes() -> list[str]:
    """What runs on this site beside this process, in words."""
    found = []
    pid = supervisor()
    if pid is not None:
        found.append(f"the site itself (process {pid})")
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        found += [f"process {one} holds {path.name} open" for one in processes_with_open(path) if one != os.getpid()]
    else:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid, coalesce(host(client_addr), 'this machine') FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            found += [f"a connection to the database from {address} (no. {one})" for one, address in cursor.fetchall()]
    return found


def processes_with_open(path: Path) -> list[int]:
    """Processes that have a file open, as far as this account may see (Linux)."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if any(is_same_file(link, path) for link in (entry / "fd").iterdir()):
                found.append(int(entry.name))
    return found


def is_same_file(link: Path, path: Path) -> bool:
    with suppress(OSError):
        return link.samefile(path)
    return False


def refuse_running() -> None:
    """Raises BackupError."""
    found = other_processes()
    if found:
        raise BackupError(
            f"The site must be stopped first, on every host: {'; '.join(found[:5])}. Stop it (Ctrl-C, or "
            "systemctl stop), then type this again."
        )
