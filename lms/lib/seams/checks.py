"""The guard: a library in a version that nobody tried is told before the first request."""

from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Error, register

from lms.lib.seams import SEAMS, copied_templates


@register()
def check_seams(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"{seam.package} is in a version that {seam.module} was not tried with (it uses {seam.inside}).",
            hint=f"Install {seam.package} {' or '.join(seam.series)}, or run {seam.test} and name it in SEAMS.",
            id="house.E010",
        )
        for seam in SEAMS
        if not seam.is_tried()
    ]


@register()
def check_copied_templates(**kwargs: Any) -> list[CheckMessage]:
    """A release may change a template that one of ours was copied from."""
    return [
        checks.Warning(
            f"The library's template {name} is not the one that ours was copied from.",
            hint="Bring its change into ours, then name its new fingerprint in lms/lib/seams/copied_templates.py.",
            id="house.W011",
        )
        for name in copied_templates.changed()
    ]
