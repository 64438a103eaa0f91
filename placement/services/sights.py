"""Writing down what employers saw of whom: a row for each employer, person, way and day."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from lms.lib import sweeps
from lms.lib.moments import site_day
from placement.models import CandidateProfile, Sight
from placement.services.disclosure import Basis, Disclosure
from placement.sight_enums import CARD, SightChannel

KEPT = timedelta(days=365)
CHANNELS = {
    "placement:profile": SightChannel.PROFILE,
    "placement:request_referral": SightChannel.PROFILE,
    "placement:add_note": SightChannel.PROFILE,
    "placement:delete_note": SightChannel.PROFILE,
    "placement:shortlist": SightChannel.SHORTLIST,
    "placement:toggle_shortlist": SightChannel.SHORTLIST,
    "placement:export_shortlist": SightChannel.EXPORT,
    "placement:referrals": SightChannel.REFERRAL,
    "placement:referral": SightChannel.REFERRAL,
    "placement:answer": SightChannel.REFERRAL,
    "placement:write": SightChannel.REFERRAL,
    "placement:interview": SightChannel.REFERRAL,
    "placement:interview_file": SightChannel.REFERRAL,
    "placement:offer": SightChannel.REFERRAL,
    "placement:started": SightChannel.REFERRAL,
    "placement:outcome": SightChannel.REFERRAL,
}
"""By the name of the address; every other one is a list."""


def channel_of(route: str) -> SightChannel:
    return SightChannel.LINK if route.startswith("reply:") else CHANNELS.get(route, SightChannel.LIST)


def fields_of(seen: Disclosure | None) -> list[str]:
    """What an employer sees of a person of whom this is disclosed; None: who was just found."""
    if seen is None or seen.basis == Basis.FOUND:
        return list(CARD)
    return [*seen.contact, *CARD, "certificates", "words"] if seen.basis == Basis.AGREED else []


def record_people_seen(*, employer_id: int, people: Iterable[CandidateProfile], route: str) -> None:
    """These people, with what is disclosed of each, are shown at this address."""
    found: dict[int, set[str]] = {}
    for person in people:
        found.setdefault(person.pk, set()).update(fields_of(person.disclosure))
    record_sights(employer_id=employer_id, seen=found, channel=channel_of(route))


def record_sights(*, employer_id: int, seen: Mapping[int, Iterable[str]], channel: SightChannel) -> None:
    """``seen``: profile -> what of it. The second time on a day only adds what was not seen before."""
    wanted = {key: set(fields) for key, fields in seen.items() if fields}
    if not wanted:
        return
    today = site_day()
    rows = Sight.objects.filter(profile__in=wanted, day=today, employer=employer_id, channel=channel)
    known = {row.profile_id: row for row in rows}
    Sight.objects.bulk_create(
        (
            Sight(employer_id=employer_id, profile_id=key, channel=channel, day=today, fields=sorted(fields))
            for key, fields in wanted.items()
            if key not in known
        ),
        ignore_conflicts=True,
    )
    for key, row in known.items():
        if not wanted[key] <= set(row.fields):
            Sight.objects.filter(pk=row.pk).update(fields=sorted(wanted[key] | set(row.fields)))


def old(now: datetime) -> QuerySet[Sight]:
    return Sight.objects.filter(day__lt=site_day(now) - KEPT)


PURGE = sweeps.register(
    sweeps.Sweep(
        name="placement.purge-sights",
        label=gettext_lazy("Old records of who saw whom"),
        remedy=gettext_lazy("Look at the line “Database”, and at the worker’s log."),
        work=lambda key, now: sweeps.delete_in_steps(old(now)) > 0,
        leased=True,  # it deletes in small transactions
    )
)
