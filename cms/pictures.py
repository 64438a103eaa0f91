"""Pictures for small screens: few sizes, small formats, and a budget for what a phone loads.

The sizes are made by the worker (cms/picture_sizes.py), never in the request of somebody who reads. Until they are
there, and for a picture whose file is lost or broken, a page shows in words what the picture shows.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.files import File
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from wagtail.images.models import AbstractImage, Rendition

from cms.units import file_size

logger = logging.getLogger(__name__)

PHONE_BUDGET = 8_000  # bytes of a picture on a phone 360 px wide with two device pixels each
PHONE_PIXELS = 720
SMALL, MIDDLE, WIDE = 320, 480, 640


@dataclass(frozen=True, slots=True)
class Picture:
    """Renditions by format, narrow first. ``phone`` is what a phone picks: the widest within the budget."""

    avif: list[Rendition]
    webp: list[Rendition]
    jpeg: Rendition
    phone: Rendition

    @property
    def sizes(self) -> str:
        """For browsers: a share of a phone's width that makes it choose ``phone``, the full width elsewhere."""
        return f"(min-width:44rem) 40rem,{self.phone.width * 100 // PHONE_PIXELS}vw"


def size_spec(kind: str, width: int) -> str:
    return f"width-{width}|format-{kind}"


LAST_MADE = size_spec("jpeg", WIDE)


def picture_of(image: AbstractImage) -> Picture | None:
    """The sizes that were made, in one query; None while one is missing. No file is opened."""
    made = {row.filter_spec: row for row in image.renditions.all()}
    try:
        widths = (SMALL, MIDDLE, WIDE) if size_spec("avif", MIDDLE) in made else (SMALL, WIDE)
        avif = by_width(made[size_spec("avif", width)] for width in widths)
        webp = by_width(made[size_spec("webp", one.width)] for one in avif)
        jpeg = made[LAST_MADE]
    except KeyError:
        return None
    return Picture(avif, webp, jpeg, phone_of(avif))


def by_width(rows: Iterator[Rendition]) -> list[Rendition]:
    """One for each width, fewer when the picture itself is narrower."""
    found = {rendition.width: rendition for rendition in rows}
    return [found[width] for width in sorted(found)]


def phone_of(avif: list[Rendition]) -> Rendition:
    if len(avif) < 3:
        return avif[-1]
    return next((one for one in reversed(avif[:-1]) if bytes_of(one.file) <= PHONE_BUDGET), avif[0])


def bytes_of(file: File | None) -> int:
    """The size of a stored file; 0 when it is lost or its storage does not answer."""
    try:
        return int(file.size) if file else 0
    except Exception as error:  # noqa: BLE001  (each storage fails in its own way)
        logger.warning("file cannot be read: %s (%s)", getattr(file, "name", ""), type(error).__name__)
        return 0


def photo(image: AbstractImage, alt: str) -> SafeString:
    """``<picture>`` in AVIF, WebP and JPEG, at most 640 px wide, loaded when scrolled to; or its words."""
    made = picture_of(image)
    return picture_html(made, alt) if made is not None else description_html(alt)


def photo_on_tap(image: AbstractImage, alt: str, number: int) -> SafeString:
    """What the picture shows and what it weighs, and a link that shows it: picture ``number`` of the page.

    The script puts the picture in the place of the link; without it the link asks for the page with this picture
    (``with_picture``). A browser loads nothing of what stands in a ``<template>``.
    """
    made = picture_of(image)
    if made is None:
        return description_html(alt)
    return format_html(
        '<p data-picture="{0}"><a href="?picture={0}#picture-{0}" data-tap>{1}</a><br><small>{2}</small></p>'
        "<template>{3}</template>",
        number,
        gettext("Show the picture (%s)") % file_size(bytes_of(made.phone.file)),
        alt,
        picture_html(made, alt),
    )


def with_picture(html: str, number: int) -> str:
    """A page whose pictures wait for a tap, with this one shown; the same where it has no such picture."""
    waiting = rf'<p data-picture="{number}">.*?</p><template>(.*?)</template>'
    return re.sub(waiting, rf'<span id="picture-{number}">\1</span>', html, count=1, flags=re.S)


def description_html(alt: str) -> SafeString:
    """What stands in the place of a picture that cannot be shown."""
    return format_html("<em>{}</em>", alt)


def picture_html(made: Picture, alt: str) -> SafeString:
    sources = format_html_join(
        "",
        '<source type="image/{}" srcset="{}" sizes="{}">',
        (
            (kind, ",".join(f"{rendition.url} {rendition.width}w" for rendition in rows), made.sizes)
            for kind, rows in (("avif", made.avif), ("webp", made.webp))
        ),
    )
    plain = made.jpeg
    return format_html(
        '<picture>{}<img src="{}" width="{}" height="{}" alt="{}" loading="lazy" decoding="async"></picture>',
        sources,
        plain.url,
        plain.width,
        plain.height,
        alt,
    )
