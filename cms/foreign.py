"""HTML that others wrote (Word, Moodle, a web page) as pieces that we can show, and the list of what is lost.

The law: every visible character and every picture of the source stands in a piece or is named in ``problems``. The
tree is made by libxml2, in linear time; what comes out is nested ``DEEPEST`` times at most, since the cleaner's time
grows with depth. ``nh3`` has the last word on every text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

import nh3
from django.utils.translation import gettext as _
from lxml import etree

from lms.lib.problems import Kind, Problem, at_line

DEEPEST = 40  # open tags in what we write
TOO_DEEP = 200  # open tags in what we read: libxml2 gives up, without a word, at 256
LONGEST = 1024 * 1024  # characters of one text
LONGEST_TITLE = 250
QUOTED = 2000  # characters of a lost text that are named

SCHEMES = {"http", "https", "mailto", "tel"}
INLINE = {"strong", "b", "em", "i", "code", "sup", "sub", "s"}
LISTS, HEADINGS = {"ul", "ol"}, {"h2", "h3"}
BLOCKS = {"p", "li"} | LISTS | HEADINGS
TAGS = INLINE | BLOCKS | {"a", "br"}
"""What rich text keeps: ``cms.blocks.PROSE`` and ``INLINE`` name the same for the editor."""

WRITTEN_AS = {
    "h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3", "dt": "p", "dd": "p", "caption": "p", "figcaption": "p",
    "blockquote": "p", "address": "p", "legend": "p", "summary": "p", "strike": "s", "del": "s", "kbd": "code",
    "samp": "code", "tt": "code", "var": "em", "cite": "em", "dfn": "em", "q": "q", "center": "p",
}  # fmt: skip
CELLS = {"td", "th"}
BREAKING = {"div", "section", "article", "header", "footer", "main", "aside", "nav", "figure", "form", "fieldset",
            "details", "dl", "tr", "hr", "body", *CELLS, "thead", "tbody", "tfoot", "html", "table", "pre",
            "option"}  # fmt: skip
SILENT = {
    "script",
    "style",
    "template",
    "head",
    "title",
    "meta",
    "link",
    "base",
    "param",
    "source",
    "track",
    "noscript",
}
PLAYED = {"iframe", "object", "embed", "video", "audio", "canvas", "svg", "math", "applet", "map"}
FIELDS = {"input", "textarea", "select", "button", "progress", "meter"}

KEPT_APART = {"img"} | PLAYED | FIELDS

SUPERSCRIPTS = str.maketrans("0123456789+-−=()niabcdefghjklmoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
SUBSCRIPTS = str.maketrans("0123456789+-−=()aeioruvxhklmnpst", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑᵢₒᵣᵤᵥₓₕₖₗₘₙₚₛₜ")
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Text:
    html: str


@dataclass(frozen=True, slots=True)
class Picture:
    src: str
    alt: str
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    code: str


Piece = Text | Picture | Table | Code


@dataclass(frozen=True)
class Document:
    pieces: tuple[Piece, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def pictures(self) -> list[Picture]:
        return [piece for piece in self.pieces if isinstance(piece, Picture)]


def read(source: str) -> Document:
    """The pieces of ``source`` in its order; lines of the problems are counted from 1."""
    if len(source) > LONGEST:
        what = _("This text is longer than %(most)s characters.") % {"most": LONGEST}
        return Document((), (at_line(1, what, _("Split it in two.")),))
    root = parse(source)
    if root is None:
        return Document(())
    walker = Walker()
    walker.walk(root)
    walker.flush()
    return Document(tuple(walker.pieces), tuple(walker.problems))


def read_page(source: str) -> tuple[str, Document]:
    """(the words of its first heading, the rest) of a whole page; "" for a page without one."""
    if len(source) > LONGEST:
        return "", read(source)
    root = parse(source)
    if root is None:
        return "", Document(())
    walker = Walker()
    heading = next(root.iter("h1", "h2", "h3", "h4", "h5", "h6"), None)
    title = " ".join(plain_node(heading).split()) if heading is not None else ""
    if heading is not None and 0 < len(title) <= LONGEST_TITLE:
        walker.lose_inside(heading)
        tail = heading.tail
        heading.clear()
        heading.tail = tail
    walker.walk(root)
    walker.flush()
    return title[:LONGEST_TITLE], Document(tuple(walker.pieces), tuple(walker.problems))


def parse(source: str) -> Any:
    """The tree of a piece of HTML; None for one without content."""
    text = UNSTORABLE.sub("\ufffd", source)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_pis=True, remove_comments=True)
    return etree.fromstring(b"<html><body>" + text.encode(), parser)


class Walker:
    """Goes through a tree once, without recursion: a stranger's file must not exhaust the stack."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.problems: list[Problem] = []
        self.written: list[str] = []  # of the text on its way
        self.blocks: list[str] = []  # lists, items and headings that are open
        self.nodes: list[Any] = []  # whose they are
        self.inline: list[str] = []  # the tags that the source has open in its running text
        self.opened: list[str] = []  # those of them that we have
        self.node: Any = None
        self.implicit = False  # a paragraph is open
        self.broken = False  # the next words begin a line
        self.fresh = True  # nothing stands in the block yet

    def walk(self, root: Any) -> None:
        depth, skipped = 0, None
        for event, node in etree.iterwalk(root, events=("start", "end")):
            tag = node.tag.lower() if isinstance(node.tag, str) else ""
            if event == "start":
                depth += 1
                if depth > TOO_DEEP:
                    what = _("The text is nested more than %(most)s times.") % {"most": TOO_DEEP}
                    self.note(node, what, _("Take tags away that it can do without."), Kind.FAULT)
                    return
                if skipped is None:
                    if self.takes_whole(node, tag):
                        skipped = node
                    else:
                        self.node = node
                        self.begin(node, tag)
            else:
                depth -= 1
                if skipped is None:
                    self.finish(node, tag)
                if skipped is node:
                    skipped = None
                if skipped is None:
                    self.say(node.tail)

    # -- what is not running text

    def takes_whole(self, node: Any, tag: str) -> bool:
        """True for an element whose content was dealt with here."""
        if tag in SILENT:
            return True
        if tag == "img":
            self.picture(node)
        elif tag in PLAYED:
            self.lose(
                node, _("“%(tag)s” is not kept") % {"tag": tag}, _("Put it in as a block of its own, in the editor.")
            )
        elif tag in FIELDS:
            self.lose(node, _("A form field is not kept"), _("Write the text around it so that it is not needed."))
        elif tag == "table":
            self.table(node)
        elif tag == "pre":
            self.code(node)
        else:
            return False
        return True

    def note(self, node: Any, what: str, remedy: str, kind: Kind = Kind.LOST) -> None:
        self.problems.append(at_line(node.sourceline or 1, what, remedy, kind))

    def lose(self, node: Any, what: str, remedy: str) -> None:
        words = " ".join("".join(node.itertext()).split())
        named = " ".join(filter(None, [node.get("src") or node.get("data") or node.get("value"), words]))
        text = f"{what}: {named[:QUOTED]}" if named else f"{what}."
        self.note(node, text, remedy)
        for picture in node.iter("img"):
            self.picture(picture)

    def picture(self, node: Any) -> None:
        self.flush()
        self.pieces.append(Picture((node.get("src") or "").strip(), node.get("alt") or "", node.sourceline or 1))

    def code(self, node: Any) -> None:
        code = "".join(_with_breaks(node)).strip("\n")
        self.flush()
        if code.strip():
            self.pieces.append(Code(code))
        self.lose_inside(node)

    def lose_inside(self, node: Any) -> None:
        """The pictures in an element that holds words only, behind it; whatever else is in it is lost."""
        hidden: Any = None
        for event, inner in etree.iterwalk(node, events=("start", "end")):
            if event == "start" and hidden is None and inner.tag in KEPT_APART:
                hidden = inner
                if inner.tag == "img":
                    self.picture(inner)
                else:
                    self.lose(
                        inner, _("“%(tag)s” is not kept") % {"tag": inner.tag}, _("Put it in below, in the editor.")
                    )
            elif event == "end" and inner is hidden:
                hidden = None

    def table(self, node: Any) -> None:
        self.flush()
        caption = ""
        rows = []
        merged = False
        for row in node.iter("tr", "caption"):
            if row.tag == "caption":
                caption = f"{caption} {plain_node(row)}".strip()
                continue
            if row.getparent() is not None and _table_of(row) is not node:
                continue  # of a table in a cell: its words are in the cell
            cells = []
            for cell in row:
                if cell.tag not in ("td", "th"):
                    continue
                cells.append(" ".join(plain_node(cell).split()))
                wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
                cells += [""] * (wide - 1)
                merged = merged or wide > 1 or high > 1
            if cells:
                rows.append(tuple(cells))
        everything = plain_node(node)
        if _letters(everything) != _letters(" ".join([caption, *(cell for row in rows for cell in row)])):
            lines = "<br>".join(escape(line, quote=False) for line in everything.splitlines())
            self.pieces.append(Text(f"<p>{lines}</p>"))
            what = _("A table with text outside its cells is kept as lines of text.")
            self.note(node, what, _("Make the table again in the editor."), Kind.CHANGED)
        elif any(any(row) for row in rows):
            self.pieces.append(Table(caption, tuple(rows)))
        elif caption:
            self.pieces.append(Text(f"<p>{escape(caption)}</p>"))
        if merged:
            what = _("A table with joined cells is kept with its cells apart.")
            self.note(node, what, _("Look at the table."), Kind.CHANGED)
        self.lose_inside(node)

    # -- running text

    def begin(self, node: Any, tag: str) -> None:
        written = WRITTEN_AS.get(tag, tag)
        if tag == "q":
            self.say("«\u202f")
        elif tag == "br":
            self.say_break()
        elif written in INLINE or tag == "a":
            self.inline.append(self.link(node) if tag == "a" else f"<{written}>")
        elif self.may_hold(written):
            self.put_block(written)
        elif self.breaks(tag):
            self.boundary()
        self.say(node.text)

    def finish(self, node: Any, tag: str) -> None:
        written = WRITTEN_AS.get(tag, tag)
        if tag == "q":
            self.say("\u202f»")
        elif written in INLINE or tag == "a":
            self.close_inline()
            self.inline.pop()
        elif self.blocks and self.nodes[-1] is node:
            self.close_block()
        elif self.breaks(tag):
            self.boundary()

    def may_hold(self, tag: str) -> bool:
        """May this block stand here? Lists in anything, items in lists, headings on their own."""
        if tag in LISTS:
            return len(self.blocks) < DEEPEST
        if tag == "li":
            return bool(self.blocks) and self.blocks[-1] in LISTS
        return tag in HEADINGS and not self.blocks

    def breaks(self, tag: str) -> bool:
        return tag in BREAKING or WRITTEN_AS.get(tag, tag) in BLOCKS

    def put_block(self, tag: str) -> None:
        self.boundary()
        self.fresh = True
        self.written.append(f"<{tag}>")
        self.blocks.append(tag)
        self.nodes.append(self.node)

    def close_block(self) -> None:
        self.close_inline()
        if self.implicit:
            self.close_paragraph()
        self.written.append(f"</{self.blocks.pop()}>")
        self.nodes.pop()
        self.fresh = False

    def boundary(self) -> None:
        """What follows stands on a line of its own: in a new paragraph, or after a break where there can be none."""
        self.close_inline()
        if self.implicit:
            self.close_paragraph()
        self.broken = bool(self.blocks) and self.blocks[-1] not in LISTS

    def close_paragraph(self) -> None:
        self.written.append("</p>")
        self.implicit = False

    def close_inline(self) -> None:
        while self.opened:
            start = self.opened.pop()
            self.written.append(f"</{_name(start)}>" if start else "")

    def say_break(self) -> None:
        if self.implicit or (self.blocks and self.blocks[-1] not in LISTS):
            self.written.append("<br>")

    def say(self, text: str | None) -> None:
        if not text:
            return
        holder = self.implicit or (self.blocks and self.blocks[-1] not in LISTS)
        if not text.strip(" \t\r\n"):
            if holder and not self.broken:
                self.written.append(" ")
            return
        if not holder:
            self.written.append("<p>")
            self.implicit = True
        elif self.broken and not self.fresh:
            self.written.append("<br>")
        self.broken = self.fresh = False
        while len(self.opened) < min(len(self.inline), DEEPEST):
            self.opened.append(self.inline[len(self.opened)])
            self.written.append(self.opened[-1])  # empty for a link that leads nowhere
        self.written.append(escape(text, quote=False))

    def link(self, node: Any) -> str:
        href = (node.get("href") or "").strip()
        if href.partition(":")[0].lower() in SCHEMES:
            return f'<a href="{escape(href)}">'
        if href:
            what = _("The link to %(address)s leads nowhere here.") % {"address": href[:QUOTED]}
            self.note(node, what, _("Make the link again in the editor."))
        return ""

    def flush(self) -> None:
        """Close what is open, keep the text so far as a piece, and open it again for what follows."""
        self.close_inline()
        if self.implicit:
            self.close_paragraph()
        closing = "".join(f"</{tag}>" for tag in reversed(self.blocks))
        html = tidy("".join(self.written) + closing)
        if html:
            self.pieces.append(Text(html))
        self.written = [f"<{tag}>" for tag in self.blocks]
        self.fresh = True


def _name(start: str) -> str:
    return start[1:-1].partition(" ")[0]


def _table_of(row: Any) -> Any:
    return next((parent for parent in row.iterancestors("table")), None)


def _span(cell: Any, name: str) -> int:
    value = cell.get(name) or ""
    return min(20, max(1, int(value))) if value.isdecimal() and len(value) < 4 else 1


def _letters(text: str) -> list[str]:
    """The characters of a text in whatever order, but for the spaces and bars between cells."""
    return sorted(character for character in text if not character.isspace() and character != "|")


def _with_breaks(node: Any) -> Iterator[str]:
    """The words of an element as they stand, without what is in it for other senses."""
    hidden: Any = None
    for event, part in etree.iterwalk(node, events=("start", "end")):
        if event == "start":
            if hidden is None and (part.tag in SILENT or part.tag in KEPT_APART):
                hidden = part
            if hidden is None:
                yield "\n" if part.tag == "br" else ""
                yield part.text or ""
        else:
            hidden = None if part is hidden else hidden
            if part is not node and hidden is None:
                yield part.tail or ""


# -- text that was read


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


def as_html(document: Document) -> str:
    """Everything but the pictures as one text, where there are no blocks: rows and code as lines."""
    parts = []
    for piece in document.pieces:
        if isinstance(piece, Text):
            parts.append(piece.html)
        elif isinstance(piece, Table):
            lines = [piece.caption, *(" | ".join(row) for row in piece.rows)]
            parts.append(f"<p>{'<br>'.join(escape(line, quote=False) for line in lines if line)}</p>")
        elif isinstance(piece, Code):
            lines = [f"<code>{escape(_indented(line), quote=False)}</code>" for line in piece.code.splitlines() if line]
            parts.append(f"<p>{'<br>'.join(lines)}</p>")
    return "".join(parts)


def _indented(line: str) -> str:
    """Spaces at the begin of a line, which a browser would swallow, as spaces that it shows."""
    text = line.expandtabs(4)
    words = text.lstrip(" ")
    return "\u00a0" * (len(text) - len(words)) + words


# -- plain words


def plain_node(node: Any) -> str:
    """The words of an element on lines; powers and indices in the letters that Unicode has for them."""
    words: list[str] = []
    silent = 0
    for event, part in etree.iterwalk(node, events=("start", "end")):
        tag = part.tag if isinstance(part.tag, str) else ""
        if event == "start":
            silent += tag in SILENT or tag in PLAYED or tag in FIELDS
            if _ends_line(tag) or tag == "br":
                words.append("\n")
            if tag == "img":
                words.append(part.get("alt") or "")
            elif not silent:
                words.append(_raised(part.text or "", tag))
            continue
        silent -= tag in SILENT or tag in PLAYED or tag in FIELDS
        if tag in ("td", "th") and part is not node and part.getnext() is not None:
            words.append(" | ")
        if _ends_line(tag):
            words.append("\n")
        if part is not node and not silent:
            words.append(_raised(part.tail or "", part.getparent().tag))
    lines = (re.sub(r"[ \t]+", " ", line).strip(" \t") for line in "".join(words).splitlines())
    return "\n".join(line for line in lines if line)


def _ends_line(tag: str) -> bool:
    return tag not in CELLS and (tag in BREAKING or WRITTEN_AS.get(tag, tag) in BLOCKS)


def _raised(text: str, tag: str) -> str:
    """10<sup>3</sup> is 10³; 10^(n/2) where there are no such letters."""
    if tag not in ("sup", "sub") or not text.strip():
        return text
    letters = SUPERSCRIPTS if tag == "sup" else SUBSCRIPTS
    bare = text.strip()
    if all(ord(character) in letters for character in bare):
        return bare.translate(letters)
    sign = "^" if tag == "sup" else "_"
    return f"{sign}{bare}" if len(bare) == 1 else f"{sign}({bare})"


def plain(source: str) -> str:
    """The words of a piece of HTML."""
    root = parse(source)
    return "" if root is None else plain_node(root)


def lost_in_plain(source: str) -> list[Problem]:
    """What ``plain`` does not keep."""
    return [*read(source).problems, *(lost_picture(picture) for picture in read(source).pictures)]


def lost_picture(picture: Picture) -> Problem:
    name = picture.src if not picture.src.startswith("data:") else _("in the file itself")
    named = f"{name[:QUOTED]} ({picture.alt})" if picture.alt else name[:QUOTED]
    what = _("The picture %(name)s is not kept.") % {"name": named}
    return at_line(picture.line, what, _("Add it in the editor."), Kind.LOST)
