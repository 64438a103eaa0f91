"""Codes as words: countries, languages, equipment, pay, and the evidence of a profile."""

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from placement import choices, countries, terms
from placement.enums import Cefr, Connectivity, WorkPlace
from placement.enums import ReferralState as S
from placement.evidence import Evidence, evidence_of
from placement.matching import Match
from placement.models import CandidateProfile, Opportunity, Referral
from placement.proofs import proof_lines
from placement.services.disclosure import Disclosure
from placement.words import equipment, facts_of, home_of, sentence, span_words

register = template.Library()
register.filter("country", choices.country_name)
register.simple_tag(countries.told_to_all, name="countries_told")
register.filter("language_name", choices.language_name)

_LINES = dict(Connectivity.choices)
register.filter("announced_facts", terms.facts)
register.filter("equipment", equipment)
register.filter("home_of", home_of)
register.filter("facts_of", facts_of)
register.filter("proof_lines", proof_lines)


@register.filter
def cefr(level: int) -> str:
    return Cefr(level).label


@register.filter
def pay(opportunity: Opportunity) -> str:
    """``75 000 to 90 000 FCFA a month``; empty when no pay is given."""
    sums = [number_format(n, force_grouping=True) for n in (opportunity.pay_min, opportunity.pay_max) if n]
    if not sums:
        return ""
    low, high = sums[0], sums[-1]
    words = {
        "sums": low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high},
        "currency": choices.CURRENCY_SIGNS.get(opportunity.pay_currency, opportunity.pay_currency),
        "period": opportunity.get_pay_period_display(),
    }
    return pgettext("pay: 75 000, FCFA, a month", "%(sums)s %(currency)s %(period)s") % words


@register.filter
def where(opportunity: Opportunity) -> str:
    if opportunity.place == WorkPlace.REMOTE:
        return capfirst(str(WorkPlace.REMOTE.label))
    town = ", ".join(p for p in (opportunity.region, choices.country_name(opportunity.country)) if p)
    return f"{town} ({opportunity.get_place_display()})"


@register.filter
def yes_no(word: bool | None) -> str:
    """A dash where nobody has spoken."""
    return "–" if word is None else str(_("yes") if word else _("no"))


WHOLE = 4  # parts of the line when everything is said


@register.filter
def availability(profile: CandidateProfile) -> str:
    """Where they live, their hours, what they work with: the line under their code name."""
    hours = _("%(hours)s h a week") % {"hours": profile.hours_per_week} if profile.hours_per_week else ""
    line = str(_LINES[profile.connectivity]) if profile.connectivity else ""
    parts = [part for part in (home_of(profile), hours, equipment(profile.equipment), line) if part]
    return " · ".join(parts) if len(parts) == WHOLE else " · ".join([*parts, _("the rest is not known yet")])


MOST_PROOFS, LONGEST_NAME = 4, 48


@register.filter
def chips(profile: CandidateProfile) -> SafeString:
    """Their best proofs and their languages. In Python: template tags are four times slower for two hundred."""
    proofs, language = evidence_of(profile), get_language()
    times = [span_words(profile.disclosure.time_of(p), language) for p in proofs[:MOST_PROOFS]]
    proven = [
        (" · ".join(filter(None, [f"{short(p.name)} {p.level}", t])),) for p, t in zip(proofs, times, strict=False)
    ]
    others = [(f"+ {len(proofs) - MOST_PROOFS}",)] if len(proofs) > MOST_PROOFS else []
    others += [(f"{choices.language_name(code)} {cefr(level)}",) for code, level in profile.spoken.items()]
    return format_html_join("", '<span class="chip chip-leaf">{}</span>', proven) + format_html_join(
        "", '<span class="chip">{}</span>', others
    )


def short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else Truncator(name).chars(LONGEST_NAME)


@register.filter
def proof_time(proof: Evidence, disclosure: Disclosure) -> str:
    """When it was proven, as exactly as the reader may know; empty where they may not."""
    return span_words(disclosure.time_of(proof), get_language())


@register.filter
def tone(referral: Referral) -> str:
    """The class of the little light before a state."""
    if referral.state in {"accepted", "started", "interested", "interview", "offer"}:
        return "state-leaf"
    if referral.state in {"refused", "auto-closed", "obsolete", "expired", "withdrawn", "declined", "offer-declined"}:
        return "state-brick"
    return ""


EMPLOYER_WORDS = {
    S.PROPOSED: gettext_lazy("asked, waiting for the candidate’s yes"),
    S.DECLINED: gettext_lazy("declined by the candidate"),
    S.EXPIRED: gettext_lazy("no answer from the candidate within seven days"),
    S.CONSENTED: gettext_lazy("the candidate said yes, sending"),
    S.FORWARDED: gettext_lazy("new"),
    S.SEEN: gettext_lazy("opened"),
    S.QUESTION: gettext_lazy("you wrote, waiting for the answer"),
    S.INTERESTED: gettext_lazy("you are interested"),
    S.INTERVIEW: gettext_lazy("you proposed an interview"),
    S.OFFER: gettext_lazy("you offered work"),
    S.OFFER_DECLINED: gettext_lazy("offer of work declined by the candidate"),
    S.ACCEPTED: gettext_lazy("offer of work accepted by the candidate"),
    S.REFUSED: gettext_lazy("you said no"),
    S.WITHDRAWN: gettext_lazy("withdrawn by the candidate"),
}


@register.filter
def shared_words(fields: list[str]) -> str:
    """What they agreed to show, by its names."""
    names = {"name": _("Name"), "phone": _("Phone"), "email": _("E-mail")}
    return ", ".join(str(names.get(field, field)).lower() for field in fields)


@register.filter
def for_employer(state: str) -> str:
    """A state as the employer says it; the model's own words speak to the learner."""
    return capfirst(str(EMPLOYER_WORDS.get(S(state), S(state).label)))


@register.filter
def unmet(match: Match) -> list[str]:
    """The needs that are not met, in words."""
    return [sentence(row) for row in match.as_json() if row.get("hard") and not row["ok"]]
