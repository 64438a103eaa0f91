"""The smaller copies of pictures, made by the worker as soon as one is stored; the sweep finds what was missed."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.images import get_image_model
from wagtail.images.models import AbstractImage, Rendition

from cms.pictures import LAST_MADE, MIDDLE, PHONE_BUDGET, SMALL, WIDE, bytes_of, size_spec
from cms.signals import picture_ready
from lms.lib.sweeps import Sweep, register

ADMIN_SIZES = ("max-165x165", "max-800x600")  # of lists and choosers; of the page of one picture


def make_sizes(image: AbstractImage) -> None:
    """Make what is missing and tell the pages that show it. Raises UnshowableError when the file cannot be read."""
    image.get_renditions(*ADMIN_SIZES)
    avif = image.get_renditions(size_spec("avif", SMALL), size_spec("avif", WIDE))
    widest = avif[size_spec("avif", WIDE)]
    if bytes_of(widest.file) > PHONE_BUDGET and widest.width > MIDDLE:
        avif = {**avif, **image.get_renditions(size_spec("avif", MIDDLE))}
    image.get_renditions(*{size_spec("webp", one.width) for one in avif.values()})
    image.get_rendition(LAST_MADE)
    picture_ready.send(type(image), image=image)


def without_sizes(now: datetime | None = None) -> QuerySet[Any]:
    """Pictures whose sizes were not all made, the newest first: somebody waits for it."""
    made = Rendition.objects.filter(image=OuterRef("pk"), filter_spec=LAST_MADE)
    return get_image_model().objects.filter(~Exists(made)).order_by("-pk")


def make_waiting(pk: int, now: datetime) -> bool:
    image = get_image_model().objects.filter(pk=pk).first()
    if image is None:
        return False
    make_sizes(image)
    return True


MAKE = register(
    Sweep(
        name="cms.pictures",
        label=_("Pictures to make smaller for phones"),
        rows=without_sizes,
        work=make_waiting,
        remedy=_("Open the picture in the administration and choose its file again."),
        leased=True,  # made twice at the same moment, it is one: a transaction would hold SQLite's writer for a second
    )
)
