"""``manage.py rollback``: the old version brings back what the last upgrade saved."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.lib.backups import upgrading
from lms.lib.backups.archive import BackupError
from lms.lib.management.commands.backup import end_cleanly


class Command(BaseCommand):
    help = "Run by the old version, with the site stopped: bring back the backup that the last upgrade made."
    requires_system_checks: list[str] = []  # the tables are those of the newer version
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            upgrading.LOSE_WORD, action="store_true", dest="lose", help="go back although rows were written since"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        end_cleanly()
        try:
            for line in upgrading.roll_back(lose=options["lose"], say=self.tell):
                self.tell(line)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS("The site is as before the upgrade. Start it: python manage.py start"))

    def tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
