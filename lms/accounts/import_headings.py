"""Which column of a list of people holds what, told from the titles that people give them. Pure: no database."""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from lms.lib.comparison import heading_key

SMALL_WORDS = frozenset(
    {"a", "and", "au", "complet", "complete", "d", "de", "des", "du", "et", "la", "le", "les", "l", "n", "no", "num",
     "numero", "number", "of", "or", "ou", "s", "sa", "son", "the", "votre", "your", "1", "personnel", "personal",
     "principal"}
)  # fmt: skip
"""They stand in titles and say nothing: "N° de téléphone", "Nom & prénom(s)", "Your phone number"."""
OWNERS = frozenset(
    {"apprenant", "apprenante", "eleve", "etudiant", "candidat", "participant", "beneficiaire", "learner", "student",
     "trainee"}
)  # fmt: skip
WHOLE = frozenset({"complet", "complete", "full", "entier", "et", "and"})
"""A title with one of these is of the whole name, and not of a half."""
CLOSE = 0.8  # of difflib: one wrong letter in five


@dataclass(frozen=True)
class Unknown:
    """A column that nobody reads, and what it looks like: a column's key, "first", "family" or ""."""

    place: int
    title: str
    guess: str


@dataclass(frozen=True)
class Layout:
    """Where each column stands. ``first`` and ``family`` are set where the name is in two columns."""

    places: Mapping[str, int] = field(default_factory=dict)
    first: int | None = None
    family: int | None = None
    has_header: bool = True
    unknown: tuple[Unknown, ...] = ()

    @property
    def columns(self) -> int:
        """How many columns are read."""
        return len(self.places) + (self.first is not None) + (self.family is not None)

    @property
    def has_name(self) -> bool:
        return "full_name" in self.places or (self.first is not None and self.family is not None)


class NoNameError(ValueError):
    """No column holds the names."""


def meaning(title: str) -> frozenset[str]:
    """The words of a title that count, in the singular."""
    words = [singular(word) for word in heading_key(title).split()]
    kept = [word for word in words if word not in SMALL_WORDS] or words
    return frozenset([word for word in kept if word not in OWNERS] or kept)


def singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def find_layout(
    header: Sequence[str],
    titles: Mapping[str, Iterable[str]],
    first: Iterable[str],
    family: Iterable[str],
    chosen: Mapping[int, str],
) -> Layout:
    """``titles`` by key of the columns. What was ``chosen`` for a place comes first. Raises NoNameError."""
    found = {place: meaning(title) for place, title in enumerate(header) if title.strip() and place not in chosen}
    known = {key: [meaning(title) for title in names] for key, names in titles.items()}
    halves = {"first": [meaning(title) for title in first], "family": [meaning(title) for title in family]}
    both = [one | other for one in halves["first"] for other in [*halves["family"], *known["full_name"]]]
    places = {key: place for place, key in chosen.items() if key}
    parts = {place: words for place, words in found.items() if not WHOLE & set(heading_key(header[place]).split())}
    for half in ("first", "family"):
        if half == "first" or "first" in places:
            give_column(places, half, halves[half], parts)
    for place in places.values():
        found.pop(place, None)
    for key in known:
        give_column(places, key, [*known[key], *(both if key == "full_name" else [])], found)
    leave_one_name(places, header, found, chosen)
    rest = {key: place for key, place in places.items() if key not in halves}
    unknown = tuple(
        Unknown(place, header[place], guess(words, places, known | halves)) for place, words in sorted(found.items())
    )
    if not any(place not in chosen for place in places.values()) and looks_like_a_row(header):
        free = {key: place for key, place in {"full_name": 0, "phone": 1}.items() if place not in chosen}
        return Layout(free | rest, places.get("first"), places.get("family"), has_header=False)
    layout = Layout(rest, places.get("first"), places.get("family"), True, unknown)
    if not layout.has_name:
        raise NoNameError
    return layout


def leave_one_name(
    places: dict[str, int], header: Sequence[str], found: dict[int, frozenset[str]], chosen: Mapping[int, str]
) -> None:
    """A name is read from one column or from two: what is not read goes back to ``found``, and is told.

    Two halves come before a whole, "Nom; Prénom; Bénéficiaire" before the last of them, unless the whole was chosen.
    """
    is_whole = "full_name" in chosen.values() or not {"first", "family"} <= set(places)
    if "full_name" in places:
        for key in ("first", "family") if is_whole else ("full_name",):
            if key in places:
                place = places.pop(key)
                found[place] = meaning(header[place])


def looks_like_a_row(cells: Sequence[str]) -> bool:
    """Without titles the second column holds numbers, or nothing: words there are titles that nobody knows."""
    second = cells[1] if len(cells) > 1 else ""
    return not second or any(sign.isdecimal() for sign in second)


def find_header(
    rows: Sequence[Sequence[str]], read: Callable[[Sequence[str]], Layout], most: int = 10
) -> tuple[int, Layout]:
    """The place of the row that holds the titles, and its layout: above it may stand the name of the list, or nothing.

    Among the first ``most`` rows that hold something, the first with a name and another column that ``read`` knows;
    else the first row of all, as ``read`` takes it. Raises NoNameError.
    """
    full = [place for place, row in enumerate(rows) if any(row)][:most]
    for place in full:
        with suppress(NoNameError):
            layout = read(rows[place])
            if layout.has_header and (place == full[0] or layout.columns > 1):
                return place, layout
    return full[0], read(rows[full[0]])


def give_column(
    places: dict[str, int], key: str, meanings: Sequence[frozenset[str]], found: dict[int, frozenset[str]]
) -> None:
    """Give the first column of such a title to ``key``, in the order of its titles."""
    if key in places:
        return
    place = next((place for each in meanings for place, words in found.items() if words == each), None)
    if place is not None:
        places[key] = place
        del found[place]


def guess(words: frozenset[str], places: Mapping[str, int], known: Mapping[str, Sequence[frozenset[str]]]) -> str:
    """The column that a title looks like, among those that were not found."""
    spelled = {" ".join(sorted(each)): key for key, meanings in known.items() if key not in places for each in meanings}
    close = difflib.get_close_matches(" ".join(sorted(words)), spelled, n=1, cutoff=CLOSE)
    if close:
        return spelled[close[0]]
    return next((key for text, key in spelled.items() if len(text) > 3 and text in words), "")
