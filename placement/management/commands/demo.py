"""Demo content: two courses, an account for each role, four employers, nine opportunities, 300 invented candidates."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.services import ensure_site
from placement import demo


class Command(BaseCommand):
    help = "Load the demo content (again: only what is missing), or take all of it away with --remove."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--remove", action="store_true", help="take the demo content away")
        parser.add_argument("--candidates", type=int, default=300, help="how many invented candidates (300)")

    def handle(self, *args: Any, remove: bool, candidates: int, **options: Any) -> None:
        if remove:
            gone = demo.remove()
            self.stdout.write(
                f"Removed {gone['people']} people, {gone['employers']} employers, {gone['courses']} courses."
            )
            return
        if settings.IS_PRODUCTION:
            raise CommandError("Demo accounts have a public password: they are not for production.")
        ensure_site()
        loaded = demo.load_content()
        demo.open_countries()
        accounts = demo.make_accounts()
        made = demo.make_candidates(candidates)
        demo.make_group(accounts["trainer"], accounts["learner"])
        opportunities = demo.make_opportunities(demo.make_employers(accounts["employer"]))
        sent = demo.make_referrals(opportunities)
        self.stdout.write(
            f"Demo: {len(loaded)} courses loaded, {made} candidates, {len(opportunities)} opportunities, {sent} "
            "referrals."
        )
        self.stdout.write(f"Accounts: {', '.join(accounts)}. Password: {demo.PASSWORD}")
