"""What an offer of work may hold. Each raises ValidationError that names the field."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lms.lib.moments import site_day
from placement import pay_floors
from placement.enums import WorkPlace
from placement.models import Opportunity
from placement.offer_enums import ENDS, PayUnit
from placement.offer_terms import Line, Verdict
from placement.text_checks.hours import MOST_HOURS_A_WEEK

LONGEST_DAY = 12  # hours
FURTHEST = timedelta(days=365)
MOST_OFFERS = 10  # versions of one referral


def check_terms(terms: dict[str, Any]) -> None:
    """``terms``: ``offer_terms.FIELDS``, with dates as dates."""
    problems = {}
    hours, starts_on, ends_on = terms["hours_per_week"], terms["starts_on"], terms["ends_on"]
    if terms["amount"] < 1:
        problems["amount"] = _("Write what you pay: all work is paid.")
    if not 1 <= hours <= MOST_HOURS_A_WEEK:
        problems["hours_per_week"] = _("At most %(count)d hours a week: the law does not normally allow more.") % {
            "count": MOST_HOURS_A_WEEK
        }
    if terms["unit"] == PayUnit.DAY and not terms["day_hours"]:
        problems["day_hours"] = _("Say how many hours a paid day has.")
    if terms["day_hours"] and not 1 <= terms["day_hours"] <= LONGEST_DAY:
        problems["day_hours"] = _("A paid day has %(count)d h at most.") % {"count": LONGEST_DAY}
    problems |= problems_of_days(starts_on, ends_on, needs_end=terms["contract"] in ENDS)
    if terms["place"] != WorkPlace.REMOTE and not terms["where"]:
        problems["where"] = _("Write the address: the person must know where to go.")
    if problems:
        raise ValidationError(problems)


def problems_of_days(starts_on: date, ends_on: date | None, *, needs_end: bool) -> dict[str, str]:
    today = site_day()
    problems = {}
    if starts_on < today:
        problems["starts_on"] = _("This day has passed: choose a later one.")
    elif starts_on > today + FURTHEST:
        problems["starts_on"] = _("This is more than a year away.")
    if ends_on and ends_on < starts_on:
        problems["ends_on"] = _("The last day is before the first.")
    if needs_end and not ends_on:
        problems["ends_on"] = _("This contract has a last day: write it.")
    return problems


def check_floor(opportunity: Opportunity, terms: dict[str, Any]) -> None:
    """Not below the lowest pay of the country, with the sum. The announced kind decides: a job is not made an
    internship to pay less.
    """
    try:
        pay_floors.check_pay(
            country=opportunity.country or opportunity.employer.country, kind=opportunity.kind,
            pay_min=terms["amount"], pay_max=None, currency=terms["currency"], period=terms["unit"],
            hours_per_week=terms["hours_per_week"], day_hours=terms["day_hours"],
        )  # fmt: skip
    except ValidationError as problems:
        raise ValidationError({"amount": problems.message_dict["pay_min"]}) from problems


def check_announced(lines: Sequence[Line], *, is_confirmed: bool) -> None:
    """What is below the announcement is never sent by mistake: whoever offers has read old beside new."""
    worse = [line for line in lines if line.verdict == Verdict.WORSE]
    if worse and not is_confirmed:
        words = [
            _("%(name)s: %(announced)s was announced, here it is %(offered)s.")
            % {"name": line.name, "announced": line.announced, "offered": line.offered}
            for line in worse
        ]
        raise ValidationError({"confirm": [*words, _("Change it, or tick that you know: the person sees both.")]})
