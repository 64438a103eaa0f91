"""Wagtail makes every size of every picture that is asked for, and foresees little of what may be wrong with it."""

import logging
from collections.abc import Callable
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import Error as DatabaseError
from wagtail.images.models import AbstractImage, SourceImageIOError
from wagtail.images.views.chooser import ImageChosenResponseMixin

from lms.lib.seams.truncated_images import truncated_images_refused

logger = logging.getLogger(__name__)


class UnshowableError(SourceImageIOError):
    """A picture that cannot be read, or that today would be refused. Wagtail shows it as one whose file is lost."""


def refuse_renditions(fault: Callable[[int, int], Any]) -> None:
    """Make no size of a picture with whose width and height ``fault`` finds something wrong: raise UnshowableError."""
    plain = AbstractImage.generate_rendition_file

    def judged(self: Any, filter: Any, *, source: Any = None) -> Any:  # noqa: A002
        if fault(self.width, self.height):
            raise UnshowableError(f"picture {self.pk} is {self.width} x {self.height} pixels large")
        return plain(self, filter, source=source)

    AbstractImage.generate_rendition_file = judged


def tell_unreadable_pictures() -> None:
    """Raise UnshowableError, and log it, for whatever is wrong with the file: lost, empty, cut, another type, a folder,
    a storage that does not answer. Wagtail knows of the first only; any other is an error of the whole page.
    """
    for name in ("create_rendition", "create_renditions"):
        setattr(AbstractImage, name, readable(getattr(AbstractImage, name)))
    ImageChosenResponseMixin.get_chosen_response_data = chosen_without_picture(
        ImageChosenResponseMixin.get_chosen_response_data
    )


def readable(plain: Callable[..., Any]) -> Callable[..., Any]:
    def told(self: Any, *filters: Any) -> Any:
        try:
            with truncated_images_refused():
                return plain(self, *filters)
        except (UnshowableError, DatabaseError, SoftTimeLimitExceeded):
            raise
        except Exception as error:
            logger.warning("picture %s cannot be read: %s", self.pk, type(error).__name__)
            raise UnshowableError(f"picture {self.pk} cannot be read: {type(error).__name__}") from error

    return told


def chosen_without_picture(plain: Callable[..., Any]) -> Callable[..., Any]:
    """What a chooser is told of a chosen picture: one that cannot be read is chosen by its title."""

    def told(self: Any, image: Any, preview_image_filter: str = "max-165x165") -> Any:
        try:
            return plain(self, image, preview_image_filter)
        except SourceImageIOError:
            data = super(ImageChosenResponseMixin, self).get_chosen_response_data(image)
            nothing = {"url": "", "width": 0, "height": 0}
            return {**data, "preview": nothing, "default_alt_text": image.default_alt_text}

    return told
