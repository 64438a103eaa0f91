"""Plain words out of marked-up ones, for what we store as plain text: options, answers, feedback."""

from __future__ import annotations

import re

from cms import foreign
from lms.lib.problems import Problem

from .neutral import Rich

_TAG = re.compile(r"</?[a-zA-Z][^<>]*+>|<!--")


def is_html(rich: Rich) -> bool:
    """Is it written with tags? Moodle's own format may be."""
    return rich.format == "html" or (rich.format == "moodle" and _TAG.search(rich.text) is not None)


def plain(rich: Rich) -> str:
    """The words of a text, without tags. Markdown is left as it is: it reads well enough."""
    return foreign.plain(rich.text) if is_html(rich) else rich.text.strip()


def lost_in_plain(rich: Rich) -> list[Problem]:
    """What ``plain`` leaves out, in words."""
    return foreign.lost_in_plain(rich.text) if is_html(rich) else []
