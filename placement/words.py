"""Matching's lines as sentences, in the active language: the same for both sides."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from courses.enums import Level
from lms.lib.translated import pick
from placement.choices import country_name, language_name
from placement.enums import Cefr, Connectivity, Equipment
from placement.matching import VERSION, MatchReason, employers_reasons, version_of
from placement.models import CandidateProfile
from placement.regions import listed, region_name

EQUIPMENT_WORDS = dict(Equipment.choices)


@dataclass(frozen=True)
class Reason:
    """One line: ``text`` says what was needed and found; ``points`` is empty when it brings none."""

    ok: bool
    text: str
    points: str = ""
    is_open: bool = False  # to work out: neither met nor missing
    url: str = ""  # the public check of the certificate that proves it


def explain(rows: list[dict[str, Any]], *, with_proof: bool = True, to_employer: bool = False) -> list[Reason]:
    """``Referral.reasons`` or ``Match.as_json()`` in words; the needs first, then what only orders.

    Without consent give ``with_proof=False``: the public check of a certificate names its holder.
    """
    version = version_of(rows)
    if to_employer:
        rows = employers_reasons(rows).as_json()
    reasons = [(row, sentence(row)) for row in rows]
    told = [(row, text) for row, text in reasons if text]
    told.sort(key=lambda pair: not pair[0].get("hard"))
    found = [
        Reason(row["ok"], text, points(row), row.get("is_open", False), proof_url(row) if with_proof else "")
        for row, text in told
    ]
    return found if version == VERSION else [*found, Reason(True, earlier_weights(version))]


def earlier_weights(version: str) -> str:
    return _("Points calculated with the weights of that day (version %(version)s)") % {"version": version}


def explain_lines(lines: Iterable[MatchReason]) -> list[Reason]:
    """Some lines of a match, in words."""
    return explain([{**vars(line), "names": dict(line.names)} for line in lines], with_proof=False)


def points(row: dict[str, Any]) -> str:
    if row["kind"] == "activity":
        return activity_points(row)
    possible = row.get("possible", 0)
    if not possible:
        return ""
    shown, most = row.get("shown", 0), row.get("out_of", 0)
    if not most:  # made by the first weights, or a line too small for a point of its own
        shown, most = round(row.get("points", 0)), round(possible)
    text = ngettext("%(points)s out of %(possible)s point", "%(points)s out of %(possible)s points", most)
    return text % {"points": shown, "possible": most}


def activity_points(row: dict[str, Any]) -> str:
    """The points that a long silence takes away; by the first weights, the factor of all the others."""
    if isinstance(row.get("found"), int) and "shown" not in row and row["found"] != 100:
        return f"×\u00a0{number_format(row['found'] / 100, decimal_pos=2)}"
    lost = -row.get("shown", 0)
    return ngettext("−%(points)s point", "−%(points)s points", lost) % {"points": lost} if lost else ""


def proof_url(row: dict[str, Any]) -> str:
    return reverse("verify:check", args=[row["certificate"]]) if row.get("certificate") else ""


def sentence(row: dict[str, Any]) -> str:
    if row.get("unknown"):
        return capfirst(_("%(need)s: not stated yet") % {"need": need_words(row)})
    writer = WRITERS.get(row.get("kind", ""))
    return capfirst(writer(row)) if writer else ""


def need_words(row: dict[str, Any]) -> str:
    """What is needed, of a line of which nobody knows yet whether it is met."""
    kind, need = row["kind"], row["need"]
    if kind == "hours":
        return _("%(hours)s h a week") % {"hours": need}
    if kind == "language":
        return f"{language_name(row['code'])} {Cefr(need).label}"
    if kind == "line":
        return _("Connection %(need)s") % {"need": Connectivity(need).label}
    if kind == "equipment":
        return str(Equipment(need).label)
    return _("Remote work") if need == "remote" else _("On site, %(need)s") % {"need": named(str(need))}


def skill_words(row: dict[str, Any]) -> str:
    words = {"skill": pick(row.get("names")) or row.get("code"), "need": Level(row["need"]).label}
    found = row.get("found") or 0
    if not found:
        return _("%(skill)s, %(need)s: not proven yet") % words
    return _("%(skill)s, %(need)s: level %(found)s proven by certificate") % {**words, "found": found}


def no_skill_words(row: dict[str, Any]) -> str:
    return _("No skill asked for: the same for everybody")


def no_language_words(row: dict[str, Any]) -> str:
    return _("No language asked for: the same for everybody")


def language_words(row: dict[str, Any]) -> str:
    found = row.get("found") or 0
    words = {"language": language_name(row["code"]), "need": Cefr(row["need"]).label}
    if not found:
        return _("%(language)s %(need)s: not in the profile") % words
    return _("%(language)s %(need)s: profile says %(found)s") % {**words, "found": Cefr(found).label}


def hours_words(row: dict[str, Any]) -> str:
    words = {"need": row.get("need", 0), "found": row.get("found", 0)}
    text = ngettext(
        "%(need)s hour a week needed, %(found)s possible", "%(need)s hours a week needed, %(found)s possible",
        int(words["need"]),
    )  # fmt: skip
    return text % words


def equipment_words(row: dict[str, Any]) -> str:
    thing = Equipment(row["need"]).label
    return str(thing) if row["ok"] else _("%(thing)s: not in the profile") % {"thing": thing}


def connection_words(row: dict[str, Any]) -> str:
    return _("Connection: %(need)s needed, %(found)s available") % {
        "need": Connectivity(row["need"]).label, "found": Connectivity(row["found"]).label}  # fmt: skip


def place_words(row: dict[str, Any]) -> str:
    need, found = str(row.get("need", "")), str(row.get("found", ""))
    if need == "remote":
        return _("Remote work") if row["ok"] else _("Remote work: the profile says no")
    return _("On site: %(need)s (lives in: %(found)s)") % {"need": named(need), "found": named(found) or "?"}


def named(place: str) -> str:
    """``SN-DK, SN`` in names; of lines from before there was a list of regions: ``Dakar, SN``."""
    *region, country = place.split(", ")
    return ", ".join([*map(region_name, region), country_name(country)])


def start_words(row: dict[str, Any]) -> str:
    free = date_format(date.fromisoformat(row["found"]), "j F Y") if row.get("found") else ""
    if not row.get("need"):
        return _("First day: to be agreed (available from %(free)s)") % {"free": free}
    words = {"need": date_format(date.fromisoformat(row["need"]), "j F Y"), "free": free}
    return (
        _("Starts on %(need)s, available from %(free)s") % words
        if free
        else _("Starts on %(need)s, available now") % words
    )


def private_words(row: dict[str, Any]) -> str:
    return _("Pay: between the candidate and you, counted the same for everybody")


def pay_words(row: dict[str, Any]) -> str:
    if row.get("is_open"):
        return _("Pay: please check yourself, the two amounts cannot be compared")
    if row.get("code") == "none":
        return _("Pay: no lowest amount in the profile")
    return _("Pay reaches what the candidate asks") if row["ok"] else _("Pay is below what the candidate asks")


def reliability_words(row: dict[str, Any]) -> str:
    if not row.get("need"):
        return _("Interviews attended: none yet, counted as 4 out of 5")
    return _("Interviews attended: %(kept)s out of %(planned)s") % {"kept": row.get("found", 0), "planned": row["need"]}


def activity_words(row: dict[str, Any]) -> str:
    return _("Recent activity: after a long silence, fewer points")


WRITERS = {
    "skill": skill_words, "skills": no_skill_words, "language": language_words, "languages": no_language_words,
    "hours": hours_words, "equipment": equipment_words,
    "line": connection_words, "place": place_words, "start": start_words, "pay": pay_words, "private": private_words,
    "reliability": reliability_words, "activity": activity_words,
}  # fmt: skip


def equipment(things: Iterable[str]) -> str:
    return ", ".join(str(EQUIPMENT_WORDS[thing]) for thing in things if thing in EQUIPMENT_WORDS)


def home_of(profile: CandidateProfile) -> str:
    """Region and country, never nearer."""
    region = region_name(listed(profile.country, profile.region))
    return ", ".join(part for part in (region, country_name(profile.country)) if part)


@dataclass(frozen=True)
class Fact:
    """One thing that a profile says, in words; empty when they have not said it."""

    title: str
    text: str


def facts_of(profile: CandidateProfile) -> list[Fact]:
    """All that goes to an employer beside name and proofs. Read the profile ``with_evidence``."""
    spoken = ", ".join(f"{language_name(code)} {Cefr(level).label}" for code, level in profile.spoken.items())
    network = str(Connectivity(profile.connectivity).label) if profile.connectivity else ""
    return [
        Fact(_("Time"), time_of(profile)),
        Fact(_("Where"), " · ".join(part for part in (home_of(profile), ways_of(profile)) if part)),
        Fact(_("Languages"), spoken),
        Fact(_("Equipment"), equipment(profile.equipment)),
        Fact(_("Network"), network),
    ]


def time_of(profile: CandidateProfile) -> str:
    hours = _("%(hours)s h a week") % {"hours": profile.hours_per_week} if profile.hours_per_week else ""
    day = date_format(profile.available_from, "j F Y") if profile.available_from else ""
    return ", ".join(part for part in (hours, _("from %(date)s") % {"date": day} if day else "") if part)


def ways_of(profile: CandidateProfile) -> str:
    """Remote, on site, both, neither; empty when they have said nothing."""
    if profile.works_remote is None and profile.works_on_site is None:
        return ""
    ways = [_("remote")] * bool(profile.works_remote) + [_("on site")] * bool(profile.works_on_site)
    return " · ".join(ways)


def span_words(span: tuple[int, int] | None, language: str | None = None) -> str:
    """``Nov. 2026``, or ``Mar. 2026 – May 2026``, in the active language, which the caller may name for the cache."""
    if span is None:
        return ""
    first, last = (month_name(month, language or get_language()) for month in span)
    return first if first == last else f"{first} – {last}"


@lru_cache(maxsize=1000)
def month_name(month: int, language: str | None) -> str:
    """``12 * year + month - 1`` as ``Nov. 2026``."""
    return date_format(date(month // 12, month % 12 + 1, 1), "N Y")
