"""The employers' search: who holds what ``filters`` ask, counts in one query, and an order for a chosen opportunity."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, F, QuerySet
from django.http import QueryDict

from lms.lib.moments import site_day
from placement.evidence import employers_match_of, wanted_by, with_evidence
from placement.filters import BY_NAME, FILTERS, ChoiceGroup, Filters, Part
from placement.matching import Match, best_first, tie_break
from placement.models import CandidateProfile, CandidateToken, Opportunity

PAGE, CAP = 20, 1000  # cards on a page; a list ends after this many, then one narrows the search
SELECTS_IN_SIGHT = 3  # selects of skills, and of languages, in sight before one asks for more
RANKED = 300  # at most so many are put in the suggested order


@dataclass(frozen=True)
class Fold:
    """The selects that are always in sight, and the rest behind a summary that opens itself when one of them is set."""

    first: list[ChoiceGroup]
    rest: list[ChoiceGroup]

    @property
    def rest_to_choose(self) -> list[ChoiceGroup]:
        return [group for group in self.rest if not group.is_list]

    @property
    def rest_to_tick(self) -> list[ChoiceGroup]:
        return [group for group in self.rest if group.is_list]

    @property
    def is_open(self) -> bool:
        return any(group.is_on for group in self.rest)


@dataclass
class SearchResult:
    profiles: list[CandidateProfile]
    total: int
    groups: dict[Part, list[ChoiceGroup]]
    page: int
    pages: int
    loosen: list[tuple[str, int]]  # token without which there would be so many

    @cached_property
    def skills(self) -> Fold:
        return Fold(self.groups[Part.SKILLS][:SELECTS_IN_SIGHT], self.groups[Part.SKILLS][SELECTS_IN_SIGHT:])

    @cached_property
    def languages(self) -> Fold:
        return Fold(self.groups[Part.LANGUAGES][:SELECTS_IN_SIGHT], self.groups[Part.LANGUAGES][SELECTS_IN_SIGHT:])

    @cached_property
    def conditions(self) -> Fold:
        """Where is in sight; the others are behind the summary, with the region."""
        return Fold(self.groups[Part.WHERE], self.groups[Part.MORE])

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
) -> SearchResult:
    """One page of results with the counts of every choice. ``people`` is what the reader may see, all in the index."""
    counts = count_tokens(people, filters)
    total = counts.get("certified", 0)
    pages = max(1, -(-min(total, RANKED if opportunity else CAP) // PAGE))
    page = min(max(page, 1), pages)
    here = slice((page - 1) * PAGE, page * PAGE)
    matched = having(people, filters.tokens())
    rows = ranked(matched, opportunity)[here] if opportunity else with_evidence(newest(matched)[here])
    return SearchResult(rows, total, filters.groups(counts), page, pages, [] if total else looser(people, filters))


def newest(people: QuerySet[CandidateProfile]) -> QuerySet[CandidateProfile]:
    return people.order_by("-last_active_at", "pk")


def ranked(people: QuerySet[CandidateProfile], opportunity: Opportunity) -> list[CandidateProfile]:
    """The suggested order: who meets every need first, then by score; ties change daily, never by name."""
    day, wanted = site_day().isoformat(), wanted_by(opportunity)
    rows = with_evidence(newest(people)[:RANKED])
    for row in rows:
        row.match = employers_match_of(wanted, row)
    found: list[tuple[Match, CandidateProfile]] = [(row.match, row) for row in rows]
    return [row for _match, row in best_first(found, tie=lambda row: tie_break(day, row.pk))]


def count_tokens(people: QuerySet[CandidateProfile], filters: Filters) -> dict[str, int]:
    """How many people each choice would keep, and as ``certified`` how many there are: one GROUP BY.

    A second one counts the choices of a filter that stays wide, as if none of them were chosen.
    """
    tokens = CandidateToken.objects.all()
    for each in FILTERS:
        if not each.is_counted:
            tokens = tokens.exclude(token__startswith=f"{each.name}:")
    if not filters.tokens():
        return counted(tokens.annotate(owner=IN_ITS_ORDER).filter(owner__in=people.values("pk")))
    counts = counted(tokens.filter(profile__in=having(people, filters.tokens()).values("pk")))
    for each in FILTERS:
        if each.stays_wide and filters.chosen.get(each.name):
            tokens = CandidateToken.objects.filter(token__startswith=f"{each.name}:")
            wide = having(people, filters.tokens(but=each.name))
            elsewhere = counted(tokens.filter(profile__in=wide.values("pk")))
            counts = {t: n for t, n in counts.items() if not t.startswith(f"{each.name}:")} | elsewhere
    return counts


IN_ITS_ORDER = F("profile_id") + 0
"""Who is not looked up by the index on ``profile``: when everybody is asked for, the whole index is read, and by token
it comes grouped already; three times as fast on SQLite.
"""


def counted(tokens: QuerySet[CandidateToken]) -> dict[str, int]:
    return dict(tokens.order_by().values_list("token").annotate(Count("profile_id")))


def looser(people: QuerySet[CandidateProfile], filters: Filters) -> list[tuple[str, int]]:
    """For an empty result: each filter with how many people there would be without it, best first."""
    tokens = filters.tokens()
    without = [(token, having(people, [t for t in tokens if t != token]).count()) for token in tokens[:8]]
    return sorted(((token, count) for token, count in without if count), key=lambda pair: -pair[1])[:3]


def without(query: QueryDict, token: str) -> str:
    """The address's query with one filter taken out and the first page again."""
    kind, _sep, value = token.partition(":")
    changed = query.copy()
    changed.pop("page", None)
    kept = [v for v in changed.getlist(kind) if BY_NAME[kind].written(v) != value]
    changed.setlist(kind, kept)
    return changed.urlencode()
