"""Markdown and foreign HTML to the rich text that Wagtail keeps: few tags, nothing that runs."""

import re

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from cms.foreign import Document, as_html, clean, read
from lms.lib.problems import at_line

LONGEST = 100_000  # characters
MOST_BRACKETS = 400  # markdown-it looks for the end of each to the end of the text: many would take the square of it
_markdown = MarkdownIt("commonmark", {"html": True, "breaks": False}).enable(["table", "strikethrough"])


def read_markdown(text: str) -> Document:
    """Markdown, with the HTML that it may hold, as pieces that we can show; what is lost is named by its line."""
    if len(text or "") > LONGEST:
        what = _("This text is longer than %(most)s characters.") % {"most": LONGEST}
        return Document((), (at_line(1, what, _("Split it in two.")),))
    if (text or "").count("[") > MOST_BRACKETS:
        what = _("This text has more than %(most)s square brackets.") % {"most": MOST_BRACKETS}
        return Document((), (at_line(1, what, _("Split it in two.")),))
    return read(_markdown.render(text or ""))


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
