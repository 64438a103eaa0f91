"""``{{ moment|told }}`` and ``{{ moment|stamp }}``: see ``lms/lib/moments.py``."""

from datetime import datetime

from django import template

from lms.lib import moments

register = template.Library()


@register.filter(expects_localtime=False)
def told(moment: datetime | None) -> str:
    return moments.told(moment) if moment else ""


@register.filter(expects_localtime=False)
def until(moment: datetime | None) -> str:
    return moments.until(moment) if moment else ""


@register.filter(expects_localtime=False)
def stamp(moment: datetime | None) -> str:
    return moments.stamp(moment) if moment else ""
