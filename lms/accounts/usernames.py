"""User names that a person can read from a card and type: ``awa.ndiaye``, ``awa.ndiaye2``."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from lms.accounts import identity
from lms.accounts.models import User

LONGEST = 30
CHUNK = 500  # values in one query
FALLBACK = "apprenant"  # for names with no letter of the Latin alphabet


def base_name(full_name: str) -> str:
    """First and last word of a name in plain lower-case letters: "Awa Marie N’Diaye" -> "awa.ndiaye"."""
    plain = [re.sub(r"[^a-z]", "", word) for part in full_name.split() for word in identity.name_words(part)]
    words = [word for word in plain if word]
    if not words:
        return FALLBACK
    chosen = words if len(words) == 1 else [words[0], words[-1]]
    return ".".join(chosen)[:LONGEST].rstrip(".")


def free_names(full_names: Iterable[str]) -> list[str]:
    """One unused user name for each name, all different."""
    return numbered([base_name(name) for name in full_names])


def numbered(bases: list[str]) -> list[str]:
    """Each base in lower case, with a number behind it when somebody has it, in whatever case."""
    taken = names_taken(Counter(bases))
    chosen = []
    for base in bases:
        name, number = base, 2
        while name in taken:
            name, number = f"{base}{number}", number + 1
        taken.add(name)
        chosen.append(name)
    return chosen


def names_taken(wanted: Mapping[str, int]) -> set[str]:
    """User names in use among those that may be given, as keys: each base and the numbers behind it, up to as many
    free ones as are ``wanted``.

    They are asked for by name, in blocks that grow fourfold: an index answers, and a name that thousands have costs a
    few queries. A pattern would read everybody's name, within the transaction of an import.
    """
    taken: set[str] = set()
    left = {base: [base] for base in wanted}
    numbers = dict.fromkeys(wanted, 2)
    while left:
        asked = [identity.username_key(name) for names in left.values() for name in names]
        for part in chunks(asked, CHUNK):
            taken.update(User.objects.filter(username_key__in=part).values_list("username_key", flat=True))
        crowded = [base for base, names in left.items() if len(set(names) - taken) < wanted[base]]
        left = {}
        for base in crowded:
            first = numbers[base]
            numbers[base] = 2 + 4 * (first + wanted[base])
            left[base] = [f"{base}{number}" for number in range(first, numbers[base])]
    return taken


def chunks(items: list[str], size: int) -> Iterator[list[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))
