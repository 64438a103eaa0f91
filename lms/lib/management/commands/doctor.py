"""``manage.py doctor``: is this installation well, and how is each point fixed? Exit code 1 when something is red."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import translation
from django.utils.translation import gettext as _

from lms.lib import sweeps
from lms.lib.checkup import Finding, Level, broken, examine, worst
from lms.lib.leases import retry_given_up


class Command(BaseCommand):
    help = "Check this installation and say how to fix each point. Exit code 1 when something is broken."
    requires_system_checks: list[str] = []  # a broken setting is a line of the report, not a crash
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        codes = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=codes, help="language of the report (default: LANG)")
        parser.add_argument("--retry", action="store_true", help="first, try again what was given up after many tries")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"] or language_of_terminal()):
            if options["retry"] and not no_site():
                self.stdout.write(
                    _("Rows that will be tried again: %(count)d") % {"count": retry_given_up() + sweeps.retry()}
                )
            absent = no_site()
            findings = [absent, *examine(only="lms.lib.doctor.setup")] if absent else examine()
            for finding in findings:
                self.stdout.write(self.line(finding))
                if finding.remedy:
                    self.stdout.write(f"{'':12}→ {finding.remedy}")
            count = {level: sum(finding.level == level for finding in findings) for level in Level}
            summary = ", ".join(f"{count[level]} {level.label}" for level in Level)
            self.stdout.write("\n" + _("In all: %(counts)s") % {"counts": summary})
        if worst(findings) == Level.RED:
            raise SystemExit(1)

    def line(self, finding: Finding) -> str:
        paint = {
            Level.GREEN: self.style.SUCCESS, Level.AMBER: self.style.WARNING, Level.RED: self.style.ERROR,
        }[finding.level]  # fmt: skip
        return f"{paint(f'{finding.level.label:<11}')} {finding.topic}: {finding.text}"


def no_site() -> Finding | None:
    """What to do where no site was ever started: in an empty folder everything but its settings would look wrong."""
    database = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not Path(database).exists() and ":" not in database:
        is_there = False  # to ask would make the file
    else:
        try:
            is_there = MigrationRecorder(connection).has_table()
        except DatabaseError:  # it does not answer: that is a finding of its own
            return None
    if is_there:
        return None
    text = _("No site was ever started here: %(database)s holds no tables.") % {"database": database}
    remedy = _(
        "Does the site run as a service? Give this command the same environment: DJANGO_SETTINGS_MODULE, DATA_DIR, "
        "DATABASE_URL. For a new site, run: python manage.py start"
    )
    return broken(_("Site"), text, remedy)


def language_of_terminal() -> str:
    """The language of LC_ALL, LC_MESSAGES or LANG when the site speaks it, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        code = os.environ.get(name, "").partition(".")[0].partition("_")[0]
        if code:
            return code if code in dict(settings.LANGUAGES) else "en"
    return "en"
