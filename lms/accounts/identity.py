"""When are two names, two user names, two PINs the same person's? The one place that says so, for sign-in, search,
imports, duplicates and sorting. Numbers are read in ``phones.py``, texts in general in ``lms/lib/comparison.py``.

``User`` keeps the keys beside what was typed, so that a database that knows no accents finds people too.
"""

import unicodedata
from functools import partial

from django.db.models import Q

from lms.lib.comparison import comparable, western_digits, without_invisible
from lms.lib.sort_order import sort_key

KEY_LENGTH = 200  # a key longer than this is cut: names are 120 characters at most
MOST_WORDS = 20  # of a search
NOBODY = Q(pk__in=[])
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
    """Where a name stands in a list; see ``lms/lib/sort_order.py``."""
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
    """Whether two texts are one name; two empty ones are not."""
    return name_key(one) == name_key(other) != ""


def secret_key(secret: str) -> str:
    """A PIN or password without what a phone adds: spaces around it, invisible signs, digits of another script."""
    return unicodedata.normalize("NFC", western_digits(without_invisible(secret))).strip()


def letters_and_digits(secret: str) -> str:
    """Letters and digits alone of a PIN, a password or a name: no accents, case or marks, digits as 0-9."""
    return "".join(c for c in comparable(secret_key(secret)).translate(_HOOKED) if c.isalnum())


def search_words(text: str) -> list[str]:
    """The words of a search for a person; each must stand in their name or their user name."""
    return name_words(text)[:MOST_WORDS]


# --- rows; ``path`` leads to the person from the rows that are asked for: ``"user__"``


def has_username(typed: str, path: str = "") -> Q:
    """Who has this user name, however it is typed; nobody for ""."""
    key = username_key(typed)
    return Q(**{f"{path}username_key": key}) if key else NOBODY


def has_name(typed: str, path: str = "") -> Q:
    """Who has this name, in whatever spelling and order; nobody for ""."""
    key = name_key(typed)
    return Q(**{f"{path}name_key": key}) if key else NOBODY


def has_address(typed: str, path: str = "") -> Q:
    """Who has this e-mail address, in whatever case; nobody for ""."""
    address = address_as_typed(typed)
    return Q(**{f"{path}email__iexact": address}) if address else NOBODY


def has_words(typed: str, path: str = "") -> Q:
    """Whose name holds each word, in any order and spelling, or whose user name or e-mail address holds the text."""
    words, key, found = search_words(typed), username_key(typed), NOBODY
    if words:
        each = Q()
        for word in words:
            each &= Q(**{f"{path}name_key__contains": word}) | Q(**{f"{path}username_key__contains": word})
        found |= each
    if key:
        found |= Q(**{f"{path}username_key__contains": key}) | Q(**{f"{path}email__icontains": key})
    return found


by_name = partial(sorted, key=lambda user: (sort_key(user.full_name), user.username))
"""People already read, in the order of ``order_by("sort_key", "username")``."""
