"""When are two names, two user names, two PINs the same person's? The one place that says so, for sign-in, search,
imports, duplicates and sorting. Numbers are read in ``phones.py``, texts in general in ``lms/lib/comparison.py``.

``User`` keeps the keys beside what was typed, so that a database that knows no accents finds people too.
"""

import unicodedata
from functools import partial

from lms.lib.alphabet import sort_key
from lms.lib.comparison import comparable, western_digits, without_invisible

KEY_LENGTH = 200  # a key longer than this is cut: names are 120 characters at most
MOST_WORDS = 20  # of a search
_HOOKED = str.maketrans({"ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ŋ": "n", "ɲ": "n", "ɛ": "e", "ɔ": "o"})


def name_words(name: str) -> list[str]:
    """The words of a name as they are compared: "Jean-Pierre N’Diaye" gives jean, pierre, ndiaye.

    Letters that a phone keyboard lacks (Ɓ, Ŋ, Ɛ) are their plain neighbours.
    """
    plain = comparable(name).translate(_HOOKED).replace("'", "")
    return "".join(c if unicodedata.category(c)[0] in "LNM" or c in "\u200c\u200d" else " " for c in plain).split()


def name_key(name: str) -> str:
    """Equal for all spellings of one name, in whatever order first and family name stand; "" for none."""
    return " ".join(sorted(name_words(name)))[:KEY_LENGTH]


def name_sort_key(name: str) -> bytes:
    """Where a name stands in a list; see ``lms/lib/alphabet.py``."""
    return sort_key(name)


def username_key(username: str) -> str:
    """Equal for all ways to type a user name: in any case, with the space that a phone puts after a dot."""
    while (key := "".join(comparable(username).replace("'", "").split())) != username:
        username = key
    return key[:KEY_LENGTH]


def address_as_typed(address: str) -> str:
    """An e-mail address without the spaces and invisible signs that a phone puts into it."""
    return "".join(without_invisible(address).split())


def same_name(one: str, other: str) -> bool:
    return name_key(one) == name_key(other) != ""


def same_username(one: str, other: str) -> bool:
    return username_key(one) == username_key(other) != ""


def secret_key(secret: str) -> str:
    """A PIN or password without what a phone adds: spaces around it, invisible signs, digits of another script."""
    return unicodedata.normalize("NFC", western_digits(without_invisible(secret))).strip()


def search_words(text: str) -> list[str]:
    """The words of a search for a person; each must stand in her name or her user name."""
    return name_words(text)[:MOST_WORDS]


by_name = partial(sorted, key=lambda user: (sort_key(user.full_name), user.username))
"""People already read, in the order of ``order_by("sort_key", "username")``."""
