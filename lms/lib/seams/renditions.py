"""Wagtail makes every size of every picture that is asked for, in the request that asks, however long it takes."""

from collections.abc import Callable
from typing import Any

from wagtail.images.models import AbstractImage, SourceImageIOError


class UnshowableError(SourceImageIOError):
    """A picture that was stored before it would have been refused. Wagtail shows it as one whose file is lost."""


def refuse_renditions(fault: Callable[[int, int], Any]) -> None:
    """Make no size of a picture with whose width and height ``fault`` finds something wrong: raise UnshowableError."""
    plain = AbstractImage.generate_rendition_file

    def judged(self: Any, filter: Any, *, source: Any = None) -> Any:  # noqa: A002
        if fault(self.width, self.height):
            raise UnshowableError(f"picture {self.pk} is {self.width} x {self.height} pixels large")
        return plain(self, filter, source=source)

    AbstractImage.generate_rendition_file = judged
