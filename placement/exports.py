"""Rows for a spreadsheet: pseudonyms only (``lms.lib.tables`` keeps formulas out)."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from lms.lib.moments import site_day
from placement.choices import language_name
from placement.enums import Cefr
from placement.evidence import evidence_of
from placement.models import CandidateProfile
from placement.words import equipment, home_of


def shortlist_header() -> list[str]:
    return [_("Code name"), _("Region"), _("Hours a week"), _("Skills"), _("Languages"), _("Equipment")]


def shortlist_rows(profiles: Iterable[CandidateProfile]) -> Iterator[list[object]]:
    """Give profiles read ``with_evidence``."""
    for profile in profiles:
        yield [
            profile.pseudonym,
            home_of(profile),
            profile.hours_per_week,
            ", ".join(f"{e.name} {e.level} ({site_day(e.on).isoformat()})" for e in evidence_of(profile)),
            ", ".join(f"{language_name(language)} {Cefr(level).label}" for language, level in profile.spoken.items()),
            equipment(profile.equipment),
        ]
