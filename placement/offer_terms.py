"""The terms of an offer of work, line by line beside what was announced and agreed to, in the active language."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from placement.choices import CURRENCY_SIGNS
from placement.enums import OpportunityKind, WorkPlace
from placement.offer_enums import Contract, PayUnit
from placement.pay_units import Pay, PayVerdict, compare
from placement.terms import day_words, hours_words, kind_words, pay_words, pays_less, place_words

FIELDS = ("amount", "currency", "unit", "day_hours", "hours_per_week", "contract", "starts_on", "ends_on", "place",
          "where")  # fmt: skip


class Verdict(StrEnum):
    """What an offer is beside what was announced."""

    SAME = "same"
    BETTER = "better"
    WORSE = "worse"
    OTHER = "other"  # neither: the candidate weighs it


@dataclass(frozen=True)
class Line:
    """``part`` is a word of the code: ``pay``, ``hours``, ``contract``, ``start``, ``place``, ``end``."""

    part: str
    name: str
    announced: str
    offered: str
    verdict: Verdict


KEPT: dict[str, frozenset[str]] = {
    OpportunityKind.JOB: frozenset({Contract.PERMANENT, Contract.FIXED}),
    OpportunityKind.INTERNSHIP: frozenset({Contract.INTERNSHIP}),
    OpportunityKind.APPRENTICESHIP: frozenset({Contract.APPRENTICESHIP}),
    OpportunityKind.ASSIGNMENT: frozenset({Contract.SERVICE, Contract.FIXED, Contract.PERMANENT}),
}
"""Contracts that are what was announced."""
EMPLOYED = frozenset({Contract.PERMANENT, Contract.FIXED})
FROM_HOME = (WorkPlace.ON_SITE, WorkPlace.HYBRID, WorkPlace.REMOTE)
"""From the least to the most: whoever said yes to work from home may be unable to come."""
PAY_VERDICTS = {
    PayVerdict.SAME: Verdict.SAME, PayVerdict.MORE: Verdict.BETTER, PayVerdict.LESS: Verdict.WORSE,
    PayVerdict.UNKNOWN: Verdict.OTHER,
}  # fmt: skip


def announced_terms(agreed: dict[str, Any], today: dict[str, Any]) -> dict[str, Any]:
    """What the candidate agreed to, with the pay of today where that is more: ``terms.terms_of`` both."""
    same = all(agreed.get(name) == today.get(name) for name in ("pay_currency", "pay_period"))
    if same and not pays_less(agreed, today):
        return {**agreed, "pay_min": today.get("pay_min"), "pay_max": today.get("pay_max")}
    return agreed


def lines(announced: dict[str, Any], offered: dict[str, Any]) -> list[Line]:
    """``announced`` as of ``terms.terms_of``, ``offered``: ``FIELDS``, as JSON keeps them."""
    found = [
        Line("pay", _("Pay"), pay_words(announced), offered_pay_words(offered), pay_verdict(announced, offered)),
        Line("hours", _("Hours"), hours_words(announced), hours_words(offered), hours_verdict(announced, offered)),
        Line("contract", _("Contract"), kind_words(announced), contract_words(offered),
             contract_verdict(announced["kind"], offered["contract"])),
        Line("start", _("First day"), day_words(announced), day_words(offered), start_verdict(announced, offered)),
        Line("place", _("Where"), place_words(announced), offered_place_words(offered),
             place_verdict(announced["place"], offered["place"])),
    ]  # fmt: skip
    if offered.get("ends_on"):
        found.append(Line("end", _("Last day"), "", end_words(offered), Verdict.SAME))
    return found


def is_worse(announced: dict[str, Any], offered: dict[str, Any]) -> bool:
    return any(line.verdict == Verdict.WORSE for line in lines(announced, offered))


def pay_verdict(announced: dict[str, Any], offered: dict[str, Any]) -> Verdict:
    """Beside the lowest amount that was announced; where none was, there is nothing to be below of."""
    least = announced.get("pay_min") or announced.get("pay_max")
    if not least:
        return Verdict.OTHER
    before = Pay(least, announced["pay_currency"], announced["pay_period"], announced["hours_per_week"])
    return PAY_VERDICTS[compare(before, pay_of(offered))]


def pay_of(offered: dict[str, Any]) -> Pay:
    return Pay(offered["amount"], offered["currency"], offered["unit"], offered["hours_per_week"],
               offered.get("day_hours"))  # fmt: skip


def hours_verdict(announced: dict[str, Any], offered: dict[str, Any]) -> Verdict:
    return Verdict.SAME if announced["hours_per_week"] == offered["hours_per_week"] else Verdict.OTHER


def contract_verdict(kind: str, contract: str) -> Verdict:
    if contract in KEPT[kind]:
        return Verdict.SAME
    return Verdict.BETTER if contract in EMPLOYED else Verdict.WORSE


def start_verdict(announced: dict[str, Any], offered: dict[str, Any]) -> Verdict:
    before = announced.get("starts_on")
    return Verdict.SAME if not before or before == offered["starts_on"] else Verdict.OTHER


def place_verdict(announced: str, offered: str) -> Verdict:
    before, now = FROM_HOME.index(WorkPlace(announced)), FROM_HOME.index(WorkPlace(offered))
    if before == now:
        return Verdict.SAME
    return Verdict.BETTER if now > before else Verdict.WORSE


# --- words


def offered_pay_words(offered: dict[str, Any]) -> str:
    words = {
        "sums": number_format(offered["amount"], force_grouping=True),
        "currency": CURRENCY_SIGNS.get(offered["currency"], offered["currency"]),
        "period": PayUnit(offered["unit"]).label,
    }
    text = pgettext("pay: 75 000, FCFA, a month", "%(sums)s %(currency)s %(period)s") % words
    if offered["unit"] == PayUnit.DAY:
        text = _("%(pay)s of %(hours)s h") % {"pay": text, "hours": offered["day_hours"]}
    return text


def contract_words(offered: dict[str, Any]) -> str:
    return capfirst(str(Contract(offered["contract"]).label))


def offered_place_words(offered: dict[str, Any]) -> str:
    label = capfirst(str(WorkPlace(offered["place"]).label))
    return f"{label}, {offered['where']}" if offered.get("where") else label


def end_words(offered: dict[str, Any]) -> str:
    return date_format(date.fromisoformat(offered["ends_on"]), "j F Y")


def summary(offered: dict[str, Any]) -> str:
    """One line: pay, hours, contract, first day, place."""
    start = _("from %(day)s") % {"day": day_words(offered)}
    parts = (offered_pay_words(offered), hours_words(offered), contract_words(offered), start)
    return " · ".join([*parts, offered_place_words(offered)])
