"""``manage.py move_to_postgresql URL``: the site on SQLite, row by row and compared, into an empty PostgreSQL."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.lib.backups import columns, moving
from lms.lib.backups.archive import BackupError
from lms.lib.management.commands.backup import end_cleanly


class Command(BaseCommand):
    help = (
        "With the site stopped: copy all that it holds on SQLite into the empty database URL, and compare each table. "
        "The site on SQLite is not changed; files stay where they are."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help=f"as DATABASE_URL will say it: {moving.EXAMPLE}")
        parser.add_argument(
            columns.LEAVE_OUT, action="store_true", help="leave out NUL characters, which PostgreSQL refuses"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        end_cleanly()
        try:
            for line in moving.move(options["url"], without_nul=options["without_nul"], say=self.tell):
                self.tell(line)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS("The site is on PostgreSQL too, as it is on SQLite."))
        self.tell("Set DATABASE_URL to that address, on every host, then: python manage.py start")

    def tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
