"""One command from a fresh folder to a running site: migrate, static files, demo content, then the supervisor.

On several machines each host runs its part: ``start --web``, ``start --worker``, one of them ``start --beat``; then the
database is prepared once, by ``start --prepare-only``.
"""

import hashlib
import os
import socket
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from lms.lib.backups import releases
from lms.lib.file_permissions import close_to_others
from lms.lib.schema_versions import missing_and_unknown, newer

DEMO_ROLES = ("learner", "trainer", "employer", "manager", "admin")
PARTS = ("web", "worker", "beat")
DEMO_PASSWORD = "passerelle-demo"  # noqa: S105  (public on purpose; production refuses to start with it)


class Command(BaseCommand):
    help = (
        "Prepare the data folder, then serve: web, worker and beat under one supervisor, in the foreground. "
        "With --web, --worker or --beat: these only, on a database that start --prepare-only has prepared."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="load the demo content when the database is new")
        parser.add_argument("--prepare-only", action="store_true", help="stop before the supervisor starts")
        parser.add_argument("--web", action="store_true", help="serve pages on this host")
        parser.add_argument("--worker", action="store_true", help="work through the queues on this host")
        parser.add_argument("--beat", action="store_true", help="say what is due (on several hosts, one of them does)")
        parser.add_argument("--all", action="store_true", help="all three (the default)")

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
        parts = [part for part in PARTS if options[part] and not options["all"]] or list(PARTS)
        if "web" in parts and not options["prepare_only"]:
            refuse_taken_port(host, port)
        self.close_folders()
        if parts == list(PARTS):
            if self.prepare() and options["demo"]:
                self.stdout.write("Loading the demo content, this takes a minute ...")
                call_command("demo")
        else:
            refuse_unprepared()
            self.check(databases=["default"])
        if "web" in parts:
            self.collect_static_files()
        if not options["prepare_only"]:
            self.announce(host, port, parts)
            supervise(host, port, parts)

    def close_folders(self) -> None:
        opened = close_to_others(settings.DATA_DIR, without=(Path(settings.STATIC_ROOT),))
        if opened:
            self.stdout.write(f"Files and folders that others on this machine could read, closed to them: {opened}")

    def prepare(self) -> bool:
        """Bring the database up to date; True on the first start."""
        from django.contrib.auth import get_user_model
        from django.db import connection

        unknown = missing_and_unknown()[1]
        if unknown:
            raise CommandError(newer(unknown))
        is_new = "django_migrations" not in connection.introspection.table_names()
        self.stdout.write("Preparing the database ...")
        call_command("migrate", verbosity=0)
        self.check(tags=[Tags.database], databases=["default"])  # `migrate` called from code leaves the checks out
        call_command("setup_site", stdout=open(os.devnull, "w"))  # noqa: SIM115, PTH123
        releases.note()
        return is_new or not get_user_model().objects.exists()

    def collect_static_files(self) -> None:
        """On each web host: they are files of its own."""
        stamp, found = Path(settings.STATIC_ROOT) / ".fingerprint", static_fingerprint()
        if not stamp.exists() or stamp.read_text() != found:
            self.stdout.write("Collecting static files ...")
            call_command("collectstatic", interactive=False, verbosity=0)
            stamp.write_text(found)

    def announce(self, host: str, port: str, parts: list[str]) -> None:
        from django.contrib.auth import get_user_model

        if "web" not in parts:
            self.stdout.write(f"Passerelle: {', '.join(parts)}    Stop: Ctrl-C\n")
            self.stdout.flush()
            return
        self.stdout.write(self.style.SUCCESS(f"\nPasserelle: http://{host}:{port}/"))
        if get_user_model().objects.filter(username="learner", is_demo=True).exists():
            self.stdout.write(f"Demo accounts: {', '.join(DEMO_ROLES)} (password {DEMO_PASSWORD})")
        if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
            self.stdout.write(f"Mails are written to {settings.EMAIL_FILE_PATH}")
        self.stdout.write("Wagtail admin: /cms/    Stop: Ctrl-C\n")
        self.stdout.flush()


def refuse_taken_port(host: str, port: str) -> None:
    """A port in use is found now, in one sentence, instead of in the web server's traceback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except (OSError, ValueError) as error:
            raise CommandError(f"Cannot listen on {host}:{port} ({error}). Try: make run PORT=8001") from error


def static_fingerprint() -> str:
    """Changes when a dependency or a file of our own static folders changes."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for folder in settings.STATICFILES_DIRS:
        for file in sorted(Path(folder).rglob("*")):
            if file.is_file():
                digest.update(str(file.relative_to(folder)).encode() + file.read_bytes())
    return digest.hexdigest()


def refuse_unprepared() -> None:
    """A part alone changes no database: with several hosts each would, at once."""
    missing, unknown = missing_and_unknown()
    if unknown:
        raise CommandError(newer(unknown))
    if missing:
        raise CommandError(
            f"The database lacks {len(missing)} migrations of this version ({', '.join(missing[:3])} ...). "
            "Run once, on one host: python manage.py start --prepare-only"
        )


def supervise(host: str, port: str, parts: list[str]) -> None:
    """Replace this process by supervisord; Ctrl-C then reaches it, and it stops its children: those of ``parts``."""
    binaries = Path(sys.executable).parent
    os.environ.update(
        **{f"START_{part.upper()}": str(part in parts).lower() for part in PARTS},
        BIN=str(binaries),
        HOST=host,
        PORT=port,
        DATA_DIR=str(settings.DATA_DIR),
        WEB_WORKERS=os.environ.get("WEB_WORKERS", str(min(os.cpu_count() or 2, 8))),
        PYTHONUNBUFFERED="1",
    )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.local")
    make_output_openable()
    config = settings.BASE_DIR / "lms" / "supervisord.conf"
    os.execv(binaries / "supervisord", ["supervisord", "-n", "-c", str(config)])  # noqa: S606


def make_output_openable() -> None:
    """supervisord opens its own output once more for what the children say. It cannot where that is a socket, as
    under systemd, or another user's file: then a pipe stands before it, which ``cat`` empties until all have ended.
    """
    try:
        os.close(os.open("/dev/fd/1", os.O_WRONLY | os.O_APPEND))
    except OSError:
        sys.stdout.flush()
        reader, writer = os.pipe()
        subprocess.Popen(["cat"], stdin=reader, start_new_session=True)  # noqa: S607
        for output in (1, 2):
            os.dup2(writer, output)
        os.close(reader)
        os.close(writer)
