"""Rows that the sweeps cannot work on, each kind with its remedy."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from lms.lib import sweeps
from lms.lib.checkup import Finding, broken, fine, register, watch
from lms.lib.models import FailedRow

SHOWN = 5  # keys of rows in one line
MANY_TRIES = 8  # about two hours: it will not go away by itself


@register
def failed_rows() -> Iterator[Finding]:
    """One line for each kind of row that fails; red once it has failed for hours: somebody waits for it."""
    kinds: dict[str, list[FailedRow]] = defaultdict(list)
    for row in sweeps.failing().order_by("sweep", "since", "pk"):
        kinds[row.sweep].append(row)
    for name, rows in kinds.items():
        yield failing(sweeps.SWEEPS.get(name), name, rows)
    for row in sweeps.stuck(timezone.now()):
        sweep = sweeps.SWEEPS.get(row.sweep)
        text = _("A round of this work began more than an hour ago and did not end.")
        remedy = _("Look at the line “Worker”, then at its log: it may have been killed.")
        yield watch(str(sweep.label if sweep else row.sweep), text, remedy)
    if not kinds:
        yield fine(_("Recurring work"), _("No row fails."))


def failing(sweep: sweeps.Sweep | None, name: str, rows: list[FailedRow]) -> Finding:
    """``sweep`` is None when this version of the software has no such work any more."""
    values = {
        "count": len(rows),
        "keys": ", ".join(row.key or "*" for row in rows[:SHOWN]) + (" …" if len(rows) > SHOWN else ""),
        "error": rows[-1].last_error,
    }
    text = _("Rows that failed and are tried again later: %(count)d (no. %(keys)s). Last error: %(error)s.") % values
    remedy = " ".join((str(sweep.remedy) if sweep else "", _("Then run: python manage.py doctor --retry"))).strip()
    level = broken if max(row.tries for row in rows) >= MANY_TRIES else watch
    return level(str(sweep.label if sweep else name), text, remedy)
