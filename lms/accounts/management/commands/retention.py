"""What would be deleted or erased today, and whom the site would tell: counts only. Nothing is changed."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from lms.accounts import exports, inactivity, purging, sign_ins


class Command(BaseCommand):
    help = "Says what the sweeps that delete and erase would do today. Changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        counts = {
            "learners to be told that their account will be erased": inactivity.to_tell(now),
            f"learners told within the last {inactivity.NOTICE.days} days": inactivity.told(now),
            "accounts to erase now": inactivity.to_erase(now),
            "copies of people's data to delete": exports.old(now),
            "sign-in cards to delete": purging.old_cards(now),
            "sign-ins to delete": sign_ins.old(),
        }
        for words, rows in counts.items():
            self.stdout.write(f"{rows.count():>8}  {words}")
