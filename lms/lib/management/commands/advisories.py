"""``manage.py advisories``: ask now whether libraries here have known weaknesses. Exit code 1 when the time to renew
one is over, 2 when nobody answered.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from lms.lib import advisories
from lms.lib.moments import site_day


class Command(BaseCommand):
    help = (
        "Ask ADVISORIES_URL now whether the libraries that are installed have known weaknesses. Exit code 1 when one "
        "has been known for longer than SECURITY.md promises and a version without it exists, 2 when nobody answered."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.ADVISORIES_URL:
            self.stderr.write("Nobody was asked: set ADVISORIES_URL, for instance to https://api.osv.dev")
            raise SystemExit(2)
        now = timezone.now()
        if error := advisories.ask(now):
            self.stderr.write(f"Nobody answered: {error}")
            raise SystemExit(2)
        found = advisories.heard()
        for each in found:
            state = "late" if each.is_late(now) else "in time" if each.fixed else "no version without it"
            words = [each.library, each.version, each.code, each.severity.lower() or "how bad is unknown"]
            fixed = [f"fixed in {each.fixed}"] if each.fixed else []
            self.stdout.write("  ".join([*words, f"known since {site_day(each.since).isoformat()}", *fixed, state]))
        self.stdout.write(f"{len(advisories.installed())} libraries, {len(found)} known weaknesses")
        if any(each.is_late(now) for each in found):
            raise SystemExit(1)
