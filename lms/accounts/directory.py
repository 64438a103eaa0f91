"""Finding people as they are written: the lists of people, the choosers and the fields where somebody is named."""

import re

from django.db.models import Q, QuerySet

from lms.accounts import identity, phones
from lms.accounts.models import User
from lms.lib.comparison import western_digits, without_invisible

FEWEST_DIGITS = 4  # of a number that is looked for by a part of it


def people_matching(text: str, path: str = "") -> Q:
    """Whose name holds each word, in any order and spelling, or whose user name, address or number holds the text; who
    was called so in an account that was merged into theirs, too.

    ``path`` leads to the person from the rows that are searched: ``"user__"``.
    """
    old = User.objects.exclude(merged_into=None).filter(matching(text)).values("merged_into")
    return matching(text, path) | Q(**{f"{path}pk__in": old})


def matching(text: str, path: str = "") -> Q:
    """``people_matching`` for the accounts themselves."""
    found = identity.has_words(text, path)
    plain = western_digits(without_invisible(text))
    digits = re.sub(r"\D", "", plain)
    if len(digits) >= FEWEST_DIGITS and not any(c.isalpha() for c in plain):
        found |= Q(**{f"{path}phone__in": phones.candidates(text)})
        for part in {digits, digits.lstrip("0")} - {""}:
            found |= Q(**{f"{path}phone__contains": part}) | Q(**{f"{path}phone_typed__contains": part})
    return found


def find_person(people: "QuerySet[User]", text: str) -> User | None:
    """The one person whom a number, a user name or a full name means; None when nobody or several are meant.

    A number or a name that somebody typed for their own account means nobody until it is proved; their user name does.
    What an account was called that was merged away means the account that stays.
    """
    user = find_person_exactly(people, text)
    if user is None:
        old = find_person_exactly(User.objects.exclude(merged_into=None), text)
        user = people.filter(pk=old.in_use.pk).first() if old is not None else None
    return user


def find_person_exactly(people: "QuerySet[User]", text: str) -> User | None:
    """``named`` for the accounts themselves."""
    if phones.looks_like_number(text):
        numbers = phones.candidates(text)
        found = {user.phone: user for user in people.filter(phone__in=numbers) if not user.is_self_made}
        return next((found[number] for number in numbers if number in found), None)
    user = people.filter(identity.has_username(text)).first()
    if user is None:
        several = list(namesakes(people, text).exclude(pk__in=User.objects.self_made().values("pk"))[:2])
        user = several[0] if len(several) == 1 else None
    return user


def namesakes(people: "QuerySet[User]", full_name: str) -> "QuerySet[User]":
    """Who has this name, in whatever spelling and order."""
    return people.filter(identity.has_name(full_name))
