"""A mission as its employer reads it: who has which seat, and for each empty one what keeps people out of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet

from courses.models import Course, CourseSkill
from placement.demand import People
from placement.evidence import employers_match_of, wanted_by, with_evidence
from placement.mission_enums import LEFT
from placement.mission_words import gap_words
from placement.missions.gaps import Gap, binding
from placement.models import CandidateProfile, Mission, MissionLine, MissionSeat, Referral
from placement.services import teams
from placement.services.disclosure import Basis, show_referrals

GAPS_SHOWN = 3  # of a line


@dataclass(frozen=True)
class GapShown:
    """``people``: how many lack only this, as it may be told. ``course``: the shortest that proves it."""

    text: str
    people: People
    course: Course | None = None


@dataclass
class SeatShown:
    """``referral``: whom the employer knows to have it (``may_be_told``)."""

    seat: MissionSeat
    referral: Referral | None = None

    @property
    def answers_by(self) -> datetime | None:
        return self.referral.expires_at if self.referral and self.referral.state == "proposed" else None


@dataclass
class LineShown:
    """Whoever is asked and not known to the employer is one with the empty seats: what they answer changes nothing."""

    line: MissionLine
    is_open: bool = False  # people are asked today
    seats: list[SeatShown] = field(default_factory=list)
    could_fill: int = 0  # before it is open: seats for which there is somebody today
    gaps: list[GapShown] = field(default_factory=list)

    @property
    def taken(self) -> int:
        return sum(each.referral is not None and each.seat.is_taken for each in self.seats if not each.seat.is_reserve)

    @property
    def empty(self) -> int:
        return sum(each.referral is None and not each.seat.is_reserve for each in self.seats)

    @property
    def empty_reserve(self) -> int:
        return sum(each.referral is None and each.seat.is_reserve for each in self.seats)

    @property
    def given(self) -> list[SeatShown]:
        return [each for each in self.seats if each.referral is not None]

    @property
    def is_draft(self) -> bool:
        return self.line.opportunity.approved_at is None

    @property
    def missing(self) -> int:
        """Seats for which more people would help: before it is open by today's people, then while people are asked."""
        if self.is_draft:
            return self.line.people - self.could_fill
        return self.empty if self.is_open else 0


def may_be_told(referral: Referral) -> bool:
    """The employer knows of it: it was sent, or this employer asked; and the seat is not left. Of a proposal it sees
    nothing, not even a no.
    """
    is_known = referral.forwarded_at is not None or referral.asked_by_employer
    return is_known and referral.state not in LEFT and not referral.disclosure.has_withdrawn


def show_lines(mission: Mission) -> list[LineShown]:
    """Read it ``with_lines``. People who are hidden are never counted: what is told here a search tells too."""
    lines = list(mission.lines.all())
    asking = teams.open_lines(mission)
    shown = {line.pk: LineShown(line, line.pk in asking) for line in lines}
    for line in lines:
        line.mission = mission
    seats = MissionSeat.objects.filter(line__in=lines).select_related("referral").order_by("is_reserve", "number")
    rows = list(seats)
    referrals = Referral.objects.with_page_data().filter(seat__in=rows)
    known = {row.pk: row for row in show_referrals(referrals) if may_be_told(row)}
    for seat in rows:
        shown[seat.line_id].seats.append(SeatShown(seat, known.get(seat.referral_id or 0)))
    people = teams.may_be_asked(mission).filter(pk__in=findable(mission).values("pk"))
    draft = [line for line in lines if shown[line.pk].is_draft]
    if draft:
        pool = teams.pool_of(draft, people)
        team = teams.choose(mission, {line.pk: (line.people, 0) for line in draft}, pool)
        for line in draft:
            shown[line.pk].could_fill = sum(one.line == line.pk for one in team.placed)
    add_gaps([each for each in shown.values() if each.missing], people)
    return list(shown.values())


def findable(mission: Mission) -> QuerySet[CandidateProfile]:
    rows: QuerySet[CandidateProfile] = CandidateProfile.objects.searchable()
    return rows.filter(at_work_since=None)


def people_named(lines: Iterable[LineShown]) -> list[CandidateProfile]:
    """Those whom the page names, to be counted before it is shown."""
    rows = [each.referral for line in lines for each in line.seats if each.referral is not None]
    return [row.profile for row in rows if row.disclosure.basis > Basis.NOTHING]


def add_gaps(lines: list[LineShown], people: QuerySet[CandidateProfile]) -> None:
    """Of the people seen last, who fit no line with an empty seat: the one need that each of them lacks."""
    if not lines:
        return
    persons = with_evidence(people.order_by("-last_active_at", "pk")[: teams.LOOKED_AT])
    for each in lines:
        wanted = wanted_by(each.line.opportunity)
        gaps = binding(employers_match_of(wanted, person) for person in persons)
        each.gaps = [GapShown(gap_words(gap), People(gap.people), course_of(gap)) for gap in gaps[:GAPS_SHOWN]]


def course_of(gap: Gap) -> Course | None:
    """The shortest open course that proves the skill at the level that is lacking."""
    if gap.kind != "skill":
        return None
    rows = CourseSkill.objects.filter(skill__code=gap.code, level__gte=gap.need, course__is_open=True)
    live = rows.filter(course__pages__live=True).select_related("course").order_by("course__hours", "course__position")
    row = live.first()
    return row.course if row else None
