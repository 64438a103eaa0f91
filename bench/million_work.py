"""What the worker does in placement, timed inside an installation of ``bench.million``."""

import resource
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pyroaring import BitMap

from bench.million import random_searches
from certificates.models import Certificate
from lms.lib import sweeps
from placement.models import EmployerContact, Opportunity, SavedSearch
from placement.search import people_with
from placement.services import deadlines, freeing, proposals, saved_searches, sending

ALERTS, TARGET_SECONDS, NEW = 10_000, 600, 3


def timed(work: Callable[[], Any]) -> str:
    """Seconds, queries and how much the process grew."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        found = work()
    took = time.perf_counter() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1000
    return f"{took:8.2f} s {len(queries):6} queries {grown:6} MB more   {found}"


def time_all() -> dict[str, str]:
    found = {}
    rows = Certificate.objects.select_related("user").order_by("pk")
    total = rows.count()
    for number, place in enumerate((total // 3, total // 2, total - 10)):
        certificate = rows[place]
        work = lambda certificate=certificate: len(proposals.propose_matches(certificate=certificate))  # noqa: E731
        found[f"proposals for a new certificate, {number + 1}"] = timed(work)
    for number, opportunity in enumerate(Opportunity.objects.order_by("pk")[10:40:10]):
        Opportunity.objects.filter(pk=opportunity.pk).update(proposed_at=None)
        work = lambda opportunity=opportunity: proposals.propose_opportunity(opportunity=opportunity)  # noqa: E731
        found[f"proposals for a new opportunity, {number + 1}"] = timed(work)
    found[f"{ALERTS} alerts, {TARGET_SECONDS} s allowed"] = time_alerts()
    now = timezone.now()
    for sweep in (freeing.FREE, proposals.MATCH, proposals.INDEX, proposals.PROPOSE, sending.SEND, *deadlines.SWEEPS):
        if sweep.rows is not None:
            found[f"sweep {sweep.name}, to find what waits"] = timed(
                lambda sweep=sweep: len(sweep.rows(now).values_list("pk", flat=True)[:200])
            )
    return found


def save_searches() -> None:
    """Searches that employers keep, each with people who were not there at the last look, where it finds somebody."""
    rows, now = [], timezone.now()
    contacts = cycle(EmployerContact.objects.order_by("pk"))
    asked = dict.fromkeys(urlsplit(path).query for path in islice(random_searches(7), 40 * ALERTS))
    for query in (query for query in asked if query and "page=" not in query):
        row = SavedSearch(contact=next(contacts), name="Recherche", query=query, due_at=now)
        people = people_with(saved_searches.filters_of(row), row.contact.employer_id)
        row.known = saved_searches.kept(people - BitMap(people[: min(NEW, len(people))]))
        rows.append(row)
    while len(rows) < ALERTS:  # the same ones again, of other contacts
        rows += [SavedSearch(contact=next(contacts), name="Recherche", query=row.query, known=row.known, due_at=now)
                 for row in rows[: ALERTS - len(rows)]]  # fmt: skip
    SavedSearch.objects.bulk_create(rows[:ALERTS], batch_size=500, ignore_conflicts=True)


def time_alerts() -> str:
    """Every saved search is due at once: the time until each was looked at, and its contact told."""
    save_searches()
    now = timezone.now() + timedelta(seconds=1)

    def all_rounds() -> str:
        done = 0
        while count := sweeps.run(saved_searches.ALERT, now=now):
            done += count
        told = SavedSearch.objects.exclude(fresh_at=None).count()
        return f"{done} looked at, {told} told"

    began = time.perf_counter()
    report = timed(all_rounds)
    return report + ("" if time.perf_counter() - began <= TARGET_SECONDS else "  MISSED")
