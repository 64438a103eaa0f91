"""Does the database belong to this code? Its migrations are compared with the code's, by name."""

import sys
from functools import lru_cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


@lru_cache(maxsize=1)
def migrations_of_the_code() -> tuple[dict[str, frozenset[str]], frozenset[str], frozenset[str]]:
    """Each migration with those it replaces, every name that is known, and the apps, as ``app.name``."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    replaced = {
        f"{app}.{name}": frozenset(".".join(pair) for pair in migration.replaces)
        for (app, name), migration in loader.disk_migrations.items()
    }
    return replaced, frozenset(replaced).union(*replaced.values()), frozenset(loader.migrated_apps)


def missing_and_unknown() -> tuple[list[str], list[str]]:
    """Migrations that the database lacks, and those it has that this code does not know: a newer version made them.

    Raises DatabaseError when the database cannot be asked.
    """
    replaced, known, apps = migrations_of_the_code()
    applied = {f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations() if app in apps}
    missing = [name for name, others in replaced.items() if name not in applied and not (others and others <= applied)]
    return sorted(missing), sorted(applied - known)


def refuse_newer_database() -> None:
    """End this process when a newer version has changed the database: old code would write what new code misreads.

    A database that does not answer is waited for, as everywhere. Raises SystemExit, as ``refuse_half_configured`` does.
    """
    try:
        unknown = missing_and_unknown()[1]
    except DatabaseError:
        return
    finally:
        connection.close()
    if unknown:
        (sys.__stderr__ or sys.stderr).write(newer(unknown) + "\n")
        raise SystemExit(1)


def newer(unknown: list[str]) -> str:
    """What is wrong, and how to fix it, for whoever starts the site."""
    return (
        f"Passerelle does not start: a newer version has changed this database ({', '.join(unknown[:3])}"
        f"{', ...' if len(unknown) > 3 else ''}).\n"
        "Start that version again, or restore the backup that was made before it."
    )
