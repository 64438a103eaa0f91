from typing import Any

from django.core.management.base import BaseCommand

from cms.file_names import rename_guessable_files
from cms.services import ensure_site


class Command(BaseCommand):
    help = "Languages, home pages, groups and rights: makes what is missing. Renames files with guessable names."

    def handle(self, *args: Any, **options: Any) -> None:
        home = ensure_site()
        renamed = rename_guessable_files()
        if renamed:
            self.stdout.write(f"Files given unguessable names: {renamed}")
        self.stdout.write(f"Site ready: {home.title}")
