"""The terms of work that somebody agrees to: frozen at their yes, compared with what the opportunity says today."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from placement.choices import CURRENCY_SIGNS, country_name
from placement.enums import OpportunityKind, WorkPlace

PAY = ("pay_min", "pay_max", "pay_currency", "pay_period")
PLACE = ("place", "country", "region")
FROZEN = (*PAY, *PLACE, "hours_per_week", "kind", "starts_on")
PERIODS = {"hour": gettext_lazy("an hour"), "month": gettext_lazy("a month"), "task": gettext_lazy("a task")}


@dataclass(frozen=True)
class Difference:
    name: str
    before: str
    now: str


def terms_of(opportunity: Any) -> dict[str, Any]:
    """Plain values, as JSON keeps them."""
    values = {name: getattr(opportunity, name) for name in FROZEN}
    day = values["starts_on"]
    return {**values, "starts_on": day.isoformat() if isinstance(day, date) else day}


def fingerprint(terms: dict[str, Any]) -> str:
    """The same for the same terms: it stands in the form of a yes, which counts for what was read."""
    text = json.dumps(terms, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[Difference]:
    """What is not as it was, in words, in the active language. More pay alone is in it too: it is good to know."""
    parts = {
        _("Pay"): (PAY, pay_words), _("Hours"): (("hours_per_week",), hours_words), _("Kind"): (("kind",), kind_words),
        _("Where"): (PLACE, place_words), _("First day"): (("starts_on",), day_words),
    }  # fmt: skip
    return [
        Difference(title, words(before), words(now))
        for title, (names, words) in parts.items()
        if any(before.get(name) != now.get(name) for name in names)
    ]


def matters(before: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether a yes to the one is no yes to the other: anything but more pay of the same kind."""
    others = [name for name in FROZEN if name not in {"pay_min", "pay_max"}]
    if any(before.get(name) != now.get(name) for name in others):
        return True
    return pays_less(before, now)


def pays_less(before: dict[str, Any], now: dict[str, Any]) -> bool:
    """The lowest and the highest amount each; one that is no longer given is less."""
    return any((now.get(name) or 0) < (before.get(name) or 0) for name in ("pay_min", "pay_max"))


def facts(terms: dict[str, Any]) -> list[tuple[str, str]]:
    """Each of them with its name, in the active language."""
    return [
        (_("Pay"), pay_words(terms)), (_("Hours"), hours_words(terms)), (_("Kind"), kind_words(terms)),
        (_("First day"), day_words(terms)), (_("Where"), place_words(terms)),
    ]  # fmt: skip


def pay_words(terms: dict[str, Any]) -> str:
    sums = [number_format(n, force_grouping=True) for n in (terms.get("pay_min"), terms.get("pay_max")) if n]
    if not sums:
        return _("not given")
    words = {
        "sums": sums[0] if sums[0] == sums[-1] else _("%(low)s to %(high)s") % {"low": sums[0], "high": sums[-1]},
        "currency": CURRENCY_SIGNS.get(terms["pay_currency"], terms["pay_currency"]),
        "period": PERIODS.get(terms["pay_period"], ""),
    }
    return pgettext("pay: 75 000, FCFA, a month", "%(sums)s %(currency)s %(period)s") % words


def hours_words(terms: dict[str, Any]) -> str:
    return _("%(hours)s h a week") % {"hours": terms["hours_per_week"]}


def kind_words(terms: dict[str, Any]) -> str:
    return capfirst(str(OpportunityKind(terms["kind"]).label))


def place_words(terms: dict[str, Any]) -> str:
    place = WorkPlace(terms["place"])
    town = ", ".join(part for part in (terms.get("region"), country_name(terms.get("country") or "")) if part)
    label = capfirst(str(place.label))
    return label if place == WorkPlace.REMOTE or not town else f"{town} ({place.label})"


def day_words(terms: dict[str, Any]) -> str:
    day = terms.get("starts_on")
    return date_format(date.fromisoformat(day), "j F Y") if day else _("not given")
