"""How many SMS may leave in a day: in all, to one country, to one number. Each costs money; strangers can ask for them.

A budget is a row of ``SmsCount`` for the day; an ``UPDATE`` with the limit in its condition counts, so any number of
processes together never pass it. What is counted are the parts that a provider bills (``sms_text.segments``).

There are three purposes. News and codes for new accounts, whose numbers anybody may type, have a share each; what they
cannot touch is left for the codes of people who are known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import phonenumbers
from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from phonenumbers import NumberParseException

from lms.accounts.models import SmsCount
from lms.lib import sweeps
from lms.lib.moments import site_day

NEWS, SIGN_UP, CODE = "news", "sign-up", "code"
KEPT_DAYS = 35


class ExhaustedError(Exception):
    """Nothing was counted: ``budget`` is used up for today."""

    def __init__(self, budget: "Budget") -> None:
        super().__init__(budget.scope)
        self.budget = budget


@dataclass(frozen=True)
class Budget:
    """``scope`` names the row of the day; ``kind`` is "number", "country" or "day"."""

    scope: str
    limit: int
    kind: str
    purpose: str = ""  # "" for what all purposes share


def today() -> date:
    """The day of the site, whatever zone the reader of a page is in."""
    return site_day()


def next_day() -> datetime:
    """When the budgets of tomorrow begin."""
    zone = timezone.get_default_timezone()
    return timezone.make_aware(datetime.combine(today() + timedelta(days=1), time.min), zone)


def dialling_code(number: str) -> str:
    """``+221``; "+" for what is no number."""
    try:
        return f"+{phonenumbers.parse(number).country_code}"
    except NumberParseException:
        return "+"


def country_limits() -> dict[str, int]:
    """``SMS_PER_COUNTRY`` by dialling code; what is not ``+225=400`` is left to the system check (``checks``)."""
    pairs = [entry.replace(" ", "").split("=") for entry in settings.SMS_PER_COUNTRY]
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdecimal()}


def country_limit(code: str) -> int:
    """Parts a day for the numbers of one dialling code: its own, else that of ``*``; the site's has the whole day."""
    own = f"+{phonenumbers.country_code_for_region(settings.DEFAULT_COUNTRY)}"
    limits = country_limits()
    at_most = limits.get(code, settings.SMS_PER_DAY if code == own else limits.get("*", settings.SMS_PER_DAY))
    return min(at_most, settings.SMS_PER_DAY)


def number_budget(number: str, purpose: str) -> Budget:
    """The number itself is not kept."""
    kind = NEWS if purpose == NEWS else CODE
    limit = settings.SMS_NEWS_PER_NUMBER if purpose == NEWS else settings.SMS_CODES_PER_NUMBER
    return Budget(f"number:{kind}:{salted_hmac('lms.accounts.sms_budget', number).hexdigest()[:20]}", limit, "number")


def shared_budgets(number: str, purpose: str) -> Iterator[Budget]:
    """In one order for everybody, the one that all share last: nobody waits for another in a ring."""
    code = dialling_code(number)
    of_country, of_day = country_limit(code), settings.SMS_PER_DAY
    percent = {NEWS: settings.SMS_NEWS_PERCENT, SIGN_UP: settings.SMS_SIGN_UP_PERCENT}.get(purpose)
    if percent is not None:
        yield Budget(f"{purpose}:{code}", of_country * percent // 100, "country", purpose)
    yield Budget(code, of_country, "country")
    if percent is not None:
        yield Budget(purpose, of_day * percent // 100, "day", purpose)
    yield Budget("day", of_day, "day")


def reserve(*, number: str, purpose: str, parts: int) -> None:
    """Count an SMS of so many parts in each of its budgets, or in none. Raises ExhaustedError."""
    with transaction.atomic():
        for budget in (number_budget(number, purpose), *shared_budgets(number, purpose)):
            if not add(budget, parts):
                raise ExhaustedError(budget)


def reserve_unsent(*, number: str, parts: int) -> None:
    """``reserve`` for a code that nobody gets, as the number has no account: the answer must be that of one that has.

    What people share is only looked at. Raises ExhaustedError.
    """
    with transaction.atomic():
        mine = number_budget(number, CODE)
        if not add(mine, parts):
            raise ExhaustedError(mine)
        for budget in shared_budgets(number, CODE):
            if used(budget) + parts > budget.limit:
                raise ExhaustedError(budget)


def give_back(*, number: str, purpose: str, parts: int) -> None:
    """It did not leave: the provider could not be reached."""
    for budget in (number_budget(number, purpose), *shared_budgets(number, purpose)):
        row(budget).filter(count__gte=parts).update(count=F("count") - parts)


def row(budget: Budget) -> models.QuerySet[SmsCount]:
    return SmsCount.objects.filter(day=today(), scope=budget.scope)


def used(budget: Budget) -> int:
    return row(budget).values_list("count", flat=True).first() or 0


def add(budget: Budget, parts: int) -> bool:
    """Whether there was room for so many parts; then they are counted."""
    if parts > budget.limit:
        return False
    fits = row(budget).filter(count__lte=budget.limit - parts)
    if fits.update(count=F("count") + parts):
        return True
    SmsCount.objects.bulk_create([SmsCount(day=today(), scope=budget.scope)], ignore_conflicts=True)
    return fits.update(count=F("count") + parts) == 1


def record_refused(budget: Budget) -> bool:
    """Count what was held back. True for the first one of the day, where managers should hear of it."""
    SmsCount.objects.bulk_create([SmsCount(day=today(), scope=budget.scope)], ignore_conflicts=True)
    row(budget).update(refused=F("refused") + 1)
    return budget.kind != "number" and row(budget).filter(told_at=None).update(told_at=timezone.now()) == 1


def old(now: datetime) -> models.QuerySet[SmsCount]:
    return SmsCount.objects.filter(day__lt=site_day(now) - timedelta(days=KEPT_DAYS))


def purge(now: datetime) -> bool:
    """Counts of days long past, in small transactions of their own."""
    return sweeps.delete_in_steps(old(now)) > 0
