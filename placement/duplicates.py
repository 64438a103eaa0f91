"""Employers that may be one and the same: by name, by company registration, or by the domain of website and e-mail.

A manager decides; nothing is merged or refused by itself.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q, TextField, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext as _

from lms.lib.comparison import comparable
from lms.lib.sql_contains import Comparable, holds
from placement.models import Employer

MOST_SHOWN = 10  # shown
MOST_READ = 200
LEGAL_FORMS = frozenset(
    ("sarl", "sa", "sas", "sasu", "suarl", "sarlu", "eurl", "gie", "scop", "ltd", "llc", "inc", "gmbh", "plc", "ets")
)  # fmt: skip
SHARED_DOMAINS = frozenset(
    (
        "gmail.com", "googlemail.com", "yahoo.com", "yahoo.fr", "ymail.com", "hotmail.com", "hotmail.fr", "outlook.com",
        "outlook.fr", "live.com", "live.fr", "msn.com", "icloud.com", "me.com", "aol.com", "proton.me",
        "protonmail.com",
        "gmx.com", "gmx.fr", "orange.fr", "orange.sn", "free.fr", "wanadoo.fr", "laposte.net", "sfr.fr", "facebook.com",
        "linkedin.com", "instagram.com", "wordpress.com", "wixsite.com", "blogspot.com", "google.com",
    )
)  # fmt: skip
"""Addresses and pages that anybody may have: they say nothing about who is who."""
SEPARATORS = " .-/_"


@dataclass(frozen=True)
class Duplicate:
    employer: Employer
    reasons: list[str]


def name_key(name: str) -> str:
    """Its words without case, accents, marks and legal form; all of them, if nothing else is left."""
    words = re.findall(r"\w+", comparable(name.replace(".", "")))
    return " ".join(word for word in words if word not in LEGAL_FORMS) or " ".join(words)


def registration_key(registration: str) -> str:
    """Letters and digits; empty for what is too short to be a number of anything."""
    key = re.sub(f"[{re.escape(SEPARATORS)}]", "", comparable(registration))
    return key if len(key) >= 5 else ""


def domains(website: str, email: str) -> set[str]:
    """Of its own: not of a provider whom everybody uses."""
    host = re.sub(r"^www\.", "", re.sub(r"^[a-z]+://", "", comparable(website)).partition("/")[0].partition(":")[0])
    found = {host, comparable(email).rpartition("@")[2]}
    return {each for each in found if "." in each and each not in SHARED_DOMAINS}


def duplicates_of(employer: Employer) -> list[Duplicate]:
    """Others than this row (or this draft of one), those with most in common first. One query."""
    name, number = name_key(employer.name), registration_key(employer.registration)
    own = domains(employer.website, employer.contact_email)
    wanted = holds("name", max(name.split(), key=len)) if name else Q(pk=None)
    if number:
        wanted |= Q(number=number)
    for domain in own:
        wanted |= holds("website", domain) | holds("contact_email", f"@{domain}")
    found = []
    for row in (
        Employer.objects.alias(number=registration_key_expression(F("registration")))
        .filter(wanted)
        .exclude(pk=employer.pk)[:MOST_READ]
    ):
        reasons = []
        if name and name_key(row.name) == name:
            reasons.append(_("same name"))
        if number and registration_key(row.registration) == number:
            reasons.append(_("same registration number"))
        if shared := own & domains(row.website, row.contact_email):
            reasons.append(_("same domain: %(domain)s") % {"domain": ", ".join(sorted(shared))})
        if reasons:
            found.append(Duplicate(row, reasons))
    return sorted(found, key=lambda each: (-len(each.reasons), each.employer.pk))[:MOST_SHOWN]


def check_new(employer: Employer, *, is_new: bool, is_another: bool) -> None:
    """Whoever writes a new row says that it is none of those that look the same. Raises ValidationError, which names
    them.
    """
    found = duplicates_of(employer) if is_new and not is_another else []
    if found:
        text = _("These employers are there already. If yours is another one, tick the box and save again.")
        lines = [f"{row.employer.name}: {', '.join(row.reasons)}" for row in found]
        raise ValidationError({"is_another": [text, *lines]})


def registration_key_expression(column: Any) -> Any:
    """``registration_key`` in the database."""
    column = Comparable(column)
    for letter in SEPARATORS:
        column = Replace(column, Value(letter), Value(""), output_field=TextField())
    return column
