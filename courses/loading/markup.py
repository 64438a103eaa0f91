"""Markdown and foreign HTML to the rich text that Wagtail keeps: few tags, nothing that runs."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

from cms.foreign import Document, as_html, clean, read
from lms.lib.problems import at_line

LONGEST = 100_000  # characters
MOST_BRACKETS = 400  # markdown-it looks for the end of each to the end of the text: many would take the square of it


def _commonmark() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True, "breaks": False}).enable(["table", "strikethrough"])


_markdown, _lesson = _commonmark(), _commonmark()
container_plugin(_lesson, "block", validate=lambda info, markup: True)


def too_long(text: str) -> tuple[str, str] | None:
    """What makes a text more than we read, and how to fix it."""
    if len(text) > LONGEST:
        return _("This text is longer than %(most)s characters.") % {"most": LONGEST}, _("Split it in two.")
    if text.count("[") > MOST_BRACKETS:
        what = _("This text has more than %(most)s square brackets.") % {"most": MOST_BRACKETS}
        return what, _("Split it in two.")
    return None


def read_markdown(text: str) -> Document:
    """Markdown, with the HTML that it may hold, as pieces that we can show; what is lost is named by its line."""
    refusal = too_long(text or "")
    if refusal:
        return Document((), (at_line(1, *refusal),))
    return read(_markdown.render(text or ""))


def parse_lesson(text: str) -> list[Token]:
    """The tokens of a lesson. A line of colons begins a ``container_block``, whatever its name."""
    return _lesson.parse(text)


def html_of(tokens: Sequence[Token]) -> str:
    """What some tokens of a lesson say, as HTML that is not clean yet."""
    return str(_lesson.renderer.render(tokens, _lesson.options, {}))


def from_markdown(text: str) -> str:
    """Markdown as one rich text. What it cannot hold, ``read_markdown`` names."""
    return re.sub(r">\n++<", "><", as_html(read_markdown(text)))


def one_line(text: object) -> str:
    """The words of ``text`` on one line. No-break spaces stay: French sets one before "?" and ":"."""
    return re.sub(r"[ \t\r\n]++", " ", str("" if text is None else text)).strip(" ")


def inline(text: str) -> str:
    """Markdown of one line, in one paragraph."""
    return from_markdown(one_line(text))


def bullets(lines: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{clean(_markdown.renderInline(line))}</li>" for line in lines) + "</ul>"
