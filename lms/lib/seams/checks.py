"""The guard: a library in a version that nobody tried is told before the first request."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from lms.lib.seams import SEAMS


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
