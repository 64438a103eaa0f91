"""Who makes an account of their own gets in, whoever has the number that they typed: nothing says whether it is taken.

A number is one person's way in: the first who typed it, until its owner proves it. Others sign in by user name.
"""

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from lms.accounts import devices, guesses, services
from lms.accounts.models import User


def enter(*, request: HttpRequest, full_name: str, phone: str, pin: str, language: str, phone_typed: str = "") -> User:
    """A new account, with the number where it is free; or the one that this person has already, as the PIN shows.

    The same work and the same answer whether the number is free or not: a PIN is worked out twice.
    """
    known = holder(phone) if phone else None
    if known is not None:
        own = recognised(request=request, user=known, phone=phone, pin=pin)
        return own or services.sign_up(full_name=full_name, phone=phone, pin=pin, language=language, is_free=False)
    make_password(pin)
    try:
        with transaction.atomic():
            return services.sign_up(
                full_name=full_name, phone=phone, pin=pin, language=language, phone_typed=phone_typed
            )
    except IntegrityError:  # somebody took the number meanwhile: perhaps this same form, sent twice
        return enter(request=request, full_name=full_name, phone=phone, pin=pin, language=language)


def holder(phone: str) -> User | None:
    return User.objects.filter(phone=phone).first()


def recognised(*, request: HttpRequest, user: User, phone: str, pin: str) -> User | None:
    """The learner who has this number, when this is their PIN. A guess counts at their account as one at sign-in."""
    tries = guesses.tries_at(user, phone, devices.known_device(request, user))
    guess = guesses.begin_at(tries)
    if guess.pause:
        make_password(pin)  # the same work
        return None
    if not user.check_password(pin) or not may_enter(user):
        return None
    guess.was_right()
    return user


def may_enter(user: User) -> bool:
    """Accounts of the team and of employers open on the sign-in page only."""
    return user.is_learner and not user.is_superuser and user.is_active
