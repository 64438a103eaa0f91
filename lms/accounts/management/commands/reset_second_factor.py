"""For the last programme manager who lost a phone: takes the second factor away from one account."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lms.accounts import second_factor
from lms.accounts.guesses import find_account


class Command(BaseCommand):
    help = "Take every second factor away from one person, who sets up a new one at the next sign-in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="user name or phone number")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        person = find_account(username)
        if person is None:
            raise CommandError(f"No account is called {username!r}. The list of people in the admin shows user names.")
        if not second_factor.reset(user=person, by=None):
            raise CommandError(f"{person.username} has no second factor: the password alone opens this account.")
        self.stdout.write(f"The second factor of {person.username} is reset, and their sessions have ended.")
