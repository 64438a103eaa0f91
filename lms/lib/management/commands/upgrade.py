"""``manage.py upgrade``: the new version makes a backup, prepares the site, and says how to go back."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from lms.lib import health
from lms.lib.backups import nightly, upgrading
from lms.lib.backups.archive import BackupError
from lms.lib.backups.upgrading import Upgrade
from lms.lib.management.commands.backup import end_cleanly


class Command(BaseCommand):
    help = (
        "Run by the new version, with the site stopped: write a backup into BACKUP_DIR, bring the database up to date, "
        "collect static files and look whether the site can serve."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--into", type=Path, metavar="FOLDER", help="for the backup, instead of BACKUP_DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        end_cleanly()
        try:
            folder = options["into"] or nightly.folder_of_backups()
            upgrade = upgrading.begin(folder.absolute(), say=self.tell)
        except BackupError as error:
            raise CommandError(f"{error}\nNothing was changed.") from error
        try:
            call_command("start", prepare_only=True, stdout=self.stdout, stderr=self.stderr)
            refuse_unready()
        except BaseException as error:  # Ctrl-C and a kill too: whoever stopped it is told what stands
            self.explain(error, upgrade)
            raise
        self.conclude(upgrade)

    def explain(self, error: BaseException, upgrade: Upgrade | None) -> None:
        """Raises CommandError."""
        why = str(error) if isinstance(error, CommandError) else f"{type(error).__name__} {error}".rstrip()
        lines = [f"The upgrade stopped: {why}"]
        lines.append(upgrading.progress_text(upgrade))
        if upgrade is not None:
            upgrading.end(upgrade, finished=False)
            lines.append("Do not start the site. When the cause is gone: python manage.py upgrade")
            lines += upgrading.rollback_instructions(upgrade)
        raise CommandError("\n".join(lines)) from error

    def conclude(self, upgrade: Upgrade | None) -> None:
        if upgrade is not None:
            upgrading.end(upgrade, finished=True)
        self.stdout.write(self.style.SUCCESS("The site is of the new version."))
        self.tell("Start it: python manage.py start (or systemctl start passerelle), then: python manage.py doctor")
        if upgrade is not None:
            self.tell("\n".join(["If it does not do what it should:", *upgrading.rollback_instructions(upgrade)]))

    def tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def refuse_unready() -> None:
    """What ``/readyz`` will say. Raises CommandError."""
    wrong = [f"{name}: {found}" for name, found in health.state().items() if not found.startswith("ok")]
    if wrong:
        raise CommandError(f"the site cannot serve ({'; '.join(wrong)})")
