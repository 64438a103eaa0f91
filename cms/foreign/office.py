"""HTML as Word, LibreOffice and Google Docs write it, in the elements that everybody else uses for the same.

Lists are paragraphs in Word, and bold, raised or exact text is a style in Google Docs. Only elements change their
names here; nothing is taken away but the signs that Word types before the items of a list, which a list shows itself.
"""

import re
from typing import Any

from lxml import etree

from cms.foreign.lost_formatting import NOTE

_LEVEL = re.compile(r"mso-list:\s*+\S{1,40}+\s++level(\d)", re.IGNORECASE)
_NUMBERED = re.compile(r"[(\[]?\s*(?:\d{1,4}|[a-zA-Z]|[ivxlcIVXLC]{1,6})\s*[.)\]]")
_MONO = re.compile(r"courier|consolas|monospace|menlo|monaco|lucida console|cascadia|source code", re.IGNORECASE)
_MARKED = {"sup", "sub", "b", "strong", "i", "em", "s", "code"}
STYLED = {"span", "font"}


def tidy_tree(root: Any) -> None:
    """Rewrite the tree in place."""
    for node in list(root.iter("span", "font", "b", "strong", "i", "em", "a", "p", "div", "h1", "h2", "h3")):
        style = node.get("style") or ""
        if node.tag in ("b", "strong") and re.search(r"font-weight:\s*+(?:normal|400)", style, re.IGNORECASE):
            node.tag = "span"  # Google Docs wraps all that is copied in one
        elif node.tag in ("i", "em") and re.search(r"font-style:\s*+normal", style, re.IGNORECASE):
            node.tag = "span"
        elif node.tag in STYLED:
            _mark(node, style)
        elif node.tag == "a" and NOTE.fullmatch(node.get("href") or ""):
            _raise(node)
    _make_lists(root)


def _mark(node: Any, style: str) -> None:
    """An element for each style that we keep: the node becomes the first, and holds the others."""
    marks = _marks_of(style.lower(), node.get("face") or "")
    above = {parent.tag for parent in node.iterancestors(*_MARKED)}
    marks = [mark for mark in marks if mark not in above]
    if not marks or not _words_in(node):
        return
    node.tag, *inner = marks
    for mark in inner:
        holder = etree.Element(mark)
        holder.text, node.text = node.text, None
        holder.extend(list(node))
        node.append(holder)
        node = holder


def _words_in(node: Any) -> bool:
    return bool("".join(node.itertext()).strip())


def _marks_of(style: str, typeface: str) -> list[str]:
    rules = dict(part.split(":", 1) for part in style.split(";") if ":" in part)
    styles = {name.strip(): value.strip() for name, value in rules.items()}
    marks = {
        "b": styles.get("font-weight", "") in ("bold", "bolder", "600", "700", "800", "900"),
        "i": styles.get("font-style", "") in ("italic", "oblique"),
        "s": "line-through" in styles.get("text-decoration", "") + styles.get("text-decoration-line", ""),
        "sup": styles.get("vertical-align", "") == "super",
        "sub": styles.get("vertical-align", "") == "sub",
        "code": _MONO.search(styles.get("font-family", "") + typeface) is not None,
    }
    return [mark for mark, holds in marks.items() if holds]


def _raise(node: Any) -> None:
    """The sign of a footnote: a raised number, that leads nowhere here; the note itself stands at the end."""
    del node.attrib["href"]
    is_raised = any(parent.tag == "sup" for parent in node.iterancestors("sup")) or node.find(".//sup") is not None
    node.tag = "span" if is_raised or _opens_note(node) else "sup"


def _opens_note(node: Any) -> bool:
    """At the note itself the number stands at the begin of a paragraph."""
    return any(
        "footnote" in (parent.get("class") or "").lower() and parent.tag == "p" for parent in node.iterancestors()
    )


# -- lists


def _make_lists(root: Any) -> None:
    for holder in {id(node.getparent()): node.getparent() for node in root.iter("p", "h1", "h2", "h3", "div")}.values():
        if holder is None or not any(_level(child) for child in holder):
            continue
        open_lists: list[Any] = []
        for child in list(holder):
            level = _level(child)
            if not level:
                open_lists = []
                continue
            if open_lists and (open_lists[0].tail or "").strip():
                open_lists = []  # words stand between two items
            _put(holder, child, level, open_lists)


def _put(holder: Any, item: Any, level: int, open_lists: list[Any]) -> None:
    """Move one paragraph into the list of its level, which is opened where there is none."""
    kind = "ol" if _NUMBERED.match(_sign(item)) else "ul"
    del open_lists[level:]
    if len(open_lists) == level and open_lists[-1].tag != kind and level == 1:
        open_lists.clear()
    tail, item.tail = item.tail, None
    while len(open_lists) < level:
        new = etree.Element(kind)
        if not open_lists:
            item.addprevious(new)
        else:
            parent = open_lists[-1]
            if not len(parent):
                etree.SubElement(parent, "li")
            parent[-1].append(new)
        open_lists.append(new)
    item.tag = "li"
    open_lists[level - 1].append(item)
    if tail and tail.strip():
        open_lists[0].tail = (open_lists[0].tail or "") + tail


def _level(node: Any) -> int:
    """1 for an item of a list, 2 for one inside of it ...; 0 for what is none."""
    if node.tag not in ("p", "h1", "h2", "h3", "div"):
        return 0
    found = _LEVEL.search(node.get("style") or "")
    return min(9, max(1, int(found[1]))) if found else 0


def _sign(item: Any) -> str:
    """The bullet or number that Word has typed, taken out."""
    for span in item.iter("span", "font", *_MARKED):
        if re.search(r"mso-list:\s*+ignore", span.get("style") or "", re.IGNORECASE):
            words = "".join(span.itertext())
            tail = span.tail or ""
            parent, before = span.getparent(), span.getprevious()
            if before is not None:
                before.tail = (before.tail or "") + tail
            else:
                parent.text = (parent.text or "") + tail
            parent.remove(span)
            return words.strip()
    return ""
