"""Open attempts again that a wrong clock has closed: one act for all of them, with a dry run first."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from assessments.services import closed_by_time, reopen


class Command(BaseCommand):
    help = (
        "Open again what ran out of time since a moment and did not pass: after a clock that jumped. Answers are kept, "
        "each person gets the time that was left and a message. Without --apply it only says what it would do."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since", required=True, help="when the clock jumped, as the site writes it: 2026-11-29T10:20"
        )
        parser.add_argument("--apply", action="store_true", help="do it")

    def handle(self, *args: Any, since: str, apply: bool, **options: Any) -> None:
        try:
            moment = datetime.fromisoformat(since)
        except ValueError as error:
            raise CommandError(f"--since {since} is no date and time: 2026-11-29T10:20") from error
        moment = moment if moment.tzinfo else timezone.make_aware(moment)
        done = refused = 0
        for attempt in closed_by_time(moment):
            name = f"{attempt.pk} {attempt.enrolment.user.username} {attempt.assessment.code}"
            if not apply:
                self.stdout.write(f"would be opened: {name}")
                continue
            try:
                reopen(attempt=attempt, by=None)
            except ValidationError as error:
                refused += 1
                self.stdout.write(f"stays closed: {name}: {error.messages[0]}")
            else:
                done += 1
                self.stdout.write(f"open again: {name}")
        self.stdout.write(f"{done} open again, {refused} refused." if apply else "Nothing was changed: add --apply.")
