"""Counting guesses at a PIN: by account, whatever she types to name it, and how long the pause still lasts."""

import math
import time

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from lms.accounts import phones
from lms.accounts.models import User

APP, ACTION = "allauth.account", "login_failed"


def find_account(login: str) -> User | None:
    """The account that a phone number, a user name or, where one signs in by it, an e-mail address names."""
    if phones.looks_like_number(login) or login.startswith("+"):
        numbers = phones.candidates(login)
        found = {user.phone: user for user in User.objects.filter(phone__in=numbers)}
        user = next((found[number] for number in numbers if number in found), None)
        if user is not None:
            return user
    named = User.objects.filter(username__iexact=login).first()
    if named is None and settings.EMAIL_SIGN_IN and "@" in login:
        named = User.objects.filter(email__iexact=login).first()
    return named


def account_key(login: str) -> str:
    """One key for an account, under her number, user name and address alike; unknown ones are counted the same way."""
    user = find_account(login)
    return f"user:{user.pk}" if user else f"login:{login.casefold()}"


def seconds_left(request: HttpRequest, key: str) -> int:
    """Until the next guess is allowed; 0 when it is now. The longest of the limits counts."""
    left = 0.0
    for rate in ratelimit.get_rates(app=APP, action=ACTION):
        store = ratelimit.get_cache_key(request, app=APP, action=ACTION, rate=rate, key=key)
        allowed, history = ratelimit.apply_rate(cache.get(store, []), time.time(), rate, dry_run=True)
        if not allowed:
            left = max(left, history[-1] + rate.duration - time.time())
    return math.ceil(left)
