"""Rows for a spreadsheet: pseudonyms only, and no cell that a spreadsheet would run as a formula."""

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext as _

from placement.choices import language_name
from placement.enums import Cefr
from placement.evidence import evidence_of
from placement.models import CandidateProfile
from placement.templatetags.placement_words import equipment, home_of

RISKY = ("=", "+", "-", "@", "\t", "\r")


def safe(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(RISKY) else text


def shortlist_csv(profiles: Iterable[CandidateProfile]) -> str:
    """Give profiles fetched ``with_evidence``. UTF-8 with a mark, so that spreadsheets read the accents."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Code name"), _("Region"), _("Hours a week"), _("Skills"), _("Languages"), _("Equipment")])
    for profile in profiles:
        cells = (
            profile.pseudonym,
            home_of(profile),
            profile.hours_per_week,
            "; ".join(f"{e.name} {e.level} ({e.on:%Y-%m-%d})" for e in evidence_of(profile)),
            "; ".join(f"{language_name(r.language)} {Cefr(r.level).label}" for r in profile.languages.all()),
            equipment(profile.equipment),
        )
        writer.writerow([safe(cell) for cell in cells])
    return "\ufeff" + out.getvalue()
