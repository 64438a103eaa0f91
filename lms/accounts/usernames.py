"""User names that a person can read from a card and type: ``awa.ndiaye``, ``awa.ndiaye2``."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from django.db.models.functions import Upper

from lms.accounts.models import User

LONGEST = 30
CHUNK = 500  # values in one query
FALLBACK = "apprenant"  # for names with no letter of the Latin alphabet
LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ß": "ss", "ɓ": "b", "ɗ": "d", "ŋ": "n", "ɛ": "e", "ɔ": "o"})


def base_name(full_name: str) -> str:
    """First and last word of a name in plain lower-case letters: "Awa Marie N’Diaye" -> "awa.ndiaye"."""
    plain = unicodedata.normalize("NFKD", full_name.lower().translate(LETTERS))
    words = [re.sub(r"[^a-z]", "", word) for word in re.split(r"[\s.,_-]+", plain)]
    words = [word for word in words if word]
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
    """User names in use that are one of ``bases``, with or without a number behind it, in lower case."""
    raised = User.objects.annotate(big=Upper("username")).values_list("big", flat=True)  # as the unique index has them
    taken: set[str] = set()
    for part in chunks([base.upper() for base in bases], CHUNK):
        taken.update(raised.filter(big__in=part))
    for part in chunks(sorted(taken), CHUNK):
        pattern = "^(" + "|".join(re.escape(base) for base in part) + ")[0-9]+$"
        taken.update(raised.filter(big__regex=pattern))
    return {name.lower() for name in taken}


def chunks(items: list[str], size: int) -> Iterator[list[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))
