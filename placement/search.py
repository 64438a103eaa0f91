"""The employers' search: filters as facts of the index, counts in one query, and an order for a chosen opportunity.

A filter is a token (``skill:dw.data-entry:2``); "at least" is already in the index, so every filter is equality, on
SQLite and PostgreSQL alike. To add a filter: write its token in ``services.profiles.tokens_of``, read it in
``Filters``, count it in ``facets``, and name it in ``token_label``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, F, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from courses.models import Skill
from lms.lib.translated import pick
from placement.choices import country_name, language_name
from placement.enums import Cefr, Connectivity, Equipment
from placement.evidence import employers_match_of, wanted_by, with_evidence
from placement.matching import Match, best_first, lot, region_key
from placement.models import CandidateProfile, CandidateToken, Opportunity

PAGE, CAP = 20, 1000  # cards on a page; a list ends after this many, then one narrows the search
FIRST = 3  # selects of skills, and of languages, in sight before one asks for more
RANKED = 300  # at most so many are put in the suggested order


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    count: int
    is_on: bool


@dataclass(frozen=True)
class Group:
    """One select (a skill with its levels, the countries) or, when ``is_list``, a list of boxes to tick."""

    name: str
    title: str
    key: str
    choices: list[Choice]

    @property
    def is_on(self) -> bool:
        return any(choice.is_on for choice in self.choices)

    @cached_property
    def most(self) -> int:
        """How many people its widest choice keeps: said beside the title, before anything is opened."""
        return max((choice.count for choice in self.choices), default=0)

    @property
    def options(self) -> SafeString:
        """The options of the select: some 150 on a page, which template tags draw four times slower."""
        rows = ((c.value, mark_safe(" selected") if c.is_on else "", f"{c.label} ({c.count})") for c in self.choices)
        return format_html_join("", '<option value="{}"{}>{}</option>', rows)


@dataclass(frozen=True)
class Fold:
    """The selects that are always in sight, and the rest behind a summary that opens itself when one of them is set."""

    first: list[Group]
    rest: list[Group]

    @property
    def is_open(self) -> bool:
        return any(group.is_on for group in self.rest)


@dataclass
class Filters:
    """What was asked for. ``tokens`` must all be held; ``country`` is kept apart for its own counts."""

    skills: list[str] = field(default_factory=list)  # code:level
    languages: list[str] = field(default_factory=list)  # fr:3
    equipment: list[str] = field(default_factory=list)
    hours: str = ""
    line: str = ""
    place: str = ""
    country: str = ""
    region: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> "Filters":
        """From the address; what is not a fact is simply held by nobody."""
        many = lambda name: sorted({value[:60] for value in query.getlist(name) if value})[:12]  # noqa: E731
        one = lambda name: query.get(name, "")[:60].strip()  # noqa: E731
        return cls(many("skill"), many("lang"), many("equip"), one("hours"), one("line"), one("place"), one("country"),
                   one("region"))  # fmt: skip

    @property
    def tokens(self) -> list[str]:
        found = [f"skill:{v}" for v in self.skills] + [f"lang:{v}" for v in self.languages]
        found += [f"equip:{v}" for v in self.equipment]
        found += [f"{name}:{value}" for name, value in (("hours", self.hours), ("line", self.line)) if value]
        found += [f"place:{self.place}"] if self.place else []
        found += [f"region:{region_key(self.region)}"] if self.region else []
        return found

    def label(self, token: str) -> str:
        """In words; a region as it was typed."""
        return self.region if token.startswith("region:") else token_label(token)

    @property
    def all_tokens(self) -> list[str]:
        return self.tokens + ([f"country:{self.country}"] if self.country else [])


@dataclass
class Found:
    profiles: list[CandidateProfile]
    total: int
    groups: dict[str, list[Group]]
    page: int
    pages: int
    loosen: list[tuple[str, int]]  # token without which there would be so many

    @cached_property
    def skills(self) -> Fold:
        return Fold(self.groups["skills"][:FIRST], self.groups["skills"][FIRST:])

    @cached_property
    def languages(self) -> Fold:
        return Fold(self.groups["languages"][:FIRST], self.groups["languages"][FIRST:])

    @cached_property
    def conditions(self) -> Fold:
        """Where is in sight; hours, equipment and network are behind the summary, with the region."""
        return Fold(self.groups["places"], self.groups["hours"] + self.groups["equipment"] + self.groups["line"])

    @property
    def is_capped(self) -> bool:
        return self.total > CAP

    @property
    def has_next(self) -> bool:
        return self.page < self.pages


def having(people: QuerySet[CandidateProfile], tokens: list[str]) -> QuerySet[CandidateProfile]:
    """The people that hold every token: one sub-select each, answered by the unique index on (token, profile)."""
    for token in tokens:
        people = people.filter(pk__in=CandidateToken.objects.filter(token=token).values("profile_id"))
    return people


def search(
    *, people: QuerySet[CandidateProfile], filters: Filters, opportunity: Opportunity | None = None, page: int = 1
) -> Found:
    """One page of results with the counts of every choice. ``people`` is what the reader may see, all in the index."""
    counts = count_tokens(people, filters)
    total = counts.get("certified", 0)
    pages = max(1, -(-min(total, RANKED if opportunity else CAP) // PAGE))
    page = min(max(page, 1), pages)
    here = slice((page - 1) * PAGE, page * PAGE)
    matched = having(people, filters.all_tokens)
    rows = ranked(matched, opportunity)[here] if opportunity else with_evidence(newest(matched)[here])
    return Found(rows, total, facets(counts, filters), page, pages, [] if total else looser(people, filters))


def newest(people: QuerySet[CandidateProfile]) -> QuerySet[CandidateProfile]:
    return people.order_by("-last_active_at", "pk")


def ranked(people: QuerySet[CandidateProfile], opportunity: Opportunity) -> list[CandidateProfile]:
    """The suggested order: who meets every need first, then by score; ties change daily, never by name."""
    day, wanted = timezone.localdate().isoformat(), wanted_by(opportunity)
    rows = with_evidence(newest(people)[:RANKED])
    for row in rows:
        row.match = employers_match_of(wanted, row)
    found: list[tuple[Match, CandidateProfile]] = [(row.match, row) for row in rows]
    return [row for _match, row in best_first(found, tie=lambda row: lot(day, row.pk))]


def count_tokens(people: QuerySet[CandidateProfile], filters: Filters) -> dict[str, int]:
    """How many people each choice would keep, and as ``certified`` how many there are: one GROUP BY.

    Countries count as if none were chosen: with a country, a second one counts them.
    """
    tokens = CandidateToken.objects.exclude(token__startswith="region:")  # noqa: S106  (a fact, no secret)
    if not filters.all_tokens:
        return counted(tokens.annotate(owner=IN_ITS_ORDER).filter(owner__in=people.values("pk")))
    counts = counted(tokens.filter(profile__in=having(people, filters.all_tokens).values("pk")))
    if filters.country:
        tokens = CandidateToken.objects.filter(token__startswith="country:")  # noqa: S106
        elsewhere = counted(tokens.filter(profile__in=having(people, filters.tokens).values("pk")))
        counts = {t: n for t, n in counts.items() if not t.startswith("country:")} | elsewhere
    return counts


IN_ITS_ORDER = F("profile_id") + 0
"""Who is not looked up by the index on ``profile``: when everybody is asked for, the whole index is read, and by token
it comes grouped already; three times as fast on SQLite.
"""


def counted(tokens: QuerySet[CandidateToken]) -> dict[str, int]:
    return dict(tokens.order_by().values_list("token").annotate(Count("profile_id")))


def facets(counts: dict[str, int], filters: Filters) -> dict[str, list[Group]]:
    """Every choice with its count."""
    return {
        "skills": stepped("skill", "skill", counts, filters.skills, skill_names(), level_label),
        "languages": stepped("lang", "lang", counts, filters.languages, None, cefr_label),
        "hours": [single("hours", "hours", _("Hours a week"), counts, filters.hours, hours_label)],
        "places": [
            single("country", "country", _("Country"), counts, filters.country, country_name),
            single("place", "place", _("Work"), counts, filters.place, place_label),
        ],
        "equipment": [listed("equip", _("Equipment"), counts, filters.equipment, equipment_label)],
        "line": [single("line", "line", _("Network"), counts, filters.line, line_label)],
    }


def skill_names() -> dict[str, str]:
    return {code: pick(names) or code for code, names in Skill.objects.values_list("code", "names")}


def stepped(
    name: str, prefix: str, counts: dict[str, int], chosen: list[str], names: dict[str, str] | None,
    label: Callable[[str], str],
) -> list[Group]:  # fmt: skip
    """One select for each skill or language that somebody has, with its levels: chosen ones first, then skills of
    digital work, then the most frequent."""
    values = {token[len(prefix) + 1 :] for token in counts if token.startswith(f"{prefix}:")} | set(chosen)
    keys = {value.rpartition(":")[0] for value in values if ":" in value}
    size = lambda key: -max(counts.get(f"{prefix}:{key}:{n}", 0) for n in range(1, 7))  # noqa: E731
    words = {level: label(level) for level in {value.rpartition(":")[2] for value in values}}
    groups = []
    chosen_keys = {value.rpartition(":")[0] for value in chosen}
    for key in sorted(keys, key=lambda key: (key not in chosen_keys, not key.startswith("dw."), size(key), key)):
        steps = sorted(v for v in values if v.rpartition(":")[0] == key)
        title = names.get(key, key) if names is not None else capfirst(language_name(key))
        choices = [Choice(v, words[v.rpartition(":")[2]], counts.get(f"{prefix}:{v}", 0), v in chosen) for v in steps]
        groups.append(Group(name, title, key.replace(".", "-"), choices))
    return groups


def single(
    name: str, prefix: str, title: str, counts: dict[str, int], chosen: str, label: Callable[[str], str]
) -> Group:
    return listed(name, title, counts, [chosen] if chosen else [], label, prefix)


def listed(
    name: str, title: str, counts: dict[str, int], chosen: list[str], label: Callable[[str], str], prefix: str = ""
) -> Group:
    prefix = prefix or name
    values = {token[len(prefix) + 1 :] for token in counts if token.startswith(f"{prefix}:")} | set(chosen)
    by_number = all(value.isdigit() for value in values)
    order = (lambda v: (int(v), v)) if by_number else (lambda v: (-counts.get(f"{prefix}:{v}", 0), v))
    choices = [Choice(v, label(v), counts.get(f"{prefix}:{v}", 0), v in chosen) for v in sorted(values, key=order)]
    return Group(name, title, name, choices)


def looser(people: QuerySet[CandidateProfile], filters: Filters) -> list[tuple[str, int]]:
    """For an empty result: each filter with how many people there would be without it, best first."""
    tokens = filters.all_tokens
    without = [(token, having(people, [t for t in tokens if t != token]).count()) for token in tokens[:8]]
    return sorted(((token, count) for token, count in without if count), key=lambda pair: -pair[1])[:3]


def level_label(level: str) -> str:
    return _("level %s or more") % level


def cefr_label(level: str) -> str:
    return _("%s or more") % (Cefr(int(level)).label if level in {"1", "2", "3", "4", "5", "6"} else level)


def hours_label(hours: str) -> str:
    return _("%s hours or more") % hours


def line_label(line: str) -> str:
    known = dict(Connectivity.choices)
    return _("%s or better") % (known.get(int(line), line) if line.isdigit() else line)


def place_label(place: str) -> str:
    return {"remote": _("at a distance"), "on-site": _("on site, in their region")}.get(place, place)


def equipment_label(thing: str) -> str:
    return capfirst(str(dict(Equipment.choices).get(thing, thing)))


def token_label(token: str) -> str:
    """A filter in words, for the list of what is chosen and what to loosen."""
    kind, _sep, value = token.partition(":")
    code, _sep, level = value.rpartition(":")
    if kind == "skill":
        return f"{skill_names().get(code, code)}, {level_label(level)}"
    if kind == "lang":
        return f"{language_name(code)} {cefr_label(level)}"
    readers: dict[str, Callable[[str], str]] = {
        "hours": hours_label, "line": line_label, "place": place_label, "country": country_name,
        "equip": equipment_label,
    }  # fmt: skip
    return readers.get(kind, str)(value)


def without(query: QueryDict, token: str) -> str:
    """The address's query with one filter taken out and the first page again."""
    kind, _sep, value = token.partition(":")
    changed = query.copy()
    changed.pop("page", None)
    kept = [v for v in changed.getlist(kind) if v != value and region_key(v) != value]
    changed.setlist(kind, kept)
    return changed.urlencode()
