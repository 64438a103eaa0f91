"""Missions: saved with their lines and seats, opened line by line: each is an opportunity, checked like any other."""

import math
from datetime import date
from typing import Any, Protocol

from django.db import transaction
from django.utils.translation import gettext as _

from courses.models import Skill
from lms.accounts.models import User
from lms.accounts.services import record
from lms.lib.locks import hold
from lms.lib.translated import pick
from placement.enums import OpportunityKind
from placement.missions.money import UnitPrice
from placement.models import Employer, Mission, MissionLine, MissionSeat, Opportunity
from placement.services import held, opportunities
from placement.services.transitions import TransitionError

TITLE_LENGTH = 255  # of a text of one line
CHANGED_LATER = frozenset({"titles", "descriptions", "closes_on"})  # once people were asked about a line


class TypedLine(Protocol):
    """``placement.mission_forms.LineTyped``."""

    number: int
    people: int
    skill: int
    level: int
    hours: int
    window: str
    connectivity: int
    unit: str
    price: Any
    units: Any
    starts_on: Any
    equipment: list[str]

    @property
    def languages(self) -> dict[str, int]: ...


class AskedAlreadyError(TransitionError):
    def __init__(self) -> None:
        super().__init__(_("People have been asked already: what they answer to stays as it is."))


def lock(mission_id: int) -> None:
    """Take turns with whoever gives its seats. Before its opportunities."""
    hold(Mission.objects.filter(pk=mission_id))


@transaction.atomic
def save_mission(
    *, mission: Mission, employer: Employer, lines: list[Any], actor: User, **fields: Any
) -> Mission:  # fmt: skip
    """Write it with its lines. A line that was open stays as it is, and what it depends on. Raises
    ``AskedAlreadyError`` when there is no other, or ``lines`` holds it.
    """
    typed = {row.number: row for row in lines}
    known, asked = {}, set()
    if mission.pk is not None:
        known = lines_held(mission)
        asked = {number for number, line in known.items() if not line.may_change}
        if asked & typed.keys() or (asked and asked == known.keys()):
            raise AskedAlreadyError
    if asked:
        fields = {name: value for name, value in fields.items() if name in CHANGED_LATER}
    for name, value in fields.items():
        setattr(mission, name, value)
    if mission.pk is None:
        mission.employer, mission.created_by = employer, actor
        mission.save()
    else:
        mission.save(update_fields=list(fields))
    first = min([*typed, *asked], default=0)
    for number, row in typed.items():
        save_line(mission, row, known.get(number), actor, with_lead=mission.has_lead and number == first)
    for number in known.keys() - typed.keys() - asked:
        remove_line(known[number])
    tell_lines_their_day(mission)
    record(actor=actor, verb="save-mission", target=mission)
    return mission


def lines_held(mission: Mission) -> dict[int, MissionLine]:
    """By their numbers; nobody opens or ends one meanwhile."""
    lock(mission.pk)
    hold(Opportunity.objects.filter(mission_line__mission=mission))
    return {line.number: line for line in MissionLine.objects.filter(mission=mission).select_related("opportunity")}


@transaction.atomic
def move_closing_day(*, mission: Mission, day: date | None, actor: User) -> None:
    """Of one whose lines stay as they are. ``MissionForm`` asks for a later day."""
    lines_held(mission)
    mission.closes_on = day
    mission.save(update_fields=["closes_on"])
    tell_lines_their_day(mission)
    record(actor=actor, verb="save-mission", target=mission)


def tell_lines_their_day(mission: Mission) -> None:
    Opportunity.objects.filter(mission_line__mission=mission).update(closes_on=mission.closes_on)


def save_line(
    mission: Mission, typed: TypedLine, line: MissionLine | None, actor: User, *, with_lead: bool
) -> None:  # fmt: skip
    skill = Skill.objects.get(pk=typed.skill)
    opportunity, _is_saved = held.save_opportunity(
        opportunity=line.opportunity if line else Opportunity(), employer=mission.employer,
        skills=[(skill, typed.level, True)], languages=typed.languages, actor=actor,
        **opportunity_values(mission, typed, skill),
    )  # fmt: skip
    values = {
        "people": typed.people, "window": typed.window, "unit": typed.unit, "price": typed.price,
        "units_per_hour": typed.units,
    }  # fmt: skip
    line, _is_new = MissionLine.objects.update_or_create(
        mission=mission, number=typed.number, defaults={"opportunity": opportunity, **values}
    )
    line.seats.all().delete()
    MissionSeat.objects.bulk_create(
        MissionSeat(line=line, number=seat, is_reserve=seat > typed.people,
                    is_lead=with_lead and seat == 1)
        for seat in range(1, seats_of(mission, typed.people) + 1)
    )  # fmt: skip


def seats_of(mission: Mission, people: int) -> int:
    """With the reserve."""
    return people + math.ceil(people * mission.reserve_percent / 100)


def opportunity_values(mission: Mission, typed: TypedLine, skill: Skill) -> dict[str, Any]:
    """A line as the opportunity that people read: paid by the hour, at what the price of a unit comes to."""
    money = UnitPrice(typed.price, typed.units, mission.worker_share, mission.local_share)
    return {
        "kind": OpportunityKind.ASSIGNMENT,
        "titles": {
            code: f"{text} · {pick(skill.names, code) or skill.code}"[:TITLE_LENGTH]
            for code, text in mission.titles.items()
        },
        "descriptions": mission.descriptions,
        "place": mission.place, "country": mission.country, "region": mission.region,
        "hours_per_week": typed.hours, "positions": seats_of(mission, typed.people),
        "pay_min": money.whole_hour, "pay_max": money.whole_hour, "pay_currency": mission.currency,
        "pay_period": "hour", "equipment": typed.equipment, "connectivity": typed.connectivity,
        "starts_on": typed.starts_on, "closes_on": mission.closes_on,
    }  # fmt: skip


def remove_line(line: MissionLine) -> None:
    """Of a mission that nobody was asked about."""
    opportunity = line.opportunity
    line.delete()
    opportunity.delete()


@transaction.atomic
def open_mission(*, mission: Mission, actor: User) -> bool:
    """Open each line that never was; False when the programme looks at one first. Raises ``TransitionError``."""
    lock(mission.pk)
    lines = Mission.objects.with_lines().get(pk=mission.pk).lines.all()
    closed = [line.opportunity for line in lines if line.may_open]
    opened = [opportunities.publish(opportunity=row, actor=actor) for row in closed]
    Mission.objects.filter(pk=mission.pk).update(assigned_at=None)
    record(actor=actor, verb="open-mission", target=mission)
    return all(opened)
