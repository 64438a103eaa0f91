"""Counting guesses at a PIN or password, whatever page, command or library asks for the check.

They are counted in the authentication backend, so that no sign-in page can go without. Tries of an account count
together, under their number, user name and address alike.
"""

import math
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from lms.accounts import devices, identity, phones
from lms.accounts.models import User
from lms.lib.ratelimit import Limit, Tries, client_network

ATTRIBUTE = "guess_pause"  # of a request whose guess was not even looked at: seconds to wait


def find_account(login: str) -> User | None:
    """The account that a phone number, a user name or, where one signs in by it, an e-mail address names."""
    if phones.looks_like_number(login) or login.startswith("+"):
        numbers = phones.candidates(login)
        found = {user.phone: user for user in User.objects.filter(phone__in=numbers)}
        user = next((found[number] for number in numbers if number in found), None)
        if user is not None:
            return user
    named = User.objects.filter(identity.has_username(login)).first()
    if named is None and settings.EMAIL_SIGN_IN and "@" in login:
        named = User.objects.filter(identity.has_address(login)).first()
    return named


def limits(name: str) -> list[Limit]:
    return [Limit(amount, seconds) for amount, seconds in settings.GUESS_LIMITS[name]]


def login_key(login: str) -> str:
    """Of a login that is nobody's: equal for all ways to type it, as they are for an account. Else a number that has an
    account were told by waiting sooner when it is typed in two ways.
    """
    is_number = phones.looks_like_number(login) or login.startswith("+")
    number = next(iter(phones.candidates(login)), "") if is_number else ""
    return number or identity.username_key(login)


def tries_at(user: User | None, login: str, device: str = "") -> Tries:
    """The guesses at an account: of one known ``device``, or of everybody else together.

    A new PIN and ``lift`` begin a new count. A name that is no account is counted in the same way.
    """
    if user is None:
        return Tries(f"login:{login_key(login)}", limits("account"))
    secret = salted_hmac("lms.accounts.guesses", user.password).hexdigest()[:16]
    lifted = caches["shared"].get(lift_key(user), "")
    return Tries(f"user:{user.pk}:{secret}:{lifted}:{device}", limits("device" if device else "account"))


def code_tries(user: User) -> Tries:
    """The guesses at the codes of a person's second factor, from any address: who gets so far knows the password."""
    lifted = caches["shared"].get(lift_key(user), "")
    return Tries(f"code:{user.pk}:{user.session_epoch}:{lifted}", limits("code"))


def begin_code(user: User) -> "Guess":
    """Count a guess at a code of the second factor."""
    return begin_at(code_tries(user))


def begin_words(*, request: HttpRequest, user: User | None, login: str, secret: str) -> "Guess":
    """Count a guess at the recovery words of ``login``, which stand behind ``secret``: beside the PIN, so that who
    forgot it and tried too often still gets in by their words.
    """
    lifted = caches["shared"].get(lift_key(user), "") if user is not None else ""
    mark = salted_hmac("lms.accounts.guesses", secret).hexdigest()[:16]
    whose = f"{user.pk}:{mark}:{lifted}" if user is not None else login_key(login)
    return count([Tries(f"address:{client_network(request)}", limits("address")),
                  Tries(f"words:{whose}", limits("account"))])  # fmt: skip


def begin_sent_code(code: str) -> "Guess":
    """Count a guess at a ``code`` that was sent by SMS. Where none was sent, no guess is right: none is counted."""
    if not code:
        return Guess([])
    secret = salted_hmac("lms.accounts.guesses", code).hexdigest()
    return begin_at(Tries(f"sent:{secret}", limits("sent")))


def begin_at(tries: Tries) -> "Guess":
    guess = Guess([])
    moment = tries.take()
    if moment is None:
        guess.pause = max(1, tries.seconds_left())
    else:
        guess.taken.append((tries, moment))
    return guess


def lift_key(user: User) -> str:
    return f"guesses-lifted:{user.pk}"


def lift(user: User) -> None:
    """Forget every guess at this account, on their devices and elsewhere."""
    longest = max(limit.seconds for name in settings.GUESS_LIMITS for limit in limits(name))
    caches["shared"].set(lift_key(user), secrets.token_hex(8), longest * 2)  # the old counts end before this does


def unknown_devices_wait(user: User) -> int:
    """Seconds until a device that does not know this person may try again; 0 when it may now."""
    return tries_at(user, user.username).seconds_left()


@dataclass
class Guess:
    """One guess, counted before it is looked at."""

    taken: list[tuple[Tries, float]]
    pause: int = 0  # seconds to wait; the guess must not be looked at when this is not 0

    def was_right(self) -> None:
        """Take it back: who knows the PIN spends no guesses."""
        for tries, moment in self.taken:
            tries.give_back(moment)


def begin(*, request: HttpRequest | None, user: User | None, login: str) -> Guess:
    """Count a guess at ``login`` (the account ``user``, if it is one) from wherever ``request`` comes."""
    device = devices.known_device(request, user)
    counts = [tries_at(user, login, device)]
    if request is not None and not device:  # a neighbour's guesses at one mobile operator's address are not theirs
        counts.insert(0, Tries(f"address:{client_network(request)}", limits("address")))
    return count(counts)


def count(counts: Iterable[Tries]) -> Guess:
    """Count a guess everywhere at once, or find that it must wait."""
    guess = Guess([])
    for tries in counts:
        moment = tries.take()
        if moment is None:
            guess.pause = max(1, tries.seconds_left())
            break
        guess.taken.append((tries, moment))
    return guess


def duration_text(seconds: int) -> str:
    """“12 minutes”, “3 hours”: rounded up."""
    minutes = max(1, math.ceil(seconds / 60))
    if minutes < 120:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = math.ceil(minutes / 60)
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
