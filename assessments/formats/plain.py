"""Plain words out of marked-up ones, for what we store as plain text: options, answers, feedback."""

from __future__ import annotations

import re

from cms import foreign
from lms.lib.problems import Problem

from .entities import decode_entities
from .rich import Rich

_TAG = re.compile(r"</?[a-zA-Z][^<>]*+>|<!--")


def is_html(rich: Rich) -> bool:
    """Is it written with tags? Moodle's own format may be."""
    return rich.format == "html" or (rich.format == "moodle" and _TAG.search(rich.text) is not None)


def plain_text(rich: Rich) -> str:
    """The words of a text, without the marks of its format."""
    if rich.format == "markdown":
        return foreign.plain_text(foreign.as_html(foreign.read_markdown(rich.text)))
    return foreign.plain_text(rich.text) if is_html(rich) else words_of(rich).strip()


def words_of(rich: Rich) -> str:
    """The text of one without tags: as in Moodle, only what is said to be plain shows an entity as it is typed."""
    return rich.text if rich.format == "plain" else decode_entities(rich.text)


def typed(rich: Rich) -> str:
    """What a learner is expected to type: as in Moodle, stars and dashes are not marks of Markdown there."""
    return rich.text.strip() if rich.format == "markdown" else plain_text(rich)


def lost_in_plain(rich: Rich) -> list[Problem]:
    """What ``plain`` leaves out, in words."""
    if rich.format == "markdown":
        document = foreign.read_markdown(rich.text)
        return [*document.problems, *map(foreign.lost_picture, document.pictures)]
    return foreign.lost_in_plain(rich.text) if is_html(rich) else []
