"""HTML that others wrote (Word, Moodle, a web page) as pieces that we can show, and the list of what is lost.

The law: every visible character and every picture of the source stands in a piece or is named in ``problems``. The
tree is made by libxml2, in linear time; what comes out is nested ``DEEPEST`` times at most, since the cleaner's time
grows with depth. ``nh3`` has the last word on every text.

``reading`` is where to begin; ``walker`` does the work; ``tags`` says what becomes of each element.
"""

from cms.foreign.cleaning import as_html, as_rich_text, clean, tidy
from cms.foreign.markdown import bullets, from_markdown, inline, read_markdown, rich_from_markdown
from cms.foreign.pieces import Code, Document, Picture, Piece, Table, Text
from cms.foreign.plain import plain_text
from cms.foreign.reading import LONGEST, lost_in_plain, lost_picture, read, read_page
from cms.foreign.tags import INLINE, TAGS
from cms.foreign.walker import QUOTED

__all__ = [
    "INLINE",
    "LONGEST",
    "QUOTED",
    "TAGS",
    "Code",
    "Document",
    "Picture",
    "Piece",
    "Table",
    "Text",
    "as_html",
    "as_rich_text",
    "bullets",
    "clean",
    "from_markdown",
    "inline",
    "lost_in_plain",
    "lost_picture",
    "plain_text",
    "read",
    "read_markdown",
    "read_page",
    "rich_from_markdown",
    "tidy",
]
