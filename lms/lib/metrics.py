"""``/metrics`` for Prometheus: what the rows say, so that every process of every host gives the same answer.

An app adds its own in a module ``figures.py``: functions marked ``@register`` that yield a ``Figure`` for each
value, with labels that name queues, tables and tasks, and nobody. No row adds to the number of their queries.

Counts of requests are not among them: each process of the web server has its own, and to add them up takes files that
every one of them writes at each request and that the dead leave behind. The log of requests has them
(``lms.lib.access_log``), and so does the proxy.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import Error as AnyDatabaseError
from django.db import models
from django.db.models import CharField, Count, Min, Value
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import autodiscover_modules
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from lms.lib.leases import database_now, from_now

logger = logging.getLogger(__name__)

SHORTEST_TOKEN = 20
NEVER = float("inf")


@dataclass(frozen=True)
class Figure:
    """One value; those of one name have the same labels."""

    name: str  # without the site's own ``passerelle_``
    help: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


Source = Callable[[], Iterator[Figure]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    _sources.append(source)
    return source


def age(moment: datetime | None, now: datetime) -> float:
    """Seconds since then, by the database's clock; endless when it never was."""
    return NEVER if moment is None else max((now - moment).total_seconds(), 0.0)


def backlog(name: str, words: str, rows: models.QuerySet[Any], since: str) -> Iterator[Figure]:
    """How many rows wait, and for how long the oldest has, by its field ``since``. One query, and the time."""
    now = database_now()
    found = rows.order_by().aggregate(count=Count("pk"), oldest=Min(since))
    yield Figure(name, f"{words}.", found["count"])
    oldest = age(found["oldest"], now) if found["oldest"] else 0.0
    yield Figure(f"{name}_oldest_seconds", f"Age of the oldest of them: {words}.", oldest)


def leases(*tables: models.QuerySet[Any]) -> Iterator[Figure]:
    """How many of the rows whose work is not done a worker holds, of each table; one query. All rows of a table are too
    many to look at.
    """
    asked = []
    for rows in tables:
        held = rows.order_by().filter(lease_until__gt=from_now(timedelta(0)))
        label = Value(rows.model._meta.label, CharField())
        asked.append(held.annotate(table=label).values("table").annotate(held=Count("pk")).values_list("table", "held"))
    found = dict(asked[0].union(*asked[1:], all=True))
    for rows in tables:
        name = rows.model._meta.label
        yield Figure("leases", "Rows that a worker is just working on.", found.get(name, 0), {"table": name})


class Figures(Collector):
    """All figures of this moment."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        failed = 0
        for source in _sources:
            try:
                figures = list(source())
            except AnyDatabaseError:
                raise
            except Exception:
                logger.exception("figures failed: %s", source.__name__)
                failed += 1
                continue
            for figure in figures:
                name = f"passerelle_{figure.name}"
                if name not in families:
                    families[name] = GaugeMetricFamily(name, figure.help, labels=list(figure.labels))
                families[name].add_metric(list(figure.labels.values()), figure.value)
        yield from families.values()
        yield GaugeMetricFamily("passerelle_figures_failed", "Groups of figures that could not be told.", failed)


def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever shows ``METRICS_TOKEN``; for all others there is nothing here."""
    if not may_read(request):
        return HttpResponse("Not found\n", content_type="text/plain", status=404)
    autodiscover_modules("figures")
    registry = CollectorRegistry(auto_describe=False)
    try:
        registry.register(Figures())
        text = generate_latest(registry)
    except AnyDatabaseError as error:
        return HttpResponse(f"{type(error).__name__}\n", content_type="text/plain", status=503)
    return HttpResponse(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def may_read(request: HttpRequest) -> bool:
    if request.method not in {"GET", "HEAD"} or not settings.METRICS_TOKEN:
        return False
    return constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}")
