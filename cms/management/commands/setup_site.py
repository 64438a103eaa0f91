from typing import Any

from django.core.management.base import BaseCommand

from cms.services import ensure_site


class Command(BaseCommand):
    help = "Languages, home pages, groups and rights: makes what is missing, changes nothing else."

    def handle(self, *args: Any, **options: Any) -> None:
        home = ensure_site()
        self.stdout.write(f"Site ready: {home.title}")
