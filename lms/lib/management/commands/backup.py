"""``manage.py backup FILE``: database, files of people and a manifest of both in one file, while the site runs."""

import signal
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.lib.backups import making, nightly, restoring
from lms.lib.backups.archive import BackupError


def end_cleanly() -> None:
    """SIGTERM ends this command as Ctrl-C does: what is unfinished is removed."""

    def leave(*_args: object) -> None:
        raise SystemExit(143)

    signal.signal(signal.SIGTERM, leave)


class Command(BaseCommand):
    help = (
        "Write a backup of this site to FILE, which must not exist yet, and read it back. With --nightly: into "
        "BACKUP_DIR if none was made today, and delete those that are old."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="the file to write, for instance /backups/monday.zip")
        parser.add_argument(
            "--with-keys", action="store_true", help="put the secret keys in: keep such a file locked up"
        )
        parser.add_argument("--nightly", action="store_true", help="what the schedule runs; BACKUP_DIR says where")

    def handle(self, *args: Any, **options: Any) -> None:
        end_cleanly()
        if bool(options["file"]) == options["nightly"]:
            raise CommandError("Name one file to write: python manage.py backup FILE")
        try:
            if options["nightly"]:
                nightly.make_one(say=self.tell)
                return
            making.make(options["file"], with_keys=options["with_keys"], say=self.tell)
            self.tell("Reading it back ...")
            manifest = restoring.check(options["file"], say=self.tell)
            nightly.record(options["file"].name, options["file"].stat().st_size, manifest)
        except BackupError as error:
            raise CommandError(str(error)) from error
        if not options["with_keys"]:
            self.tell(
                "Not in it: the secret keys. Keep a copy of them elsewhere, without them second factors are lost."
            )
        self.stdout.write(self.style.SUCCESS("The backup is complete, and was read back."))

    def tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
