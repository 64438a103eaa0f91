"""When something was or will be, in words: "in 9 min" for what is near, else a day and an hour with the zone named.

The one place that shows an hour (``tests/lib/test_moments.py`` holds that law). The zone is the active one: the
reader's on their pages and in their e-mails (``lms/accounts/recipient.py``), else the site's ``TIME_ZONE``.
"""

import math
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lms.lib.comparison import comparable

NEAR = timedelta(hours=12)
BY_RULE = ("Etc/", "GMT", "UTC", "UCT", "EST", "MST", "HST", "posix/", "right/", "SystemV/")


def relative_time(moment: datetime, now: datetime | None = None) -> str:
    """``in 9 min``, ``3 h ago``; further away, as ``timestamp``."""
    apart = moment - (now or timezone.now())
    if abs(apart) >= NEAR:
        return timestamp(moment)
    ahead = apart > timedelta(0)
    minutes = math.ceil(apart / timedelta(minutes=1)) if ahead else int(-apart / timedelta(minutes=1))
    if minutes == 0:
        return _("just now")
    hours = round(minutes / 60)
    length = _("%(count)d min") % {"count": minutes} if minutes < 90 else _("%(count)d h") % {"count": hours}
    return (_("in %(length)s") if ahead else _("%(length)s ago")) % {"length": length.replace(" ", "\u00a0")}


def countdown(moment: datetime) -> str:
    """For a page that stays open while time runs: ``in 9 min, at 14:05 (Dakar time)``."""
    near, local = relative_time(moment), timezone.localtime(moment)
    if near == (far := timestamp(moment)):
        return far
    words = {"when": near, "hour": date_format(local, "H:i"), "zone": zone_words(local)}
    return _("%(when)s, at %(hour)s (%(zone)s)") % words


def timestamp(moment: datetime) -> str:
    """``28 November 2026, 14:05 (Dakar time)``"""
    local = timezone.localtime(moment)
    words = {"day": date_format(local, "j F Y"), "hour": date_format(local, "H:i"), "zone": zone_words(local)}
    return pgettext("a day, an hour, a zone", "%(day)s, %(hour)s (%(zone)s)") % words


def day(moment: datetime) -> str:
    """``28 November 2026``, the day where the reader is."""
    return date_format(reader_day(moment), "j F Y")


def reader_day(moment: datetime) -> date:
    """The day of a moment where the reader is."""
    return timezone.localdate(moment)


def day_in(moment: datetime, name: str) -> date:
    """The day of a moment in the zone of that IANA name; at the site's place for a name that is none."""
    return timezone.localdate(moment, zone(name) or timezone.get_default_timezone())


def site_day(moment: datetime | None = None) -> date:
    """The day of a moment (now) at the site's own place, ``TIME_ZONE``: what rules go by and what documents say.

    A closing day, a due day and the date of a certificate are the same for whoever looks, from wherever.
    """
    return timezone.localdate(moment, timezone.get_default_timezone())


def site_time(moment: datetime) -> datetime:
    """The moment by the clock on the wall at the site's own place."""
    return timezone.localtime(moment, timezone.get_default_timezone())


def zone_words(moment: datetime) -> str:
    """``Dakar time``; ``UTC+1`` for a zone that is no place."""
    name = getattr(moment.tzinfo, "key", "") or ""
    if "/" in name and not name.startswith(BY_RULE):
        return _("%(city)s time") % {"city": city(name)}
    offset = moment.utcoffset() or timedelta(0)
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    if not offset:
        return "UTC"
    return f"UTC{'-' if offset < timedelta(0) else '+'}{hours}" + (f":{minutes:02}" if minutes else "")


def city(name: str) -> str:
    """The place that an IANA zone is called after: ``Africa/Porto-Novo`` gives Porto-Novo."""
    return name.rpartition("/")[2].replace("_", " ")


def zone(name: str) -> ZoneInfo | None:
    """The zone of that IANA name; None for none."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def in_zone(name: str) -> AbstractContextManager[object]:
    """Within it hours are of that zone; of the one that is active for a name that is none."""
    found = zone(name)
    return timezone.override(found) if found else nullcontext()


@cache
def zone_names() -> tuple[str, ...]:
    """IANA names of places, for a choice."""
    return tuple(sorted(n for n in available_timezones() if "/" in n and not n.startswith(BY_RULE)))


@cache
def places() -> dict[str, str]:
    """Zones by their place and by their whole name, as ``comparable`` writes them."""
    found = {comparable(city(name)): name for name in zone_names()}
    return found | {comparable(name): name for name in zone_names()} | {"alger": "Africa/Algiers",
            "le caire": "Africa/Cairo", "londres": "Europe/London", "bruxelles": "Europe/Brussels",
            "geneve": "Europe/Zurich", "la reunion": "Indian/Reunion"}  # fmt: skip


def zone_of_place(typed: str) -> str:
    """The IANA name that a place means, however it is spelled; "" for none."""
    return places().get(comparable(typed), "") or places().get(comparable(typed).replace(" ", "-"), "")
