"""User names that a person can read from a card and type: ``awa.ndiaye``, ``awa.ndiaye2``."""

import re
from collections.abc import Iterable, Iterator

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
    taken = names_taken(sorted(set(bases)))
    chosen = []
    for base in bases:
        name, number = base, 2
        while name in taken:
            name, number = f"{base}{number}", number + 1
        taken.add(name)
        chosen.append(name)
    return chosen


def names_taken(bases: list[str]) -> set[str]:
    """User names in use that are one of ``bases``, with or without a number behind it, as keys."""
    keys = User.objects.values_list("username_key", flat=True)
    taken: set[str] = set()
    for part in chunks([identity.username_key(base) for base in bases], CHUNK):
        taken.update(keys.filter(username_key__in=part))
    for part in chunks(sorted(taken), CHUNK):
        pattern = "^(" + "|".join(re.escape(base) for base in part) + ")[0-9]+$"
        taken.update(keys.filter(username_key__regex=pattern))
    return taken


def chunks(items: list[str], size: int) -> Iterator[list[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))
