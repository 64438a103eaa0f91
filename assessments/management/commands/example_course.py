"""A small complete course folder to begin from."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

EXAMPLE = Path(settings.BASE_DIR) / "courses" / "example"


class Command(BaseCommand):
    help = "Write a small complete course folder, which load_course takes: see docs/course-folders.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a new or an empty folder")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                raise CommandError(f"{folder} is not empty. Name a folder that does not exist yet.")
            shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True)
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}. Name another folder.") from error
        self.stdout.write(f"Written to {folder}. Load it with: manage.py load_course {folder}")
