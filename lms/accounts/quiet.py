"""When people are left in peace, and at which hour they get what was gathered: by the clock of their own place."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from lms.lib.moments import day_in, zone

SHAPE = re.compile(r"(?P<start>[01]?\d|2[0-3])-(?P<end>[01]?\d|2[0-3])")


def quiet_hours() -> tuple[int, int] | None:
    """The hours of ``QUIET_HOURS``, from and until; None without any."""
    found = SHAPE.fullmatch(settings.QUIET_HOURS.replace(" ", ""))
    if not found or found["start"] == found["end"]:
        return None
    return int(found["start"]), int(found["end"])


def is_quiet(hour: int) -> bool:
    quiet = quiet_hours()
    if quiet is None:
        return False
    start, end = quiet
    return start <= hour < end if start < end else hour >= start or hour < end


def quiet_until(time_zone: str, now: datetime | None = None) -> datetime | None:
    """When the quiet hours of somebody in that zone end; None while they are awake."""
    quiet, now = quiet_hours(), now or timezone.now()
    if quiet is None or not is_quiet(now.astimezone(zone_or_default(time_zone)).hour):
        return None
    end = at_hour(quiet[1], now, time_zone)
    return end if end > now else at_hour(quiet[1], now + timedelta(days=1), time_zone)


def last_digest(time_zone: str, now: datetime) -> datetime:
    """The latest moment at which what was gathered went out in that zone: ``DIGEST_HOUR`` of today or yesterday."""
    today = at_hour(settings.DIGEST_HOUR, now, time_zone)
    return today if today <= now else at_hour(settings.DIGEST_HOUR, now - timedelta(days=1), time_zone)


def at_hour(hour: int, moment: datetime, time_zone: str) -> datetime:
    """That hour, in that zone, of the day of ``moment`` there."""
    return datetime.combine(day_in(moment, time_zone), time(hour), tzinfo=zone_or_default(time_zone))


def zone_or_default(time_zone: str) -> ZoneInfo:
    return zone(time_zone) or ZoneInfo(settings.TIME_ZONE)
