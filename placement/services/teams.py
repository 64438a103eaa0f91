"""A team for a mission: whom to ask for which seat, and whom instead when somebody says no or leaves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from lms.lib import sweeps
from placement.countries import open_countries
from placement.enums import Vetting, WorkPlace
from placement.evidence import match_of, wanted_by, with_evidence
from placement.matching import Match
from placement.mission_enums import YES
from placement.missions.assignment import Line, Placed, Team, choose_in_one_place, choose_team
from placement.models import CandidateProfile, Mission, MissionLine, MissionSeat, Opportunity, Referral
from placement.objections import standing
from placement.regions import listed
from placement.services import missions, notices
from placement.services.prefilter import certified_for
from placement.services.proposals import propose, refusals

LOOKED_AT = 300  # people a line, the most recently active first
AGAIN_AFTER = timedelta(hours=1)  # empty seats are looked at again
ROTATION_DAYS = timedelta(days=30)


@dataclass
class Pool:
    """People who fit a line, by line, with their matches."""

    people: dict[int, CandidateProfile] = field(default_factory=dict)
    matches: dict[int, dict[int, Match]] = field(default_factory=dict)  # line -> person -> match

    def places(self) -> dict[int, str]:
        return {key: region_of(person) for key, person in self.people.items()}


def region_of(person: CandidateProfile) -> str:
    return listed(person.country, person.region) or person.region


def pool_of(lines: Iterable[MissionLine], people: QuerySet[CandidateProfile]) -> Pool:
    """Of ``people`` those who fit a line, ``LOOKED_AT`` at most for each."""
    pool = Pool()
    for line in lines:
        keys = certified_for(line.opportunity).filter(pk__in=people.values("pk")).values_list("pk", flat=True)
        found = list(keys[:LOOKED_AT])
        fresh = CandidateProfile.objects.filter(pk__in=set(found) - set(pool.people))
        pool.people |= {row.pk: row for row in with_evidence(fresh)}
        wanted = wanted_by(line.opportunity)
        matched = {key: match_of(wanted, pool.people[key]) for key in found if key in pool.people}
        pool.matches[line.pk] = {key: match for key, match in matched.items() if match.fits}
    return pool


def may_be_asked(mission: Mission, place: str = "") -> QuerySet[CandidateProfile]:
    """In the mission's country, not asked for it yet, and on good terms with its employer; in ``place``, or in the
    region of the work, when everybody shall be in one.
    """
    refused = refusals().filter(opportunity__employer=mission.employer_id, profile=OuterRef("pk"))
    kept_away = standing().filter(employer=mission.employer_id, profile=OuterRef("pk"))
    asked = Referral.objects.filter(opportunity__mission_line__mission=mission, profile=OuterRef("pk"))
    rows = CandidateProfile.objects.filter(country=mission.country).filter(country__in=open_countries())
    place = place or site_of(mission)
    if place:
        typed = rows.order_by().values_list("region", flat=True).distinct()
        rows = rows.filter(region__in=[text for text in typed if (listed(mission.country, text) or text) == place])
    return rows.exclude(Exists(refused) | Exists(kept_away) | Exists(asked))


def site_of(mission: Mission) -> str:
    """The region of the work, when it is from the list and the team shall be there."""
    is_there = mission.same_region and mission.place != WorkPlace.REMOTE
    return listed(mission.country, mission.region) if is_there else ""


def recent_missions(people: Iterable[int], without: Mission) -> dict[int, int]:
    """How many other missions each of them said yes to in the last thirty days."""
    rows = Referral.objects.filter(
        profile__in=set(people), seat__isnull=False, state__in=sorted(YES),
        consent__given_at__gt=timezone.now() - ROTATION_DAYS,
    )  # fmt: skip
    counted = rows.exclude(opportunity__mission_line__mission=without).order_by().values_list("profile")
    return dict(counted.annotate(Count("pk")))


def choose(mission: Mission, seats: dict[int, tuple[int, int]], pool: Pool, place: str = "") -> Team:
    """``seats``: line -> empty seats, empty reserve. ``place``: where those live who have a seat already."""
    rows = [
        Line(key, *numbers, {person: match.score for person, match in pool.matches.get(key, {}).items()})
        for key, numbers in seats.items()
    ]
    recent = recent_missions(pool.people, mission)
    if not mission.same_region:
        return choose_team(rows, recent=recent, seed=mission.pk)
    places = {key: where for key, where in pool.places().items() if not place or where == place}
    return choose_in_one_place(rows, places=places, recent=recent, seed=mission.pk)[1]


@transaction.atomic
def fill(mission_id: int) -> int:
    """Free what stands empty, have the reserve step in, and ask people for the rest; how many were asked."""
    missions.lock(mission_id)
    mission = Mission.objects.with_lines().get(pk=mission_id)
    Mission.objects.filter(pk=mission_id).update(assigned_at=timezone.now())
    for line in with_team().filter(mission=mission).select_related("opportunity"):
        line.seats.freed().update(referral=None, since=None)
        step_in(line)
    asking = open_lines(mission)
    lines = [line for line in mission.lines.all() if line.pk in asking]
    empty = {line.pk: empty_seats(line) for line in lines}
    numbers = {key: (len(seats), len(reserve)) for key, (seats, reserve) in empty.items()}
    if not any(sum(each) for each in numbers.values()):
        return 0
    place = place_of(mission)
    pool = pool_of(lines, may_be_asked(mission, place))
    team = choose(mission, numbers, pool, place)
    for line in lines:
        seat_people(line, empty[line.pk], [one for one in team.placed if one.line == line.pk], pool)
    return len(team.placed)


def with_team() -> QuerySet[MissionLine]:
    """Lines whose seats change hands, also when nobody new is asked: filled, closed, after their last day."""
    rows: QuerySet[MissionLine] = MissionLine.objects.filter(
        opportunity__approved_at__isnull=False, opportunity__employer__vetting=Vetting.VETTED
    )
    return rows


def open_lines(mission: Mission) -> set[int]:
    """The lines for which people are asked today."""
    rows = MissionLine.objects.filter(mission=mission, opportunity__in=Opportunity.objects.open())
    return set(rows.values_list("pk", flat=True))


def empty_seats(line: MissionLine) -> tuple[list[MissionSeat], list[MissionSeat]]:
    rows = list(line.seats.empty().order_by("-is_lead", "number"))
    return [row for row in rows if not row.is_reserve], [row for row in rows if row.is_reserve]


def place_of(mission: Mission) -> str:
    """Where the team is, when it shall be in one region and somebody has a seat."""
    seated = CandidateProfile.objects.filter(referrals__seat__line__mission=mission).order_by("pk").first()
    return region_of(seated) if seated and mission.same_region else ""


def ready() -> QuerySet[Referral]:
    """Of people who said yes and have no seat of the team: the reserve, and those whom the employer asked."""
    rows: QuerySet[Referral] = Referral.objects.filter(
        Q(seat__is_reserve=True) | Q(seat=None, asked_by_employer=True),
        state__in=sorted(YES), consent__withdrawn_at=None, profile__user__is_active=True,
    )  # fmt: skip
    return rows


def step_in(line: MissionLine) -> None:
    """Whoever said yes takes an empty seat before anybody is asked: the reserve, then those whom the employer asked.
    The seat that leads is the last to be taken, by the highest level proved among them.
    """
    seats = sorted(empty_seats(line)[0], key=lambda seat: (seat.is_lead, seat.number))
    if not seats:
        return
    yes = ready().filter(opportunity=line.opportunity).select_related("seat", "profile__user", "opportunity__employer")
    waiting = list(yes.filter(seat__isnull=False).order_by("seat__since", "pk"))
    waiting += yes.filter(seat=None).order_by("consent__given_at", "pk")
    if seats[-1].is_lead and len(waiting) >= len(seats):
        people = with_evidence(CandidateProfile.objects.filter(pk__in=[row.profile_id for row in waiting]))
        levels = {person.pk: level_of(person, line) for person in people}
        leads = max(waiting, key=lambda row: levels[row.profile_id])
        waiting.remove(leads)
        waiting.insert(len(seats) - 1, leads)
    for seat, referral in zip(seats, waiting, strict=False):
        was_reserve = MissionSeat.objects.filter(referral=referral).update(referral=None, since=None)
        MissionSeat.objects.filter(pk=seat.pk).update(referral=referral, since=timezone.now())
        if was_reserve:
            notices.tell_of_seat(referral=referral, leads=seat.is_lead)


def seat_people(
    line: MissionLine, empty: tuple[list[MissionSeat], list[MissionSeat]], placed: list[Placed], pool: Pool
) -> None:
    """Ask them. The seat that leads goes to the highest level proved, then to the best match."""
    matches = pool.matches[line.pk]
    for seats, is_reserve in zip(empty, (False, True), strict=True):
        people = [one.person for one in placed if one.is_reserve is is_reserve]
        if seats and seats[0].is_lead:
            people.sort(key=lambda key: (-level_of(pool.people[key], line), -matches[key].score))
        for seat, person in zip(seats, people, strict=False):
            referral = propose(opportunity=line.opportunity, profile=pool.people[person], match=matches[person])
            MissionSeat.objects.filter(pk=seat.pk).update(referral=referral, since=timezone.now())


def level_of(person: CandidateProfile, line: MissionLine) -> int:
    codes = {need.skill.code for need in line.opportunity.skills.all()}
    return max((row.level for row in person.held if row.code in codes), default=0)


def to_fill(now: datetime) -> QuerySet[Mission]:
    """Missions with a seat that was left, or an empty one for which somebody is ready; with an empty one of an open
    line, once an hour.
    """
    seats = MissionSeat.objects.filter(line__mission=OuterRef("pk"))
    changing = seats.filter(line__in=with_team())
    can_step_in = Exists(ready().filter(opportunity=OuterRef("line__opportunity")))
    asking = seats.filter(line__opportunity__in=Opportunity.objects.open())
    due = Q(assigned_at=None) | Q(assigned_at__lte=now - AGAIN_AFTER)
    rows: QuerySet[Any] = Mission.objects.filter(
        Exists(changing.freed())
        | Exists(changing.empty().filter(can_step_in, is_reserve=False))
        | due & Exists(asking.empty())
    )
    return rows.order_by("pk")


FILL = sweeps.register(
    sweeps.Sweep(
        name="placement.teams",
        label=gettext_lazy("Teams with empty seats"),
        remedy=gettext_lazy("Look at this team mission and at what its lines ask for."),
        rows=to_fill,
        work=lambda key, now: fill(key),
        batch=20,
    )
)
