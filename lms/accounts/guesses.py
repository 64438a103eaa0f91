"""Counting guesses at a PIN or password, whatever page, command or library asks for the check.

They are counted in the authentication backend, so that no sign-in page can go without. Tries of an account count
together, under her number, user name and address alike.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from lms.accounts import identity, phones
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
    key = identity.username_key(login)
    named = User.objects.filter(username_key=key).first() if key else None
    if named is None and settings.EMAIL_SIGN_IN and "@" in login:
        named = User.objects.filter(email__iexact=identity.address_as_typed(login)).first()
    return named


def limits(name: str) -> list[Limit]:
    return [Limit(amount, seconds) for amount, seconds in settings.GUESS_LIMITS[name]]


def tries_at(user: User | None, login: str) -> Tries:
    """The guesses of everybody at an account. A new PIN begins a new count; a name that is no account has one too."""
    if user is None:
        return Tries(f"login:{identity.username_key(login)}", limits("account"))
    secret = salted_hmac("lms.accounts.guesses", user.password).hexdigest()[:16]
    return Tries(f"user:{user.pk}:{secret}", limits("account"))


@dataclass
class Attempt:
    """One guess, counted before it is looked at."""

    taken: list[tuple[Tries, float]]
    pause: int = 0  # seconds to wait; the guess must not be looked at when this is not 0

    def was_right(self) -> None:
        """Take it back: who knows the PIN spends no guesses."""
        for tries, moment in self.taken:
            tries.give_back(moment)


def begin(*, request: HttpRequest | None, user: User | None, login: str) -> Attempt:
    """Count a guess at ``login`` (the account ``user``, if it is one) from wherever ``request`` comes."""
    counts = [tries_at(user, login)]
    if request is not None:
        counts.insert(0, Tries(f"address:{client_network(request)}", limits("address")))
    attempt = Attempt([])
    for tries in counts:
        moment = tries.take()
        if moment is None:
            attempt.pause = max(1, tries.seconds_left())
            break
        attempt.taken.append((tries, moment))
    return attempt
