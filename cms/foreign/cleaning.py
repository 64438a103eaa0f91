"""Rich text as we keep it: few tags, nothing that runs, nothing that is empty."""

import re
from html import escape

import nh3

from cms.foreign.pieces import Code, Document, Table, Text
from cms.foreign.tags import SCHEMES, TAGS
from cms.table_text import code_embed, join_rows, table_embed


def clean(html: str) -> str:
    """The last word on what a text may hold."""
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}},
        clean_content_tags={"script", "style", "template"},
        url_schemes=SCHEMES,
        url_relative="deny",
        link_rel=None,
    ).strip()


_EMPTY = re.compile(r"<(p|li|h2|h3|ul|ol)>\s*+</\1>")


def tidy(html: str) -> str:
    """Cleaned, without paragraphs that say nothing."""
    html = clean(html)
    for _round in range(3):  # a list of empty items is empty too
        html = _EMPTY.sub("", html)
    return html if re.sub(r"<[^<>]*+>", "", html).strip() else ""


def as_rich_text(document: Document) -> str:
    """Everything but the pictures as one text for an editor that knows tables and code (``cms.text_embeds``)."""
    return "".join(
        piece.html
        if isinstance(piece, Text)
        else table_embed(piece.caption, join_rows(piece.rows))
        if isinstance(piece, Table)
        else code_embed(piece.code)
        if isinstance(piece, Code)
        else ""
        for piece in document.pieces
    )


def as_html(document: Document) -> str:
    """Everything but the pictures as one text, where there is neither a block nor an editor for tables and code: rows
    and code as lines.
    """
    parts = []
    for piece in document.pieces:
        if isinstance(piece, Text):
            parts.append(piece.html)
        elif isinstance(piece, Table):
            lines = [piece.caption, *(" | ".join(row) for row in piece.rows)]
            parts.append(f"<p>{'<br>'.join(_escaped(line) for line in lines if line)}</p>")
        elif isinstance(piece, Code):
            lines = [f"<code>{_escaped(_indented(line))}</code>" for line in piece.code.splitlines() if line]
            parts.append(f"<p>{'<br>'.join(lines)}</p>")
    return "".join(parts)


def _escaped(line: str) -> str:
    """As the other pieces write it."""
    return escape(line, quote=False).replace("\u00a0", "&nbsp;")


def _indented(line: str) -> str:
    """Spaces at the begin of a line, which a browser would swallow, as spaces that it shows."""
    text = line.expandtabs(4)
    words = text.lstrip(" ")
    return "\u00a0" * (len(text) - len(words)) + words
