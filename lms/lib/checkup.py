"""What ``manage.py doctor`` and the status page of the admin show: findings, each with its remedy.

An app adds its own checks in a module ``doctor.py``: functions marked ``@register`` that yield findings.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

logger = logging.getLogger(__name__)


class Level(models.TextChoices):
    """How bad it is: fine; works but should be seen to; broken for people now."""

    GREEN = "green", gettext_lazy("OK")
    AMBER = "amber", gettext_lazy("needs attention")
    RED = "red", gettext_lazy("broken")


@dataclass(frozen=True)
class Finding:
    level: Level
    topic: str
    text: str
    remedy: str = ""
    source: str = ""  # the module of its check


Check = Callable[[], Iterator[Finding]]
_checks: list[Check] = []


def register(check: Check) -> Check:
    """Add a check; it runs in the order of the installed apps."""
    _checks.append(check)
    return check


def fine(topic: str, text: str) -> Finding:
    return Finding(Level.GREEN, topic, text)


def watch(topic: str, text: str, remedy: str) -> Finding:
    return Finding(Level.AMBER, topic, text, remedy)


def broken(topic: str, text: str, remedy: str) -> Finding:
    return Finding(Level.RED, topic, text, remedy)


def examine(*, only: str = "") -> list[Finding]:
    """Run every check, or those of the module ``only``. One that fails by itself becomes a red finding, and the others
    still run.
    """
    autodiscover_modules("doctor")
    found: list[Finding] = []
    for check in (check for check in _checks if not only or check.__module__ == only):
        try:
            found.extend(replace(finding, source=check.__module__) for finding in check())
        except Exception as error:
            logger.exception("check failed: %s", check.__name__)
            text = _("This check could not be carried out: %(error)s.") % {
                "error": f"{type(error).__name__}: {error}"[:200]
            }
            topic = check.__name__.replace("_", " ")
            found.append(broken(topic, text, _("Fix the points above first, then run the check again.")))
    return found


def worst(findings: list[Finding]) -> Level:
    order = list(Level)
    return max((finding.level for finding in findings), key=order.index, default=Level.GREEN)


def backlog(topic: str, queryset: models.QuerySet, field: str, *, late: timedelta, fine_text: str) -> Finding:
    """Rows that wait for work: green while the oldest, by ``field``, is not ``late``; red at ten times that age."""
    oldest = queryset.order_by(field).values_list(field, flat=True).first()
    age = timezone.now() - oldest if oldest else timedelta(0)
    if age < late:
        return fine(topic, fine_text)
    text = _("Rows waiting: %(count)d; the oldest for %(age)s.") % {"count": queryset.count(), "age": format_age(age)}
    remedy = _("Look at the lines “Worker” and “Scheduler”: if both are fine, read the worker’s log.")
    return (broken if age > 10 * late else watch)(topic, text, remedy)


def format_age(age: timedelta) -> str:
    """A duration that a person reads at a glance."""
    seconds = int(age.total_seconds())
    if seconds < 120:
        return _("%(count)d s") % {"count": seconds}
    if seconds < 7200:
        return _("%(count)d min") % {"count": seconds // 60}
    if seconds < 172_800:
        return _("%(count)d h") % {"count": seconds // 3600}
    days = seconds // 86_400
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
