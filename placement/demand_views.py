"""The team's page of skills that employers ask for, and the same as a file."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from lms.accounts.access import team_only
from lms.accounts.http import SignedInRequest
from lms.lib.tables import csv_response
from placement.choices import country_name
from placement.demand import MIN_PEOPLE, WINDOW, Demand, People, demand
from placement.regions import region_name

LISTED = 50  # rows of the table; the file has them all
CHARTED = 10
WIDTH, STEP = 300, 58  # of the chart: the longest bar, and what a skill takes with its name


@dataclass(frozen=True)
class Line:
    """A row of the table, in words."""

    row: Demand
    where: str
    refused: str
    holders: str
    on_the_way: str
    advice: str

    @classmethod
    def of(cls, row: Demand) -> "Line":
        return cls(
            row, where(row), count_text(row.refused), count_text(row.holders), count_text(row.on_the_way), advice(row)
        )


@dataclass(frozen=True)
class ChartRow:
    """Two bars: positions that nobody filled above, people who hold the skill below."""

    label: str
    unfilled: int
    holders: str
    y: int
    unfilled_width: int
    holders_width: int


@team_only
def skills_in_demand(request: SignedInRequest) -> HttpResponse:
    rows = demand()
    if request.GET.get("format") == "csv":
        return csv_response("passerelle-skills-in-demand", header(), cells(rows))
    bars = chart([row for row in rows if row.unfilled][:CHARTED])
    context = {
        "lines": [Line.of(row) for row in rows[:LISTED]], "more": max(0, len(rows) - LISTED),
        "chart": bars, "height": len(bars) * STEP, "days": WINDOW.days, "few": MIN_PEOPLE,
    }  # fmt: skip
    return render(request, "placement/admin/demand.html", context)


def where(row: Demand) -> str:
    return ", ".join(part for part in (region_name(row.region), country_name(row.country)) if part) or _(
        "Anywhere (remote)"
    )


def count_text(people: People) -> str:
    return (
        _("fewer than %(count)s") % {"count": MIN_PEOPLE}
        if people.disclosed_count is None
        else str(people.disclosed_count)
    )


def advice(row: Demand) -> str:
    """What to do about it, in one sentence."""
    if not row.is_short:
        return _("Enough people have it.") if row.unfilled else _("All positions are filled.")
    if not row.courses:
        return _("A course to write: no course here proves this level.")
    titles = ", ".join(course.title for course in row.courses[:2])
    return _("Invite people to: %(courses)s.") % {"courses": titles}


def chart(rows: list[Demand]) -> list[ChartRow]:
    longest = max((max(row.unfilled, row.holders.at_most) for row in rows), default=0) or 1
    return [
        ChartRow(
            f"{row.name} {row.level} · {where(row)}", row.unfilled, count_text(row.holders), number * STEP,
            round(WIDTH * row.unfilled / longest), round(WIDTH * row.holders.at_most / longest),
        )
        for number, row in enumerate(rows)
    ]  # fmt: skip


def header() -> list[str]:
    return [
        _("Skill"), _("Level"), _("Where"), _("Opportunities"), _("Positions"), _("Filled"),
        _("Refused for lack of a skill"), _("People who have it"), _("Learning it"), _("Courses"),
    ]  # fmt: skip


def cells(rows: list[Demand]) -> Iterator[list[object]]:
    for row in rows:
        line = Line.of(row)
        yield [
            row.name, row.level, line.where, row.opportunities, row.positions, row.filled, line.refused,
            line.holders, line.on_the_way, ", ".join(course.title for course in row.courses),
        ]  # fmt: skip
