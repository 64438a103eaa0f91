"""``{{ moment|relative_time }}`` and ``{{ moment|timestamp }}``: see ``lms/lib/moments.py``."""

from datetime import date, datetime
from typing import Any

from django import template

from lms.lib import moments

register = template.Library()


@register.filter(expects_localtime=False)
def relative_time(moment: datetime | None) -> str:
    return moments.relative_time(moment) if moment else ""


@register.filter(expects_localtime=False)
def countdown(moment: datetime | None) -> str:
    return moments.countdown(moment) if moment else ""


@register.filter(expects_localtime=False)
def timestamp(moment: datetime | None) -> str:
    return moments.timestamp(moment) if moment else ""


@register.filter(expects_localtime=False)
def site_day(moment: datetime | None) -> date | None:
    """``{{ certificate.issued_at|site_day|date:"j F Y" }}``: the day that documents say."""
    return moments.site_day(moment) if moment else None


@register.filter(expects_localtime=False)
def day_of(moment: datetime | None, user: Any) -> date | None:
    """``{{ card.expires_at|day_of:card.user|date:"j F Y" }}``: the day where that person is, on their paper."""
    return moments.day_in(moment, user.time_zone) if moment else None
