"""System checks of people, sign-in and messages: a wrong setting is a sentence before the first request."""

import re
from collections.abc import Sequence
from typing import Any

import phonenumbers
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import DatabaseError
from django.db.models import Q

from lms.accounts import quiet
from lms.accounts.demo_accounts import DEMO_NAMES, DEMO_PASSWORD

NOT_SENDING = "lms.accounts.channels.FileSmsChannel"
NEEDS = {
    "lms.accounts.sms.OrangeSms": ("ORANGE_CLIENT_ID", "ORANGE_CLIENT_SECRET", "ORANGE_SENDER"),
    "lms.accounts.sms.AfricasTalkingSms": ("AFRICASTALKING_USERNAME", "AFRICASTALKING_API_KEY"),
}


@register()
def check_sms(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    backend = settings.MESSAGE_BACKENDS["sms"]
    found: list[CheckMessage] = []
    if settings.SMS_SIGN_IN and backend == NOT_SENDING:
        kind = Error if settings.IS_PRODUCTION else CheckWarning
        hint = "Set SMS_MESSAGE_BACKEND to lms.accounts.sms.OrangeSms or .AfricasTalkingSms, or SMS_SIGN_IN=0."
        found.append(kind("Sign-in codes are on, but SMS are only written to a file.", hint=hint, id="accounts.E001"))
    missing = [name for name in NEEDS.get(backend, ()) if not getattr(settings, name)]
    if missing:
        hint = "Your provider's account page shows them. A secret may stand in a file: NAME_FILE=/path."
        found.append(Error(f"SMS need {', '.join(missing)}.", hint=hint, id="accounts.E002"))
    return found


@register()
def check_sms_budgets(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    shape = r"(\+\d{1,3}|\*)=\d+"
    wrong = [entry for entry in settings.SMS_PER_COUNTRY if not re.fullmatch(shape, entry.replace(" ", ""))]
    if wrong:
        hint = "Write dialling codes, and * for all others: SMS_PER_COUNTRY=+225=400,*=50"
        found.append(Error(f"SMS_PER_COUNTRY cannot be read: {', '.join(wrong)}", hint=hint, id="accounts.E007"))
    names = ["SMS_PER_DAY", "SMS_CODES_PER_NUMBER", "SMS_NEWS_PER_NUMBER", "SMS_NEWS_PERCENT", "SMS_SIGN_UP_PERCENT"]
    negative = [name for name in names if getattr(settings, name) < 0]
    if negative:
        hint = "A budget is a number of SMS, 0 for none."
        found.append(Error(f"Below 0: {', '.join(negative)}", hint=hint, id="accounts.E008"))
    if settings.SMS_NEWS_PERCENT + settings.SMS_SIGN_UP_PERCENT > 90:
        hint = "Let SMS_NEWS_PERCENT and SMS_SIGN_UP_PERCENT together be 90 at most."
        text = "News and new accounts may use up the SMS that codes to sign in need."
        found.append(Error(text, hint=hint, id="accounts.E009"))
    return found


@register()
def check_quiet_hours(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.QUIET_HOURS and not quiet.SHAPE.fullmatch(settings.QUIET_HOURS.replace(" ", "")):
        hint = "Two hours from 0 to 23: QUIET_HOURS=21-7. Empty for none."
        found.append(Error(f"QUIET_HOURS cannot be read: {settings.QUIET_HOURS}", hint=hint, id="accounts.E019"))
    if not 0 <= settings.DIGEST_HOUR <= 23 or quiet.is_quiet(settings.DIGEST_HOUR):
        hint = "Choose an hour from 0 to 23 outside QUIET_HOURS: DIGEST_HOUR=8"
        found.append(Error("The news of the day would be sent in the quiet hours.", hint=hint, id="accounts.E020"))
    return found


@register()
def check_mail(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    shape = r"([\w-]+(\.[\w-]+)+|\*)=\d+"
    wrong = [entry for entry in settings.EMAIL_PER_DOMAIN if not re.fullmatch(shape, entry.replace(" ", ""))]
    if wrong:
        hint = "Write domains, and * for all others, with e-mails a minute: EMAIL_PER_DOMAIN=gmail.com=20,*=60"
        found.append(Error(f"EMAIL_PER_DOMAIN cannot be read: {', '.join(wrong)}", hint=hint, id="accounts.E010"))
    if settings.EMAIL_PER_MINUTE < 0 or settings.EMAIL_RETRY_DAYS < 1:
        hint = "EMAIL_PER_MINUTE is 0 for any number; EMAIL_RETRY_DAYS is 1 or more (mail servers expect 5)."
        found.append(Error("EMAIL_PER_MINUTE or EMAIL_RETRY_DAYS is too small.", hint=hint, id="accounts.E011"))
    return found


@register()
def check_countries(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    codes = [settings.DEFAULT_COUNTRY, *settings.PHONE_COUNTRIES]
    wrong = sorted({code for code in codes if code not in phonenumbers.SUPPORTED_REGIONS})
    if not wrong:
        return []
    hint = "DEFAULT_COUNTRY and PHONE_COUNTRIES hold two capital letters each, as in SN or FR."
    return [Error(f"Unknown countries: {', '.join(wrong)}", hint=hint, id="accounts.E003")]


@register(Tags.security, deploy=True)
def check_guess_counting(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    cache = settings.CACHES["default"]
    backend = cache.get("OPTIONS", {}).get("MAIN", cache["BACKEND"])
    if str(backend).rpartition(".")[2] in {"LocMemCache", "DummyCache"}:
        hint = "Leave CACHE_URL empty for the shared file cache, or name a Redis: CACHE_URL=redis://..."
        text = "Guesses at PINs are counted in each process by itself."
        found.append(Error(text, hint=hint, id="accounts.E004"))
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT < 0:
        hint = "Set TRUSTED_PROXY_COUNT to the number of your own proxies before this server: 0, 1, 2."
        found.append(Error("TRUSTED_PROXY_COUNT is negative.", hint=hint, id="accounts.E005"))
    elif settings.IS_PRODUCTION and settings.ALLAUTH_TRUSTED_PROXY_COUNT == 0:
        hint = "Behind nginx or a load balancer set TRUSTED_PROXY_COUNT=1, else everybody shares one address."
        text = "TRUSTED_PROXY_COUNT is 0: right only when browsers reach this process directly."
        found.append(CheckWarning(text, hint=hint, id="accounts.W001"))
    return found


@register(Tags.database)
def check_demo_accounts(
    app_configs: Sequence[Any] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """In production nobody signs in with the password that the README prints."""
    if not settings.IS_PRODUCTION or not databases:
        return []
    names = demo_accounts_open()
    if not names:
        return []
    hint = "Take the demo content away with `manage.py demo --remove`, or give these accounts other passwords."
    text = f"Demo accounts with the known password: {', '.join(names)}."
    return [Error(text, hint=hint, id="accounts.E006")]


def demo_accounts_open() -> list[str]:
    """User names of open demo accounts, and of others with the demo password; none where there are no tables yet."""
    from lms.accounts.models import User

    try:
        people = list(User.objects.filter(Q(username__in=DEMO_NAMES) | Q(is_demo=True), is_active=True))
    except DatabaseError:
        return []
    usable = [user for user in people if user.has_usable_password()]
    return sorted(user.username for user in usable if user.is_demo or user.check_password(DEMO_PASSWORD))
