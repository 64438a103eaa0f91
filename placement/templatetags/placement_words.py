"""Codes as words: countries, languages, equipment, pay, and the evidence of a profile."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from placement import choices
from placement.enums import Cefr, Equipment, Place
from placement.enums import ReferralState as S
from placement.evidence import Evidence, certificates_of, evidence_of
from placement.models import CandidateProfile, Opportunity, Referral

register = template.Library()
register.filter("country", choices.country_name)
register.filter("language_name", choices.language_name)


@register.filter
def cefr(level: int) -> str:
    return Cefr(level).label


@register.filter
def equipment(things: Iterable[str]) -> str:
    known = dict(Equipment.choices)
    return ", ".join(str(known[thing]) for thing in things if thing in known)


@register.filter
def pay(opportunity: Opportunity) -> str:
    """``75 000 to 90 000 FCFA a month``; empty when no pay is given."""
    sums = [number_format(n, force_grouping=True) for n in (opportunity.pay_min, opportunity.pay_max) if n]
    if not sums:
        return ""
    words = {
        "sums": _(" to ").join(dict.fromkeys(sums)),
        "currency": choices.CURRENCY_SIGNS.get(opportunity.pay_currency, opportunity.pay_currency),
        "period": opportunity.get_pay_period_display(),
    }
    return _("%(sums)s %(currency)s %(period)s") % words


@register.filter
def where(opportunity: Opportunity) -> str:
    if opportunity.place == Place.REMOTE:
        return capfirst(str(Place.REMOTE.label))
    town = ", ".join(p for p in (opportunity.region, choices.country_name(opportunity.country)) if p)
    return f"{town} ({opportunity.get_place_display()})"


@register.filter
def home_of(profile: CandidateProfile) -> str:
    """Region and country, never nearer."""
    return ", ".join(part for part in (profile.region, choices.country_name(profile.country)) if part)


@register.filter
def evidence(profile: CandidateProfile) -> list[Evidence]:
    return evidence_of(profile)


@register.filter
def certificates(profile: CandidateProfile) -> list[Any]:
    return certificates_of(profile)


@register.filter
def tone(referral: Referral) -> str:
    """The class of the little light before a state."""
    if referral.state in {"accepted", "started", "interested", "interview", "offer"}:
        return "state-leaf"
    if referral.state in {"refused", "auto-closed", "obsolete", "expired", "withdrawn", "declined", "offer-declined"}:
        return "state-brick"
    return ""


EMPLOYER_WORDS = {
    S.SUGGESTED: gettext_lazy("asked, waiting for the candidate’s yes"),
    S.CONSENTED: gettext_lazy("the candidate said yes, sending"),
    S.FORWARDED: gettext_lazy("new"),
    S.SEEN: gettext_lazy("opened"),
    S.QUESTION: gettext_lazy("you asked a question"),
    S.INTERESTED: gettext_lazy("you are interested"),
    S.INTERVIEW: gettext_lazy("you proposed an interview"),
    S.OFFER: gettext_lazy("you made an offer"),
    S.OFFER_DECLINED: gettext_lazy("offer declined by the candidate"),
    S.ACCEPTED: gettext_lazy("offer accepted by the candidate"),
    S.REFUSED: gettext_lazy("you said no"),
    S.WITHDRAWN: gettext_lazy("withdrawn by the candidate"),
}


@register.filter
def shared_words(fields: list[str]) -> str:
    """What she agreed to show, by its names."""
    names = {"name": _("Name"), "phone": _("Phone"), "email": _("E-mail")}
    return ", ".join(str(names.get(field, field)).lower() for field in fields)


@register.filter
def for_employer(state: str) -> str:
    """A state as the employer says it; the model's own words speak to the learner."""
    return capfirst(str(EMPLOYER_WORDS.get(S(state), S(state).label)))
