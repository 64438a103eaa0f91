"""What employers may filter by: a row of ``FILTERS`` for each, which is all that one is.

What holds for a person is kept in the index as tokens, ``name:value`` (``hours:20``, ``skill:dw.data-entry:2``). "At
least" is written out there, so that every filter is equality, on SQLite and PostgreSQL alike. Never a protected
criterion (Code du travail L1132-1).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses.models import Skill
from lms.lib.numbers import read_number
from lms.lib.sort_order import sort_key
from lms.lib.translated import pick
from placement.choices import country_name, language_name
from placement.enums import Cefr, Connectivity, Equipment
from placement.evidence import evidence_of
from placement.matching import equipment_held
from placement.models import CandidateProfile
from placement.regions import listed, listed_anywhere, region_name

MAX_LETTERS, MAX_VALUES = 60, 12  # letters of a value, values of a filter: what is longer or more is nobody's
HOUR_STEPS = range(5, 45, 5)
MOST_REGIONS = 30  # of the people found, in the select: with a country chosen, all of its own

Counts = Mapping[str, int]
"""``{token: how many people}``"""


class Part(Enum):
    """Where a filter stands on the page."""

    SKILLS = auto()
    LANGUAGES = auto()
    WHERE = auto()
    MORE = auto()  # behind a summary, which opens itself when one of them is set


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    count: int
    is_on: bool


@dataclass(frozen=True)
class ChoiceGroup:
    """One select (a skill with its levels, the countries) or, when ``is_list``, a list of boxes to tick."""

    name: str
    title: str
    key: str
    choices: list[Choice]
    is_list: bool = False

    @property
    def is_on(self) -> bool:
        return any(choice.is_on for choice in self.choices)

    @cached_property
    def most(self) -> int:
        """How many people its widest choice keeps: said beside the title, before anything is opened."""
        return max((choice.count for choice in self.choices), default=0)

    @property
    def options(self) -> SafeString:
        """The options of the select: some 150 on a page, which template tags render four times slower."""
        rows = ((c.value, mark_safe(" selected") if c.is_on else "", f"{c.label} ({c.count})") for c in self.choices)
        return format_html_join("", '<option value="{}"{}>{}</option>', rows)


@dataclass(frozen=True, kw_only=True)
class Filter:
    """One select, or boxes to tick when ``is_many``, with the values that somebody has."""

    name: str
    """Its parameter in the address, and what its tokens begin with."""
    values_of: Callable[[CandidateProfile], Iterable[object]]
    """The values that hold for a person read ``with_evidence``: "at least" names every step below."""
    label: Callable[[str], str] = str
    """A value in words, on the page."""
    title: str | Promise = ""
    part: Part = Part.MORE
    is_many: bool = False
    """May several be chosen? A person must have them all."""
    written: Callable[[str], str] = str
    """How the index writes what was chosen or typed."""
    stays_wide: bool = False
    """Do its other choices keep their counts when one is chosen? Each such filter costs one more query then."""

    def label_of(self, value: str) -> str:
        """What was chosen, in the list of all that is."""
        return self.label(value)

    def groups(self, counts: Counts, chosen: list[str]) -> list[ChoiceGroup]:
        values = self.on_offer(counts) | set(chosen)
        by_number = all(read_number(value) is not None for value in values)
        order = (lambda v: (int(v), v)) if by_number else (lambda v: (-self.count(counts, v), sort_key(self.label(v))))
        choices = [self.choice(counts, v, self.label(v), chosen) for v in sorted(values, key=order)]
        return [ChoiceGroup(self.name, str(self.title), self.name, choices, self.is_many)]

    def on_offer(self, counts: Counts) -> set[str]:
        return {token[len(self.name) + 1 :] for token in counts if token.startswith(f"{self.name}:")}

    def count(self, counts: Counts, value: str) -> int:
        return counts.get(f"{self.name}:{value}", 0)

    def choice(self, counts: Counts, value: str, label: str, chosen: list[str]) -> Choice:
        return Choice(value, label, self.count(counts, value), value in chosen)


@dataclass(frozen=True, kw_only=True)
class Stepped(Filter):
    """A select for each skill or language that somebody has, with its levels; its values are ``code:level``."""

    names: Callable[[Iterable[str]], Mapping[str, str]]
    """The names of these codes."""
    chip: str
    """How a name and a level are put together."""
    is_many: bool = True

    def label_of(self, value: str) -> str:
        code, _sep, level = value.rpartition(":")
        return self.chip % (self.names([code]).get(code, code), self.label(level))

    def groups(self, counts: Counts, chosen: list[str]) -> list[ChoiceGroup]:
        """Chosen ones first, then skills of digital work, then the most frequent."""
        values = self.on_offer(counts) | set(chosen)
        levels: dict[str, list[str]] = {}
        for value in sorted(value for value in values if ":" in value):
            levels.setdefault(value.rpartition(":")[0], []).append(value)
        words = {level: self.label(level) for level in {value.rpartition(":")[2] for value in values}}
        names = self.names(levels)
        most = {code: max(self.count(counts, f"{code}:{n}") for n in range(1, 7)) for code in levels}
        first = {value.rpartition(":")[0] for value in chosen}
        return [
            ChoiceGroup(self.name, names.get(code, code), code.replace(".", "-"), [
                self.choice(counts, value, words[value.rpartition(":")[2]], chosen) for value in levels[code]
            ])
            for code in sorted(levels, key=lambda code: (
                code not in first, not code.startswith("dw."), -most[code], sort_key(names.get(code, code))
            ))
        ]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Widest(Filter):
    """A select of which only the ``most`` frequent values are offered, and what is chosen."""

    most: int

    def on_offer(self, counts: Counts) -> set[str]:
        return set(sorted(super().on_offer(counts), key=lambda value: (-self.count(counts, value), value))[: self.most])


def skill_names(codes: Iterable[str]) -> dict[str, str]:
    return {code: pick(names) or code for code, names in Skill.objects.values_list("code", "names")}


def language_names(codes: Iterable[str]) -> dict[str, str]:
    return {code: capfirst(language_name(code)) for code in codes}


def cefr_label(level: str) -> str:
    return _("%s or higher") % (Cefr(int(level)).label if level in {"1", "2", "3", "4", "5", "6"} else level)


def connection_label(step: str) -> str:
    known, number = dict(Connectivity.choices), read_number(step)
    return _("%s or better") % (step if number is None else known.get(number, step))


def hours_label(hours: str) -> str:
    number = read_number(hours)
    count = 2 if number is None else number
    return ngettext("%s hour or more", "%s hours or more", count) % hours


def places_of(person: CandidateProfile) -> list[str]:
    return ["remote"] * bool(person.works_remote) + ["on-site"] * bool(person.works_on_site)


def place_label(place: str) -> str:
    return {"remote": _("remote"), "on-site": _("on site, in their region")}.get(place, place)


def equipment_label(thing: str) -> str:
    return capfirst(str(dict(Equipment.choices).get(thing, thing)))


def up_to(level: int) -> range:
    """Every level that "at least" may ask for."""
    return range(1, level + 1)


FILTERS = (
    Stepped(
        name="skill", part=Part.SKILLS, names=skill_names, chip="%s, %s",
        values_of=lambda person: (f"{row.code}:{n}" for row in evidence_of(person) for n in up_to(row.level)),
        label=lambda level: _("level %s or higher") % level,
    ),
    Stepped(
        name="lang", part=Part.LANGUAGES, names=language_names, chip="%s %s",
        values_of=lambda person: (f"{code}:{n}" for code, level in person.spoken.items() for n in up_to(level)),
        label=cefr_label,
    ),
    Filter(
        name="equip", title=gettext_lazy("Equipment"), is_many=True,
        values_of=lambda person: equipment_held(person.equipment), label=equipment_label,
    ),
    Filter(
        name="hours", title=gettext_lazy("Hours a week"),
        values_of=lambda person: (n for n in HOUR_STEPS if n <= (person.hours_per_week or 0)),
        label=hours_label,
    ),
    Filter(
        name="line", title=gettext_lazy("Network"),
        values_of=lambda person: up_to(person.connectivity or 0), label=connection_label,
    ),
    Filter(
        name="country", title=gettext_lazy("Country"), part=Part.WHERE, stays_wide=True,
        values_of=lambda person: [person.country] if person.country else [], label=country_name,
    ),
    Filter(name="place", title=gettext_lazy("Work"), part=Part.WHERE, values_of=places_of, label=place_label),
    Widest(
        name="region", title=gettext_lazy("Region"), part=Part.WHERE, most=MOST_REGIONS, written=listed_anywhere,
        values_of=lambda person: [code] if (code := listed(person.country, person.region)) else [],
        label=region_name,
    ),
)  # fmt: skip
BY_NAME = {each.name: each for each in FILTERS}


def tokens_of(profile: CandidateProfile) -> set[str]:
    """Every fact one may search by; none at all without a certificate. Read the profile ``with_evidence``."""
    if not profile.held:
        return set()
    return {"certified"} | {f"{each.name}:{value}" for each in FILTERS for value in each.values_of(profile)}


@dataclass(frozen=True)
class Filters:
    """What was asked for: the values of each filter, by its name."""

    chosen: Mapping[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, query: QueryDict) -> "Filters":
        """From the address; what is not a fact is simply held by nobody."""
        chosen = {}
        for each in FILTERS:
            given = [value[:MAX_LETTERS].strip() for value in query.getlist(each.name)]
            values = sorted({value for value in given if value})[:MAX_VALUES] if each.is_many else given[-1:]
            chosen[each.name] = [each.written(value) for value in values if value]
        return cls(chosen)

    def tokens(self, *, but: str = "") -> list[str]:
        """What a person must hold, ``but`` for what one filter asks."""
        return [
            f"{each.name}:{each.written(value)}"
            for each in FILTERS
            if each.name != but
            for value in self.chosen.get(each.name, ())
        ]

    @property
    def query(self) -> str:
        """The same as an address has it, always in the same order; empty when nothing is asked."""
        return urlencode([(each.name, value) for each in FILTERS for value in self.chosen.get(each.name, ())])

    @property
    def labels(self) -> list[str]:
        return [self.label_of(token) for token in self.tokens()]

    def label_of(self, token: str) -> str:
        name, _sep, value = token.partition(":")
        typed = next((v for v in self.chosen.get(name, ()) if BY_NAME[name].written(v) == value), value)
        return BY_NAME[name].label_of(typed)

    def groups(self, counts: Counts) -> dict[Part, list[ChoiceGroup]]:
        """Every choice with its count, by its part of the page."""
        found: dict[Part, list[ChoiceGroup]] = {part: [] for part in Part}
        for each in FILTERS:
            found[each.part] += each.groups(counts, self.chosen.get(each.name, []))
        return found
