"""What may be written about work and answers, whoever writes it: a form, an import, an API. Each raises ValidationError
that names the field.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.lib.moments import site_day
from placement.check_enums import CheckResult
from placement.enums import ReferralState as S
from placement.enums import WorkPlace
from placement.models import Employer, EmployerContact
from placement.text_checks.advice import advice
from placement.text_checks.checking import check_text
from placement.text_checks.findings import Certainty, Finding, FindingKind
from placement.text_checks.hours import MOST_HOURS_A_WEEK

NEEDS_WORDS = frozenset({S.QUESTION, S.INTERVIEW})  # say what, when


def check_answer(*, answer: str, message: str, reason: str) -> None:
    """Which words an employer's answer needs, and which none may hold."""
    problems = {}
    if answer in NEEDS_WORDS and not message:
        problems["message"] = _("Write a few words: the candidate needs to know what or when.")
    if answer == S.REFUSED and not reason:
        problems["reason"] = _("Choose a reason: it tells the candidate what to learn next.")
    if problems:
        raise ValidationError(problems)
    check_words(message=message)


def findings_of(text: str, *, about_pay: bool = False) -> list[Finding]:
    """What is wrong with a text of an employer; an offer of work names amounts, which are its pay."""
    return [row for row in check_text(text) if not (about_pay and row.subject == "amount")]


def check_words(**texts: str) -> None:
    """Refuse what is surely wrong, each with the very words and how to write it instead."""
    refuse(texts, lambda row: row.certainty == Certainty.SURE)


def check_note(*, text: str) -> None:
    """Of an employer about a person: what may not decide about a hire is not written down about anybody."""
    refuse({"text": text}, is_unfit_for_notes)


def is_unfit_for_notes(row: Finding) -> bool:
    return row.certainty == Certainty.SURE and row.kind in {FindingKind.CRITERION, FindingKind.INSULT}


def unfit_words(text: str) -> list[str]:
    """For notes about a person, whoever writes them."""
    return [row.words for row in findings_of(text) if is_unfit_for_notes(row)]


def check_words_that_cannot_wait(**texts: str) -> None:
    """The doubtful too: nobody can look at these before they are read."""
    refuse(texts, lambda row: True)


def check_place(**texts: str) -> None:
    """Of an address, or of a link to a video call: nobody can look at it before it is read. A number or a link is what
    it is for.
    """
    refuse(texts, lambda row: row.kind != FindingKind.CONTACT)


def refuse(texts: Mapping[str, str], is_refused: Callable[[Finding], bool]) -> None:
    problems = {name: [advice(row) for row in findings_of(text) if is_refused(row)] for name, text in texts.items()}
    if any(problems.values()):
        raise ValidationError({name: rows for name, rows in problems.items() if rows})


def check_opportunity(
    *, place: str, country: str, pay_min: int | None, pay_max: int | None, hours_per_week: int | None = None
) -> None:
    problems = {}
    if hours_per_week and hours_per_week > MOST_HOURS_A_WEEK:
        problems["hours_per_week"] = _("At most %(count)d hours a week: the law does not normally allow more.") % {
            "count": MOST_HOURS_A_WEEK
        }
    if pay_min and pay_max and pay_min > pay_max:
        problems["pay_max"] = _("The highest pay is below the lowest.")
    if place != WorkPlace.REMOTE and not country:
        problems["country"] = _("Say in which country people must be present.")
    if problems:
        raise ValidationError(problems)


def check_decision(*, approves: bool, note: str) -> None:
    """Of a manager about what waits."""
    if not approves and not note:
        raise ValidationError({"note": _("Say why: the employer reads it and can do better.")})


def check_check(*, done_on: date | None, valid_until: date | None, result: str, note: str) -> None:
    """Of an employer: it was done, it holds for a time, and words say what is not in order."""
    problems = {}
    if done_on and done_on > site_day():
        problems["done_on"] = _("This day has not come yet.")
    if done_on and valid_until and valid_until <= done_on:
        problems["valid_until"] = _("Choose a day after the check.")
    if result and result != CheckResult.GOOD and not note:
        problems["note"] = _("Write what is wrong, or what you tried: whoever reads it later needs to know.")
    if problems:
        raise ValidationError(problems)


def check_owner(contact_id: int | None, employer: Employer | None, *, is_owner: bool) -> None:
    """Somebody of every organisation is its owner."""
    others = EmployerContact.objects.filter(employer=employer, is_owner=True, user__is_active=True)
    if contact_id is not None:
        others = others.exclude(pk=contact_id)
    if employer is not None and not is_owner and not others.exists():
        raise ValidationError({"is_owner": _("An organisation needs an owner, and this one has no other.")})


def check_decline(*, is_yes: bool, reason: str) -> None:
    """Of an offer of work."""
    if not is_yes and not reason:
        raise ValidationError({"reason": _("Choose a reason: it helps the employer to do better by the next person.")})


def check_closing_day(closes_on: date | None) -> None:
    """For an opportunity that is opened, or given another day."""
    if closes_on and closes_on < site_day():
        raise ValidationError({"closes_on": _("This day has passed: choose a later one.")})


def check_first_day(first: date, *, sent_on: date) -> None:
    """Of somebody at work: not before they were sent to the employer, and not to come. Work that is followed up began
    with this referral.
    """
    if first > site_day():
        raise ValidationError({"on": _("This day has not come yet: note it once the person has started.")})
    if first < sent_on:
        sent = date_format(sent_on, "j F Y")
        raise ValidationError({"on": _("This person was sent to you on %(date)s: choose that day or a later one.")
                              % {"date": sent}})  # fmt: skip


def check_hiding(*, hides: bool, choice: str) -> None:
    """Whoever hides while employers see what they sent says what becomes of that."""
    if hides and not choice:
        raise ValidationError(_("Say whether the employers to whom you said yes may keep what you sent them."))


def check_levels(rows: Sequence[tuple[str | None, str | None]]) -> None:
    """Of the languages that a candidate speaks: each with its level. Names the place: ``language_level_2``."""
    problems = {
        f"language_level_{number}": _("Say how well you speak it.")
        for number, (language, level) in enumerate(rows, start=1)
        if language and not level
    }
    if problems:
        raise ValidationError(problems)


def check_pay_floor(*, pay_floor: int | None, pay_currency: str) -> None:
    if pay_floor and not pay_currency:
        raise ValidationError({"pay_currency": _("Choose the currency of this pay.")})


def check_skills(chosen: Sequence[str]) -> None:
    """Of an opportunity: one at least, none twice; an empty one is no choice. Names the place: ``skill_2``."""
    problems = {
        f"skill_{number}": _("This skill is already in the list.")
        for number, skill in enumerate(chosen, start=1)
        if skill and skill in chosen[: number - 1]
    }
    if not any(chosen):
        problems["skill_1"] = _("Choose at least one skill: it is what candidates can prove.")
    if problems:
        raise ValidationError(problems)
