"""Which skills employers ask for, where, and whether enough people hold them: which courses to write next.

Counts of people under ``MIN_PEOPLE`` are not told (statistical disclosure control: primary suppression), so that
nobody is found in a small town. Zero is told: it is nobody.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from certificates.models import CertificateSkill
from courses.enums import Level
from courses.models import Course, CourseSkill, Enrolment, Skill
from lms.lib.sort_order import sort_key
from lms.lib.translated import pick
from placement.enums import OpportunityState, RefusalReason, WorkPlace
from placement.enums import ReferralState as S
from placement.models import Opportunity, OpportunitySkill
from placement.querysets import valid_certificates
from placement.regions import listed
from placement.services.opportunities import TAKEN

WINDOW = timedelta(days=90)
MIN_PEOPLE = 5
Place = tuple[str, str]  # country and region; both empty: anywhere, as for remote work
ANYWHERE: Place = ("", "")
Need = tuple[int, int, Place]  # skill, level, place


@dataclass(frozen=True)
class People:
    """How many people, as it may be told."""

    exact: int

    @property
    def is_few(self) -> bool:
        return 0 < self.exact < MIN_PEOPLE

    @property
    def disclosed_count(self) -> int | None:
        """None: some, but so few that the number is kept back."""
        return None if self.is_few else self.exact

    @property
    def at_most(self) -> int:
        return MIN_PEOPLE - 1 if self.is_few else self.exact


@dataclass
class Demand:
    """A skill at a level in a place. ``positions`` of ``opportunities``, ``filled`` of them by somebody hired."""

    skill: Skill
    level: int
    country: str
    region: str
    opportunities: int = 0
    positions: int = 0
    filled: int = 0
    refused: People = field(default_factory=lambda: People(0))
    """Sent, and refused because this or another skill was missing."""
    holders: People = field(default_factory=lambda: People(0))
    """Hold a valid certificate for it, at this level or higher, and live there."""
    on_the_way: People = field(default_factory=lambda: People(0))
    """Take a course that proves it, wherever they live."""
    courses: list[Course] = field(default_factory=list)

    @property
    def name(self) -> str:
        return pick(self.skill.names) or self.skill.code

    @property
    def unfilled(self) -> int:
        return max(0, self.positions - self.filled)

    @property
    def short(self) -> int:
        """Positions for which there is nobody, at the least: where the number of people is kept back, the most they can
        be."""
        return max(0, self.unfilled - self.holders.at_most)

    @property
    def is_short(self) -> bool:
        return self.short > 0 or (self.unfilled > 0 and self.holders.is_few)


def demand() -> list[Demand]:
    """Every essential skill of the opportunities of the last ``WINDOW``, and of those open today: the shortest first.

    Seven queries, whatever the number of people and opportunities; rows are as many as skills and regions.
    """
    asked = OpportunitySkill.objects.filter(essential=True, opportunity__in=recent_opportunities())
    found: dict[Need, Demand] = {}
    skills = Skill.objects.in_bulk(asked.order_by().values_list("skill", flat=True).distinct())
    for row in by_place(asked).annotate(number=Count("opportunity"), positions=Sum("opportunity__positions")):
        need = need_of(row)
        one = found.setdefault(need, Demand(skills[need[0]], need[1], *need[2]))
        one.opportunities += row["number"]
        one.positions += row["positions"]
    count_referrals(asked, found)
    count_people(found)
    return sorted(
        found.values(), key=lambda row: (-row.short, -row.unfilled, sort_key(row.name), -row.level, row.region)
    )


def recent_opportunities() -> QuerySet[Opportunity]:
    published = ~Q(state=OpportunityState.DRAFT)
    recent = Q(created_at__gte=timezone.now() - WINDOW)
    return Opportunity.objects.filter(published & recent | Q(pk__in=Opportunity.objects.open().values("pk")))


def by_place(rows: QuerySet[OpportunitySkill]) -> QuerySet[Any, Any]:
    return rows.order_by().values(
        "skill", "level", place=F("opportunity__place"), country=F("opportunity__country"),
        town=F("opportunity__region"),
    )  # fmt: skip


def need_of(row: dict[str, Any]) -> Need:
    is_remote = row["place"] == WorkPlace.REMOTE
    return row["skill"], row["level"], ANYWHERE if is_remote else (row["country"], listed(row["country"], row["town"]))


def count_referrals(asked: QuerySet[OpportunitySkill], found: dict[Need, Demand]) -> None:
    """Of the same opportunities: who was hired, and who was refused for want of a skill."""
    missing = Q(
        opportunity__referrals__state=S.REFUSED,
        opportunity__referrals__refusal_reason__in=[RefusalReason.SKILLS, RefusalReason.LEVEL],
    )
    hired = Q(opportunity__referrals__state__in=TAKEN)
    refused: defaultdict[Need, int] = defaultdict(int)
    rows = by_place(asked.filter(hired | missing)).annotate(
        hired=Count("opportunity__referrals", filter=hired), refused=Count("opportunity__referrals", filter=missing)
    )
    for row in rows:
        found[need_of(row)].filled += row["hired"]
        refused[need_of(row)] += row["refused"]
    for need, number in refused.items():
        found[need].refused = People(number)


def count_people(found: dict[Need, Demand]) -> None:
    levels = {f"l{level}": Q(level__gte=level) for level in Level.values}
    skills = {skill for skill, _level, _place in found}
    holders: defaultdict[Need, int] = defaultdict(int)
    user = "certificate__user"
    certified = CertificateSkill.objects.filter(
        skill__in=skills, certificate__in=valid_certificates(), certificate__user__is_active=True
    )
    rows: QuerySet[Any, Any] = certified.order_by().values(
        "skill", country=F(f"{user}__candidate_profile__country"), town=F(f"{user}__candidate_profile__region")
    )
    for row in rows.annotate(**{name: Count(user, distinct=True, filter=at) for name, at in levels.items()}):
        country = row["country"] or ""
        region = listed(country, row["town"] or "")
        for level in Level.values:
            for place in {ANYWHERE, (country, ""), (country, region)}:
                holders[row["skill"], level, place] += row[f"l{level}"]
    taught = courses_of(skills)
    learning = dict(
        Enrolment.objects.filter(completed_at=None, course__in={key for keys in taught.values() for key in keys})
        .order_by()
        .values_list("course")
        .annotate(Count("pk"))
    )
    courses = Course.objects.in_bulk({key for keys in taught.values() for key in keys})
    for (skill, level, place), one in found.items():
        proving = taught.get((skill, level), [])
        one.holders = People(holders[skill, level, place])
        one.courses = [courses[key] for key in proving]
        one.on_the_way = People(sum(learning.get(key, 0) for key in proving))


def courses_of(skills: set[int]) -> dict[tuple[int, int], list[int]]:
    """(skill, level) -> the published courses that prove it, at this level or higher."""
    live = Course.objects.filter(pages__live=True).values("pk")
    found: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    rows = CourseSkill.objects.filter(skill__in=skills, course__in=live).order_by("course__position", "course__code")
    for skill, level, course in rows.values_list("skill", "level", "course"):
        for lower in range(1, level + 1):
            found[skill, lower].append(course)
    return found
