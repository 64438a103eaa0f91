"""Rows for a spreadsheet: pseudonyms only (``lms.lib.tables`` keeps formulas out)."""

from collections.abc import Iterable, Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lms.lib.moments import site_day
from placement.choices import language_name
from placement.enums import Cefr
from placement.evidence import Evidence, evidence_of
from placement.models import CandidateProfile
from placement.words import equipment, home_of


def shortlist_header() -> list[str]:
    return [_("Code name"), _("Region"), _("Hours a week"), _("Skills"), _("Languages"), _("Equipment")]


def shortlist_rows(profiles: Iterable[CandidateProfile]) -> Iterator[list[object]]:
    """Give profiles read ``with_evidence``."""
    for profile in profiles:
        yield [
            profile.pseudonym,
            home_of(profile) or _("not given"),
            profile.hours_per_week or _("not given"),
            ", ".join(f"{e.name} {e.level} ({month(e)})" for e in evidence_of(profile)),
            ", ".join(f"{language_name(language)} {Cefr(level).label}" for language, level in profile.spoken.items()),
            equipment(profile.equipment) or _("not given"),
        ]


def month(proof: Evidence) -> str:
    """Never nearer: with the day, the public check of certificates would name its holder."""
    return date_format(site_day(proof.on), "N Y")
