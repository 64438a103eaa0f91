"""The employers' search: who holds what ``filters`` ask, counts of every choice, and an order for an opportunity.

Asked of the index in memory (``placement.index``); who is shown is asked of the rows, at the last moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from pyroaring import BitMap

from lms.lib.moments import site_day
from placement.evidence import employers_match_of, wanted_by, with_evidence
from placement.filters import BY_NAME, FILTERS, ChoiceGroup, Filters, Part, tokens_of
from placement.index import ranking
from placement.index.memory import Index, current
from placement.matching import Wanted, best_first, tie_rank
from placement.models import CandidateProfile, Opportunity
from placement.objections import objectors

PAGE, CAP = 20, 1000  # cards on a page; a list ends after this many, then one narrows the search
NEAR = 5  # people whom one thing is missing, shown apart
SELECTS_IN_SIGHT = 3  # selects of skills, and of languages, in sight before one asks for more
ROUNDS = 5  # a page is put together again when somebody on it is not to be found any more


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
    near: list[CandidateProfile] = field(default_factory=list)  # whom one need of the opportunity is missing
    near_total: int = 0
    is_about: bool = False  # the index was behind the rows: counts may be, too

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


@dataclass(frozen=True)
class Places:
    """Who stands on one page: keys, and how many there are in all."""

    page: int
    pages: int
    keys: list[int]
    near: list[int]
    total: int
    near_total: int


class Search:
    """One question to the index, whose rows are as one moment saw them."""

    def __init__(self, index: Index, filters: Filters, wanted: Wanted | None, without: BitMap) -> None:
        self.index, self.filters, self.wanted, self.now = index, filters, wanted, timezone.now()
        self.without = without  # people who object to the reader
        self.needs = ranking.needs_of(index, wanted) if wanted else []
        self.fit = [need.people for need in self.needs]

    def holders(self, tokens: list[str]) -> BitMap:
        """Those who hold them all, and fit where one asks for an opportunity."""
        found = ranking.all_of(self.index, [*self.fit, *([self.index.having(tokens)] if tokens else [])])
        return found - self.without if self.without else found

    def places(self, page: int) -> Places:
        found = self.holders(self.filters.tokens())
        pages = max(1, -(-min(len(found), CAP) // PAGE))
        page = min(max(page, 1), pages)
        start, stop = (page - 1) * PAGE, min(page * PAGE, CAP)
        if self.wanted is None:
            return Places(page, pages, self.best(found, start, stop), [], len(found), 0)
        among = self.index.having(self.filters.tokens())
        almost = ranking.short_of_one(self.index, self.needs, among - self.without if self.without else among)
        near = self.best(almost, 0, NEAR) if page == pages else []
        return Places(page, pages, self.best(found, start, stop), near, len(found), len(almost))

    def best(self, people: BitMap, start: int, stop: int) -> list[int]:
        if self.wanted is None:
            return self.index.newest(people, start, stop)
        seed = site_day(self.now).toordinal()
        return ranking.best(self.index, people, self.wanted, seed=seed, now=self.now, start=start, stop=stop)

    def counts(self) -> dict[str, int]:
        """How many people each choice would keep. A filter that stays wide is counted as if none of it were chosen."""
        counts = self.index.counts(self.holders(self.filters.tokens()))
        for each in FILTERS:
            if each.stays_wide and self.filters.chosen.get(each.name):
                wide = self.holders(self.filters.tokens(but=each.name))
                elsewhere = self.index.counts(wide, prefix=f"{each.name}:")
                counts = {t: n for t, n in counts.items() if not t.startswith(f"{each.name}:")} | elsewhere
        return counts

    def looser(self) -> list[tuple[str, int]]:
        """For an empty result: each filter with how many people there would be without it, best first."""
        tokens = self.filters.tokens()
        without = [(token, len(self.holders([t for t in tokens if t != token]))) for token in tokens[:8]]
        return sorted(((token, count) for token, count in without if count), key=lambda pair: -pair[1])[:3]


def search(
    *, people: QuerySet[CandidateProfile], filters: Filters, opportunity: Opportunity | None = None, page: int = 1,
    employer_id: int | None = None, leave_out: BitMap | None = None,
) -> SearchResult:  # fmt: skip
    """One page of results with the counts of every choice. ``people``: whom every employer may see. Who objects to this
    one is left out before anything is counted, and stays in the index, which others ask too; so are those to
    ``leave_out``.

    For an opportunity: all who meet its every need, in the suggested order; those whom one is missing stand apart.
    """
    wanted = wanted_by(opportunity) if opportunity else None
    index = current()
    with index.lock:
        is_about = False
        for _round in range(ROUNDS):
            without = objectors(employer_id) | (leave_out or BitMap())
            asked = Search(index, filters, wanted, without)
            places = asked.places(page)
            rows = visible_profiles(people, [*places.keys, *places.near], wanted)
            is_old = outdated(index, filters, places, rows, wanted)
            if not is_old and not (objectors(employer_id) - without) & BitMap(rows):
                break
            is_about = is_about or is_old
        groups = filters.groups(asked.counts())
        loosen = [] if places.total else asked.looser()
    return SearchResult(
        in_order((rows[key] for key in places.keys if key in rows), wanted), places.total, groups, places.page,
        places.pages, loosen, [rows[key] for key in places.near if key in rows], places.near_total, is_about,
    )  # fmt: skip


def in_order(rows: Iterable[CandidateProfile], wanted: Wanted | None) -> list[CandidateProfile]:
    """A page as its rows say, which are younger than the index by the time it takes to read them."""
    if wanted is None:
        return list(rows)
    seed = site_day().toordinal()
    return [
        row for _match, row in best_first(((row.match, row) for row in rows), tie=lambda row: tie_rank(seed, row.pk))
    ]


def visible_profiles(
    people: QuerySet[CandidateProfile], keys: list[int], wanted: Wanted | None
) -> dict[int, CandidateProfile]:
    """The rows of those who may be shown now, read ``with_evidence``."""
    rows = with_evidence(people.filter(pk__in=keys)) if keys else []
    if wanted is not None:
        for row in rows:
            row.match = employers_match_of(wanted, row)
    return {row.pk: row for row in rows if row.held}


def outdated(
    index: Index, filters: Filters, places: Places, rows: dict[int, CandidateProfile], wanted: Wanted | None
) -> bool:
    """Is the index behind these rows? It learns of it; what a row says of one person holds for every later search."""
    gone = [key for key in (*places.keys, *places.near) if key not in rows]
    index.drop(BitMap(gone))
    asked, changed = set(filters.tokens()), False
    for key, row in rows.items():
        facts = tokens_of(row)
        is_wrong = not asked <= facts or (wanted is not None and row.match.fits != (key not in places.near))
        if is_wrong:
            index.correct(key, facts, hours=row.hours_per_week or 0, free_from=row.available_from)
            changed = True
    return bool(gone) or changed


def people_with(filters: Filters, employer_id: int | None = None) -> BitMap:
    """The profiles of everybody who holds what is asked, as the index has them, but for those who object."""
    index = current()
    with index.lock:
        return BitMap(index.having(filters.tokens())) - objectors(employer_id)


def latest_of(people: BitMap, most: int, *, start: int = 0) -> list[int]:
    """``most`` of these profiles from a place on, the most recently active first."""
    index = current()
    with index.lock:
        return index.newest(people, start, min(start + most, len(people)))


def fitting(opportunity: Opportunity, people: QuerySet[CandidateProfile], most: int) -> SearchResult:
    """Those who fit today, best first, and those whom one need is missing: what ``search`` shows of it, ``most``."""
    found = search(people=people, filters=Filters(), opportunity=opportunity, employer_id=opportunity.employer_id)
    found.profiles = found.profiles[:most]
    return found


def without(query: QueryDict, token: str) -> str:
    """The address's query with one filter taken out and the first page again."""
    kind, _sep, value = token.partition(":")
    changed = query.copy()
    changed.pop("page", None)
    kept = [v for v in changed.getlist(kind) if BY_NAME[kind].written(v) != value]
    changed.setlist(kind, kept)
    return changed.urlencode()
