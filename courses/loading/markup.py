"""Markdown and foreign HTML to the rich text that Wagtail keeps: few tags, nothing that runs."""

import re

import nh3
from markdown_it import MarkdownIt

TAGS = {"p", "h2", "h3", "strong", "b", "em", "i", "a", "ul", "ol", "li", "br", "code"}
SCHEMES = {"http", "https", "mailto", "tel"}
DROPPED_WHOLE = {"script", "style", "iframe", "object", "embed", "svg", "math", "template"}
HEADINGS = {"h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3"}

_markdown = MarkdownIt("commonmark", {"html": False, "breaks": False})


def clean(html: str) -> str:
    """HTML with only what a lesson's text may hold; headings are brought to two levels."""
    for old, new in HEADINGS.items():
        html = re.sub(rf"<(/?){old}\b[^>]*>", rf"<\g<1>{new}>", html, flags=re.IGNORECASE)
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        clean_content_tags=DROPPED_WHOLE,
        url_schemes=SCHEMES,
        url_relative="deny",
        link_rel=None,
    ).strip()


def from_markdown(text: str) -> str:
    return re.sub(r">\n+<", "><", clean(_markdown.render(text or "")))


def one_line(text: object) -> str:
    """The words of ``text`` on one line. No-break spaces stay: French sets one before "?" and ":"."""
    return re.sub(r"[ \t\r\n]+", " ", str("" if text is None else text)).strip(" ")


def inline(text: str) -> str:
    """Markdown of one line, in one paragraph."""
    return from_markdown(one_line(text))


def bullets(lines: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{clean(_markdown.renderInline(line))}</li>" for line in lines) + "</ul>"
