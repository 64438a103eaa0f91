"""Letters written as HTML entities (``&eacute;``, ``&#39;``) in texts that have no tags."""

from __future__ import annotations

import html
import re

ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
"""With its semicolon only: “R&D” and “&copy=1” are words and addresses."""


def has_entity(text: str) -> bool:
    return decode_entities(text) != text


def decode_entities(text: str) -> str:
    """The letters that a reader sees; a name that HTML does not have stays as it is."""
    return ENTITY.sub(lambda found: html.unescape(found[0]), text)


def protect_entities(text: str) -> str:
    """Write a text so that ``decode_entities`` gives it back."""
    return ENTITY.sub(lambda found: f"&amp;{found[0][1:]}", text)
