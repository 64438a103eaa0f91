"""Pictures for small screens: few sizes, small formats, and a budget for what a phone loads."""

from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail.images.models import AbstractImage, Rendition

from lms.lib.seams.renditions import UnshowableError

PHONE_BUDGET = 15_000  # bytes of a picture on a phone 360 px wide with two device pixels each
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


def picture_of(image: AbstractImage) -> Picture:
    """Make the renditions once; later calls read them in one query. Raises UnshowableError."""
    avif = renditions(image, "avif", SMALL, WIDE)
    phone = avif[-1]
    if phone.file.size > PHONE_BUDGET and phone.width > MIDDLE:
        avif = renditions(image, "avif", SMALL, MIDDLE, WIDE)
        phone = next((one for one in reversed(avif[:-1]) if one.file.size <= PHONE_BUDGET), avif[0])
    webp = renditions(image, "webp", *(one.width for one in avif))
    return Picture(avif, webp, renditions(image, "jpeg", WIDE)[0], phone)


def renditions(image: AbstractImage, kind: str, *widths: int) -> list[Rendition]:
    """One for each width, fewer when the picture itself is narrower."""
    made = image.get_renditions(*(f"width-{width}|format-{kind}" for width in widths))
    by_width = {rendition.width: rendition for rendition in made.values()}
    return [by_width[width] for width in sorted(by_width)]


def photo(image: AbstractImage, alt: str) -> SafeString:
    """``<picture>`` in AVIF, WebP and JPEG, at most 640 px wide, loaded when scrolled to.

    Of one that is too large to be shown, what it shows in words.
    """
    try:
        made = picture_of(image)
    except UnshowableError:
        return format_html("<em>{}</em>", alt)
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
