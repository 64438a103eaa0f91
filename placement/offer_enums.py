from django.db import models
from django.utils.translation import gettext_lazy as _


class PayUnit(models.TextChoices):
    """What an amount is paid for. The values are those of ``Opportunity.pay_period``, and a day."""

    HOUR = "hour", _("an hour")
    DAY = "day", _("a day")
    MONTH = "month", _("a month")
    TASK = "task", _("a task")


class Contract(models.TextChoices):
    PERMANENT = "permanent", _("permanent contract")
    FIXED = "fixed", _("fixed-term contract")
    INTERNSHIP = "internship", _("internship agreement")
    APPRENTICESHIP = "apprentice", _("apprenticeship contract")
    SERVICE = "service", _("service contract, as self-employed")


ENDS = frozenset({Contract.FIXED, Contract.INTERNSHIP, Contract.APPRENTICESHIP})
"""Contracts that have a last day."""


class OfferAnswer(models.TextChoices):
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")


class DeclineReason(models.TextChoices):
    """Why an offer of work is declined, in the learner's words; the employer reads it."""

    PAY = "pay", _("the pay is too low")
    HOURS = "hours", _("the hours do not suit me")
    START = "start", _("the first day does not suit me")
    PLACE = "place", _("the place does not suit me")
    CONTRACT = "contract", _("the contract does not suit me")
    OTHER_WORK = "other-work", _("I found other work")
    OTHER = "other", _("another reason")
