"""What work stands open to whoever finishes a course: real opportunities of today, or honestly none."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.formats import number_format
from django.utils.translation import pgettext

from certificates.models import CertificateSkill
from courses.models import Course
from placement import choices
from placement.models import Opportunity, OpportunitySkill
from placement.pay_units import WEEKS_A_MONTH
from placement.querysets import valid_certificates

PAYS_READ = 200  # of the newest opportunities: enough to tell what they pay
HUNDREDS = -2

Levels = dict[int, int]  # skill -> the highest level that is proven


@dataclass(frozen=True)
class OpenAfter:
    """``pay``: what they pay a month, in words; empty where none says it."""

    count: int
    pay: str = ""


def proven_by(course: Course) -> Levels:
    return {row.skill_id: row.level for row in course.skills.all()}


def held_by(user: Any) -> Levels:
    if not getattr(user, "is_learner", False):
        return {}
    rows = CertificateSkill.objects.filter(certificate__in=valid_certificates(), certificate__user=user)
    held: Levels = {}
    for skill, level in rows.values_list("skill", "level"):
        held[skill] = max(level, held.get(skill, 0))
    return held


def together(first: Levels, second: Levels) -> Levels:
    return {key: max(first.get(key, 0), second.get(key, 0)) for key in first | second}


def asking_no_more_than(levels: Levels) -> QuerySet[Opportunity]:
    """Open today, with essential skills that are all among these; those that ask for no skill are left out."""
    proven = Q(pk__in=[])
    for skill, level in levels.items():
        proven |= Q(skill=skill, level__lte=level)
    needs = OpportunitySkill.objects.filter(opportunity=OuterRef("pk"), essential=True)
    return Opportunity.objects.open().filter(Exists(needs)).exclude(Exists(needs.exclude(proven)))


def open_after(course: Course, user: Any = None) -> OpenAfter:
    """What asks for a skill of this course, and for nothing that it and the reader's certificates do not prove."""
    taught = proven_by(course)
    if not taught:
        return OpenAfter(0)
    asked = OpportunitySkill.objects.filter(opportunity=OuterRef("pk"), essential=True, skill__in=taught)
    return summary_of(asking_no_more_than(together(taught, held_by(user))).filter(Exists(asked)))


def open_today() -> OpenAfter:
    """Everything that is open, for whoever is not here yet."""
    return summary_of(Opportunity.objects.open())


def summary_of(rows: QuerySet[Opportunity]) -> OpenAfter:
    count = rows.count()
    return OpenAfter(count, pay_words(rows) if count else "")


def pay_words(rows: QuerySet[Opportunity]) -> str:
    """``75 000 - 90 000 FCFA``: a month, in the currency that most of them pay in."""
    sums: dict[str, list[int]] = {}
    columns = ("pay_currency", "pay_period", "hours_per_week", "pay_min", "pay_max")
    for currency, period, hours, *pays in rows.order_by("-pk").values_list(*columns)[:PAYS_READ]:
        if period == "task":
            continue
        factor = hours * WEEKS_A_MONTH if period == "hour" else 1
        sums.setdefault(currency, []).extend(
            int(round(pay * factor, HUNDREDS)) if period == "hour" else pay for pay in pays if pay
        )
    found = max(sums, key=lambda currency: len(sums[currency]), default="")
    if not sums.get(found):
        return ""
    low, high = (number_format(n, force_grouping=True) for n in (min(sums[found]), max(sums[found])))
    words = {"sums": low if low == high else f"{low}–{high}", "currency": choices.CURRENCY_SIGNS.get(found, found)}
    return pgettext("pay: 75 000-90 000, FCFA", "%(sums)s %(currency)s") % words
