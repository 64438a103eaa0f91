"""Markdown as HTML that is not clean yet, and how much of it we read."""

import re

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

LONGEST = 100_000  # characters
MOST_BRACKETS = 400  # markdown-it looks for the end of each to the end of the text: many would take the square of it


def commonmark() -> MarkdownIt:
    """CommonMark with tables and what is struck out; the HTML in it stays."""
    return MarkdownIt("commonmark", {"html": True, "breaks": False}).enable(["table", "strikethrough"])


_markdown = commonmark()


def render(text: str) -> str:
    return str(_markdown.render(text))


def render_line(text: str) -> str:
    return str(_markdown.renderInline(text))


def too_long(text: str) -> tuple[str, str] | None:
    """What makes a text more than we read, and how to fix it."""
    if len(text) > LONGEST:
        return _("This text is longer than %(most)s characters.") % {"most": LONGEST}, _("Split it in two.")
    if text.count("[") > MOST_BRACKETS:
        what = _("This text has more than %(most)s square brackets.") % {"most": MOST_BRACKETS}
        return what, _("Split it in two.")
    return None


def one_line(text: object) -> str:
    """The words of ``text`` on one line. No-break spaces stay: French sets one before "?" and ":"."""
    return re.sub(r"[ \t\r\n]++", " ", str("" if text is None else text)).strip(" ")
