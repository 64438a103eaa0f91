"""One walk through a tree: running text into rich text, whatever else into pieces of its own, the rest named."""

from collections.abc import Iterator
from html import escape
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from cms.foreign.cleaning import tidy
from cms.foreign.pieces import Code, Picture, Piece, Text
from cms.foreign.tables import read_rows
from cms.foreign.tags import (
    BLOCKS,
    BREAKING,
    FIELDS,
    HEADINGS,
    INLINE,
    KEPT_APART,
    LISTS,
    PLAYED,
    SCHEMES,
    SILENT,
    WRITTEN_AS,
)
from lms.lib.problems import Problem, ProblemKind, at_line

DEEPEST = 40  # open tags in what we write
TOO_DEEP = 200  # open tags in what we read: libxml2 gives up, without a word, at 256
QUOTED = 2000  # characters of a lost text that are named


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
                    what = _("The tags are nested more than %(most)s levels deep.") % {"most": TOO_DEEP}
                    self.note(node, what, _("Remove the tags that are not needed."), ProblemKind.FAULT)
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
            self.lose(node, _("“%(tag)s” is not kept") % {"tag": tag}, _("Add it in the editor, as a separate block."))
        elif tag in FIELDS:
            self.lose(node, _("A form field is not kept"), _("Write the text around it so that it is not needed."))
        elif tag == "table":
            self.table(node)
        elif tag == "pre":
            self.code(node)
        else:
            return False
        return True

    def note(self, node: Any, what: str, remedy: str, kind: ProblemKind = ProblemKind.LOST) -> None:
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
                    self.lose(inner, _("“%(tag)s” is not kept") % {"tag": inner.tag}, _("Add it below, in the editor."))
            elif event == "end" and inner is hidden:
                hidden = None

    def table(self, node: Any) -> None:
        self.flush()
        pieces, problems = read_rows(node)
        self.pieces += pieces
        self.problems += problems
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
