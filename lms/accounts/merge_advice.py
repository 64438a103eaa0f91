"""Before two accounts become one: what each holds, side by side, and what to look out for."""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from lms.accounts import phones
from lms.accounts.consents import words_of
from lms.accounts.identity import same_name
from lms.accounts.merge_rules import HOLDINGS, WARNINGS, Caution, register_holding
from lms.accounts.models import SeparatePeople, User
from lms.lib import moments


def pair_of(one: User, other: User) -> dict[str, int]:
    first, second = sorted([one.pk, other.pk])
    return {"first_id": first, "second_id": second}


def are_separate(one: User, other: User) -> bool:
    """Whether somebody said that these are two people."""
    return one.pk != other.pk and SeparatePeople.objects.filter(**pair_of(one, other)).exists()


def warnings(kept: User, merged: User) -> list[Caution]:
    """What a manager should know before; the ones that stop it first."""
    found = [*own_warnings(kept, merged), *(each for rule in WARNINGS for each in rule(kept, merged))]
    return sorted(found, key=lambda each: not each.stops)


def own_warnings(kept: User, merged: User) -> Iterator[Caution]:
    if kept.pk == merged.pk:
        yield Caution(_("These are one and the same account."), stops=True)
        return
    for user in (kept, merged):
        names = {"name": user.get_full_name()}
        if user.merged_into_id:
            yield Caution(_("The account of %(name)s was already merged into another.") % names, stops=True)
        if user.is_superuser:
            yield Caution(_("%(name)s is an administrator: such accounts are not merged.") % names, stops=True)
    if kept.role != merged.role:
        text = _("The two accounts have different roles (%(one)s, %(other)s): their rights would mix.")
        words = {"one": kept.get_role_display(), "other": merged.get_role_display()}
        yield Caution(text % words, stops=True)
    if not kept.is_active and not kept.merged_into_id:
        yield Caution(_("The account that stays is closed. Open it first, or keep the other one."), stops=True)
    if not same_name(kept.full_name, merged.full_name):
        text = _("The names differ: “%(one)s” and “%(other)s”. The first one stays. Is this the same person?")
        yield Caution(text % {"one": kept.full_name, "other": merged.full_name})
    if are_separate(kept, merged):
        yield Caution(_("A manager said that these are two people. Ask before you merge them."))
    if kept.phone and merged.phone:
        text = _(
            "Both have a number. %(kept)s stays; messages no longer go to %(other)s. "
            "If %(other)s is the one in use, keep the other account."
        )
        yield Caution(text % {"kept": phones.for_people(kept.phone), "other": phones.for_people(merged.phone)})
    if kept.email and merged.email:
        text = _("Both have an e-mail address. %(kept)s stays.")
        yield Caution(text % {"kept": kept.email})
    week = timezone.now() - timedelta(days=7)
    if all(user.last_login and user.last_login > week for user in (kept, merged)):
        yield Caution(_("Both signed in during the last 7 days. Ask the person: are both accounts theirs?"))


class Holding(NamedTuple):
    label: str
    kept: list[str]
    merged: list[str]


def side_by_side(kept: User, merged: User) -> list[Holding]:
    """What each of the two accounts holds, part by part."""
    return [
        Holding(str(label), [str(line) for line in lines(kept)], [str(line) for line in lines(merged)])
        for label, lines in HOLDINGS.values()
    ]


# --- what this app shows of an account


def account_lines(user: User) -> Iterator[str]:
    yield user.get_full_name()
    yield _("User name: %(name)s") % {"name": user.username}
    yield pgettext("account", "open") if user.is_active else pgettext("account", "closed")


def ways_in(user: User) -> Iterator[str]:
    if user.phone:
        state = _("verified") if user.phone_verified_at else _("not verified")
        yield f"{phones.for_people(user.phone)} ({state})"
    if user.email:
        yield user.email


def dates(user: User) -> Iterator[str]:
    yield _("Created on %(day)s") % {"day": moments.day(user.date_joined)}
    if user.last_login:
        yield _("Last sign-in on %(day)s") % {"day": moments.day(user.last_login)}


def consent_lines(user: User) -> Iterator[str]:
    for consent in user.consents.order_by("given_at"):
        words = words_of(consent.purpose)
        yield _("%(what)s (withdrawn)") % {"what": words} if consent.withdrawn_at else words


def message_lines(user: User) -> Iterator[str]:
    count = user.messages.count()
    if count:
        yield ngettext("%(count)d message", "%(count)d messages", count) % {"count": count}


register_holding("account", gettext_lazy("Account"), account_lines)
register_holding("ways", gettext_lazy("Number and e-mail address"), ways_in)
register_holding("dates", gettext_lazy("Dates"), dates)
register_holding("consents", gettext_lazy("Consents"), consent_lines)
register_holding("messages", gettext_lazy("Messages"), message_lines)
