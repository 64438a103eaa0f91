"""``manage.py restore FILE``: bring a backup back into an empty site; ``--check``: judge the file alone."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lms.lib.backups import restoring
from lms.lib.backups.archive import BackupError
from lms.lib.management.commands.backup import end_cleanly


class Command(BaseCommand):
    help = "Bring a backup back into an empty site, checked before anything is touched. --check judges the file alone."
    requires_system_checks: list[str] = []  # an empty site has no tables to look at, and --check needs no site
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file that manage.py backup wrote")
        parser.add_argument(
            "--check", action="store_true", help="read and judge the file; no site is needed or touched"
        )
        parser.add_argument("--replace", default="", metavar="everything", help="replace what this site holds")
        parser.add_argument("--take-keys", action="store_true", help="only write its keys to DATA_DIR/secret_key")
        parser.add_argument("--without-keys", action="store_true", help="go on although its keys are lost for ever")
        parser.add_argument("--erasures", type=Path, help="another erasures.jsonl, of the machine that was lost")

    def handle(self, *args: Any, **options: Any) -> None:
        end_cleanly()
        try:
            if options["check"]:
                restoring.check(options["file"], say=self.tell)
                self.stdout.write(self.style.SUCCESS("This backup is whole."))
            elif options["take_keys"]:
                path = restoring.take_keys(options["file"])
                self.tell(
                    f"Written: {path}. Where SECRET_KEY is set, set SECRET_KEY_FILE={path} instead, then restore."
                )
            else:
                choices = restoring.Choices(
                    replace=options["replace"], without_keys=options["without_keys"], erasures=options["erasures"]
                )
                for line in restoring.restore(options["file"], choices, say=self.tell):
                    self.tell(line)
                self.stdout.write(self.style.SUCCESS("Restored. Start the site: python manage.py start"))
        except BackupError as error:
            raise CommandError(str(error)) from error

    def tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
