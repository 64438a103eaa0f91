"""No page reads more when there is more: each address, as each kind of person, at ``FEW`` rows and at four times that.

Rows are counted as well as queries: one query that brings everything is as slow as many that bring one row each.
"""

import re

import pytest
from django.db import transaction

from tests.flows.crowd import grow
from tests.flows.table import living_rows
from tests.flows.world import World
from tests.reads import Reads, counted_reads
from tests.worlds import clear_caches, signed_in_as_before

pytestmark = pytest.mark.pages

FEW = 110  # more than any page shows
ROLES = ("learner", "trainer", "employer", "manager")
ANSWERS = {"ok", "*", "go", "422"}  # cells of the table behind which a page or an action is
SPARE_QUERIES, SPARE_ROWS = 3, 20

CAPS = {
    "courses.following.MEMBERS_FOLLOWED": 50,
    "assessments.results.NEWEST": 20,
    "assessments.item_analysis.ATTEMPTS_ANALYSED": 10,
    "assessments.admin_attempts.GROUPS": 50,
    "assessments.admin_allowances.SHOWN": 20,
    "placement.open_after.PAYS_READ": 50,
    "placement.case_views.ENTRIES": 50,
    "placement.sight_views.SHOWN": 50,
    "placement.conduct.NEWEST": 50,
    "placement.duplicates.MOST_READ": 20,
    "placement.overview.MOST_EMPLOYERS": 20,
    "placement.employer_views.SHORTLIST": 50,
    "placement.selectors.SHORTLIST": 50,
    "placement.referral_views.SHOWN": 50,
    "placement.opportunity_views.SHOWN": 50,
    "placement.mission_views.SHOWN": 50,
    "placement.services.teams.LOOKED_AT": 50,
    "lms.accounts.merge_admin.NAMESAKES": 50,
}
"""Limits that are higher than ``FEW``, made lower: what they limit is seen to be limited."""

CHOICES = {"assessments_questionbank", "placement_employer"}
"""Tables that stand whole in drop-downs of the admin: the team writes their rows one by one."""

WHOLE = {
    "course_export": "a course is written by hand, and its file holds all of it",
    "export_questions": "a bank is written by hand, and its file holds all of it",
    "merges:compare": "what one person holds; a merge refuses more than MOST_ROWS",
}
"""Addresses whose rows may grow, and why."""


def rows_read(reads: Reads) -> int:
    """Without the choices of drop-downs."""
    tables = {sql: re.search(r' FROM "(\w+)"', sql) for sql in reads.by_sql}
    return sum(rows for sql, rows in reads.by_sql.items() if not (tables[sql] and tables[sql][1] in CHOICES))


def read(world: World, role: str) -> dict[str, Reads]:
    found = {}
    client = world.client(role)
    for row in living_rows(world):
        if row.cell(role) not in ANSWERS or row.route in WHOLE:
            continue
        if role == "trainer" and row.route.startswith("wagtail"):
            continue  # as the manager: the same view over fewer rows
        clear_caches()
        with signed_in_as_before(client), transaction.atomic(), counted_reads() as reads:
            response = client.generic(row.method, row.address(world))
            if response.streaming:
                b"".join(response.streaming_content)
            transaction.set_rollback(True)
        found[str(row)] = reads
    return found


def test_no_page_reads_more_when_there_is_more(world, monkeypatch):
    for name, most in CAPS.items():
        monkeypatch.setattr(name, most)
    grow(world, FEW)
    few = {role: read(world, role) for role in ROLES}
    grow(world, 3 * FEW)
    wrong = []
    for role in ROLES:
        for row, many in read(world, role).items():
            before = few[role][row]
            rows, rows_before = rows_read(many), rows_read(before)
            if many.queries > before.queries + SPARE_QUERIES or rows > rows_before + SPARE_ROWS:
                more = f"{before.queries} -> {many.queries} queries, {rows_before} -> {rows} rows"
                wrong.append(f"{role} {row}: {more}; {many.largest()}")
    assert not wrong, "Read less, or page by page:\n" + "\n".join(wrong)
