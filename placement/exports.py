"""Rows for a spreadsheet: code names only (``lms.lib.tables`` keeps formulas out)."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from placement.choices import language_name
from placement.enums import Cefr
from placement.evidence import Evidence, evidence_of
from placement.models import CandidateProfile
from placement.words import equipment, home_of, span_words


def shortlist_header() -> list[str]:
    return [_("Code name"), _("Region"), _("Hours a week"), _("Skills"), _("Languages"), _("Equipment")]


def shortlist_rows(profiles: Iterable[CandidateProfile]) -> Iterator[list[object]]:
    """Give people as ``services.disclosure.show_people`` shows them."""
    for profile in profiles:
        yield [
            profile.disclosure.code_name,
            home_of(profile) or _("not given"),
            profile.hours_per_week or _("not given"),
            ", ".join(proof_words(e, span_words(profile.disclosure.time_of(e))) for e in evidence_of(profile)),
            ", ".join(f"{language_name(language)} {Cefr(level).label}" for language, level in profile.spoken.items()),
            equipment(profile.equipment) or _("not given"),
        ]


def proof_words(proof: Evidence, when: str) -> str:
    return f"{proof.name} {proof.level} ({when})" if when else f"{proof.name} {proof.level}"
