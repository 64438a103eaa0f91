"""Results in steps of ten, as they are shown: never the exact score."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import EvidenceKind
from lms.lib.percentages import percent

LOWEST, HIGHEST = 50, 90


def band_of(score: Decimal) -> int:
    """The lower end of its step: 79.99 is in 70. 100 belongs to 90, and what is under 50 is not told apart."""
    step = int(score) // 10 * 10
    return 0 if step < LOWEST else min(step, HIGHEST)


def band_text(band: int) -> str:
    """In the active language: 70–79 %."""
    if band < LOWEST:
        return _("under %(percent)s") % {"percent": percent(LOWEST)}
    return f"{band}–{percent(100 if band == HIGHEST else band + 9)}"


def weight_text(kind: EvidenceKind, questions: int) -> str:
    """How much stands behind a skill."""
    if kind == EvidenceKind.SIMULATION:
        return ngettext("%(count)s task", "%(count)s tasks", questions) % {"count": questions}
    return ngettext("%(count)s question", "%(count)s questions", questions) % {"count": questions}
