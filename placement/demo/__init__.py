"""Invented people, employers and opportunities, so that every page has something to show. ``manage.py demo`` makes and
removes them; every row is marked ``is_demo`` or hangs on one that is.
"""

from placement.demo.content import load_content
from placement.demo.countries import open_countries
from placement.demo.group import make_group
from placement.demo.people import PASSWORD, make_accounts, make_candidates
from placement.demo.removal import remove
from placement.demo.work import make_employers, make_opportunities, make_referrals

__all__ = [
    "PASSWORD", "load_content", "make_accounts", "make_candidates", "make_employers", "make_group",
    "make_opportunities", "make_referrals", "open_countries", "remove",
]  # fmt: skip
