"""Markdown to the rich text that Wagtail keeps: few tags, nothing that runs."""

import re

from cms.foreign.cleaning import as_html, as_rich_text, clean
from cms.foreign.pieces import Document
from cms.foreign.reading import read
from lms.lib.markdown import one_line, render, render_line, too_long
from lms.lib.problems import at_line


def read_markdown(text: str) -> Document:
    """Markdown, with the HTML that it may hold, as pieces that we can show; what is lost is named by its line."""
    refusal = too_long(text or "")
    if refusal:
        return Document((), (at_line(1, *refusal),))
    return read(render(text or ""))


def from_markdown(text: str) -> str:
    """Markdown as one text for an editor without tables and code. What it cannot hold, ``read_markdown`` names."""
    return re.sub(r">\n++<", "><", as_html(read_markdown(text)))


def rich_from_markdown(text: str) -> str:
    """The same for an editor that has them."""
    return re.sub(r">\n++<", "><", as_rich_text(read_markdown(text)))


def inline(text: str) -> str:
    """Markdown of one line, in one paragraph."""
    return from_markdown(one_line(text))


def bullets(lines: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{clean(render_line(line))}</li>" for line in lines) + "</ul>"
