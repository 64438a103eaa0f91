"""What the worker does in placement, timed inside an installation of ``bench.million``."""

import resource
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certificates.models import Certificate
from placement.models import Opportunity
from placement.services import deadlines, freeing, proposals, sending


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
    now = timezone.now()
    for sweep in (freeing.FREE, proposals.MATCH, proposals.INDEX, proposals.PROPOSE, sending.SEND, *deadlines.SWEEPS):
        if sweep.rows is not None:
            found[f"sweep {sweep.name}, to find what waits"] = timed(
                lambda sweep=sweep: len(sweep.rows(now).values_list("pk", flat=True)[:200])
            )
    return found
