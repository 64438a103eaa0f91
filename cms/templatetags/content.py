"""What the templates of content blocks need: sizes in plain words, durations, tables, pictures for small screens."""

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from cms import pictures, units
from cms.pictures import bytes_of
from cms.superscripts import superscripts
from cms.table_text import table_rows

register = template.Library()
for unit in (units.kilobytes, units.file_size, units.minutes, units.duration):
    register.filter(unit.__name__, unit)
register.filter(table_rows)
register.filter(superscripts)
register.filter(bytes_of)


@register.simple_tag(takes_context=True)
def photo(context: Context, image: Any, alt: str) -> SafeString:
    """A picture; where the page's ``on_tap`` is true, a link to it. ``number`` is its place among the blocks."""
    number = context.get("number") or 0
    if not context.get("on_tap"):
        return pictures.photo(image, alt)
    html = pictures.photo_on_tap(image, alt, number)
    shown = context.get("shown_picture")
    return SafeString(pictures.with_picture(html, number)) if shown and shown == number else html
