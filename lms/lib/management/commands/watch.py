"""``manage.py watch``: tell somebody when something breaks (``lms.lib.alerts``). ``start`` runs it on every host."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from lms.lib import alerts, error_reports

EVERY = 60  # seconds
FIRST_AFTER = 150  # workers give their first signs of life meanwhile


class Command(BaseCommand):
    help = (
        "Look at this installation every minute and tell the administrators what is broken. Runs until it is stopped."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="look once, tell, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        watcher = alerts.Watcher()
        if options["once"]:
            self.look(watcher)
            return
        time.sleep(FIRST_AFTER)
        while True:
            close_old_connections()
            self.look(watcher)
            time.sleep(EVERY)

    def look(self, watcher: alerts.Watcher) -> None:
        alerts.check_and_alert(watcher)
        error_reports.tell(watcher.people)
