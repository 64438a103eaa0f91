"""What the templates of content blocks need: sizes in plain words, durations, tables, pictures for small screens."""

import re
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from wagtail.images.models import AbstractImage

from cms.pictures import picture_of

register = template.Library()

NUMBER = re.compile(r"^[+\-−]?[\d\s.,\u00a0\u202f]+\s?(%|€|\$|FCFA)?$")


@register.filter
def kilobytes(value: float | None) -> str:
    """1.4 -> "1.4 kB", 1250 -> "1.3 MB", in the reader's writing of numbers. The unit never wraps."""
    amount = float(value or 0)
    if amount >= 1000:
        return gettext("%s MB").replace(" ", "\u00a0") % decimal(amount / 1000)
    return gettext("%s kB").replace(" ", "\u00a0") % decimal(amount)


@register.filter
def file_size(value: int | None) -> str:
    """Bytes in kB or MB."""
    return kilobytes((value or 0) / 1000)


def decimal(amount: float) -> str:
    """One decimal below ten, none above."""
    places = 1 if amount < 10 and round(amount, 1) % 1 else 0
    return str(number_format(round(amount, places), places))


@register.filter
def minutes(value: int | None) -> str:
    """7 -> "7 min", 95 -> "1 h 35"."""
    hours, rest = divmod(int(value or 0), 60)
    if not hours:
        return gettext("%s min").replace(" ", "\u00a0") % rest
    return f"{hours}\u00a0h\u00a0{rest:02d}" if rest else f"{hours}\u00a0h"


@register.filter
def duration(seconds: float | None) -> str:
    """80.2 -> "1 min 20 s"; empty when unknown."""
    total = round(seconds or 0)
    if not total:
        return ""
    whole, rest = divmod(total, 60)
    parts = [f"{whole}\u00a0min"] if whole else []
    return "\u00a0".join([*parts, f"{rest}\u00a0s"] if rest or not whole else parts)


def split_row(line: str) -> list[str]:
    r"""Cells of one line; ``\|`` is a bar inside a cell."""
    line = line.strip().removeprefix("|").removesuffix("|")
    return [cell.replace(r"\|", "|").strip() for cell in re.split(r"(?<!\\)\|", line)]


@register.filter
def table_rows(text: str) -> dict[str, Any]:
    """A typed table: ``header`` cells and ``rows`` of cells, each with ``text`` and ``is_number`` for its column."""
    lines = [split_row(line) for line in (text or "").splitlines() if line.strip(" |\t-:")]
    if not lines:
        return {"header": [], "rows": []}
    width = max(map(len, lines))
    lines = [line + [""] * (width - len(line)) for line in lines]
    header, body = lines[0], lines[1:]
    columns = [[row[place] for row in body if row[place]] for place in range(width)]
    numeric = [bool(column) and all(NUMBER.match(cell) for cell in column) for column in columns]
    return {
        "header": [{"text": cell, "is_number": numeric[place]} for place, cell in enumerate(header)],
        "rows": [[{"text": cell, "is_number": numeric[place]} for place, cell in enumerate(row)] for row in body],
    }


@register.simple_tag
def photo(image: AbstractImage, alt: str) -> SafeString:
    """``<picture>`` in AVIF, WebP and JPEG, at most 640 px wide, loaded when scrolled to."""
    made = picture_of(image)
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
