"""What a document shows beside its words, and we do not keep: underlining, colours, comments, tracked changes, the
links of footnotes, text boxes. Each kind is named once, with the words it stood at.
"""

import html
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from lms.lib.problems import Problem, ProblemKind, at_line, quoted

NOTE = re.compile(r"#_?(?:ftn|edn|sdfootnote|sdendnote|ftnt)(?:ref|_ref)?\d+(?:sym|anc)?", re.IGNORECASE)
_COMMENT = re.compile(r"#(?:_msocom_|cmnt(?:_ref)?)\d+", re.IGNORECASE)
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})(?:[0-9a-f]{2})?\b")
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})")
_PLAIN = {"", "auto", "inherit", "initial", "unset", "none", "transparent", "currentcolor", "windowtext", "window",
          "black", "white", "gray", "grey", "darkgray", "darkgrey", "lightgray", "lightgrey", "silver", "whitesmoke",
          "0"}  # fmt: skip
GREY = 32  # of 255 between the strongest and the weakest of red, green and blue
MOST_NAMED, LONGEST_NAMED, MOST_BOXES = 8, 60, 20


def record_lost_formatting(root: Any, source: str) -> list[Problem]:
    """What of the looks of a document is not kept. Comments are taken out of the tree."""
    problems = [_as_problem(KINDS["comment"], comments)] if (comments := list(_take_comments(root))) else []
    found: dict[str, list[tuple[int, str]]] = {}
    for node in root.iter():
        if not isinstance(node.tag, str) or node.tag in ("html", "body"):
            continue
        for kind, shows in SHOWN.items():
            if shows(node) and (words := _words(node)):
                found.setdefault(kind, []).append((node.sourceline or 1, words))
    boxes = [(1, words) for words in _boxes(root, source)]
    problems += [_as_problem(KINDS[kind], places) for kind, places in found.items()]
    return problems + ([_as_problem(KINDS["box"], boxes)] if boxes else [])


def _as_problem(words: Callable[[], tuple[str, str]], places: list[tuple[int, str]]) -> Problem:
    named = list(dict.fromkeys(text for _line, text in places))
    more = " ..." if len(named) > MOST_NAMED else ""
    what, remedy = words()
    names = quoted(named[:MOST_NAMED])
    return at_line(places[0][0], f"{what} {names}{more}", remedy, ProblemKind.LOST)


def _words(node: Any) -> str:
    return " ".join("".join(islice(node.itertext(), 40)).split())[:LONGEST_NAMED]


# -- the kinds


def _style(node: Any) -> dict[str, str]:
    rules = (part.partition(":") for part in (node.get("style") or "").lower().split(";"))
    return {name.strip(): value.strip() for name, _colon, value in rules}


def _is_tracked(node: Any) -> bool:
    by_tag = node.tag in ("ins", "del") and (node.get("cite") is not None or node.get("datetime") is not None)
    return by_tag or (node.get("class") or "").lower() in ("msoins", "msodel")


def _is_underlined(node: Any) -> bool:
    style = _style(node)
    lines = style.get("text-decoration", "") + style.get("text-decoration-line", "") + style.get("text-underline", "")
    shown = node.tag == "u" or (node.tag == "ins" and not _is_tracked(node)) or "underline" in lines
    return shown and "none" not in lines and not _is_link(node)


def _is_coloured(node: Any) -> bool:
    style = _style(node)
    values = [style.get(name, "") for name in ("color", "background", "background-color")]
    values += [node.get("bgcolor") or "", node.get("color") or "" if node.tag == "font" else ""]
    return (node.tag == "mark" or any(map(_is_colour, values))) and not _is_link(node)


def _is_colour(value: str) -> bool:
    """Not black, white or grey, which are the colour of the text around."""
    value = value.strip().lower()
    if value.partition(" ")[0] in _PLAIN or value.startswith(("url(", "var(")):
        return False
    if found := _HEX.search(value):
        digits = found[1] if len(found[1]) == 6 else "".join(sign * 2 for sign in found[1])
        parts = [int(digits[place : place + 2], 16) for place in (0, 2, 4)]
    elif found := _RGB.search(value):
        parts = [int(part) for part in found.groups()]
    else:
        return value.isalpha()
    return max(parts) - min(parts) > GREY


def _is_link(node: Any) -> bool:
    """A link is underlined and coloured everywhere, and stays one."""
    inside = node.tag == "a" or any(True for _node in node.iterancestors("a"))
    return inside or (len(node) == 1 and node[0].tag == "a" and not (node.text or "").strip())


def _is_note(node: Any) -> bool:
    """The sign in the text, which led to the note; not that at the note, which led back."""
    href = node.get("href") or "" if node.tag == "a" else ""
    return NOTE.fullmatch(href) is not None and re.search("ref|anc$", href) is None


SHOWN: dict[str, Callable[[Any], bool]] = {
    "tracked": _is_tracked, "underlined": _is_underlined, "coloured": _is_coloured, "note": _is_note,
}  # fmt: skip
KINDS: dict[str, Callable[[], tuple[str, str]]] = {
    "underlined": lambda: (_("Underlining is not kept:"), _("Put what matters in bold or italics.")),
    "coloured": lambda: (_("Colours are not kept:"), _("Use words or bold to say what the colour says.")),
    "comment": lambda: (
        _("Comments are not kept:"), _("Answer them in the document, or copy them as comments in the editor."),
    ),
    "tracked": lambda: (
        _("Tracked changes are no longer marked as such:"), _("Accept or reject them in the document first."),
    ),
    "note": lambda: (
        _("Footnotes no longer lead to their notes:"), _("The notes are at the end of the text: check them."),
    ),
    "box": lambda: (_("Text boxes are not kept:"), _("Copy their text, one box at a time.")),
}  # fmt: skip
"""What is lost, and what to do."""


# -- comments and boxes


def _take_comments(root: Any) -> Iterator[tuple[int, str]]:
    """The marks in the text and the list of comments behind it, as Word and Google Docs write them."""
    for node in list(root.iter("a", "div", "span")):
        if node.getparent() is None or not _is_comment(node):
            continue
        words, line = _words(node), node.sourceline or 1
        if node.tag == "div" and words:
            yield line, words
        tail, before, parent = node.tail, node.getprevious(), node.getparent()
        if tail and before is not None:
            before.tail = (before.tail or "") + tail
        elif tail:
            parent.text = (parent.text or "") + tail
        parent.remove(node)


def _is_comment(node: Any) -> bool:
    if node.tag == "div":
        return re.search(r"mso-element:\s*+comment\b(?!-)", node.get("style") or "") is not None or _is_google_comment(
            node
        )
    if node.tag == "span":
        return "msocommentreference" in (node.get("class") or "").lower()
    return _COMMENT.fullmatch(node.get("href") or "") is not None


def _is_google_comment(node: Any) -> bool:
    first = next(node.iter("a"), None)
    return first is not None and (first.get("href") or "").startswith("#cmnt_ref") and len(node) < 20


def _boxes(root: Any, source: str) -> Iterator[str]:
    """Words of boxes that Word describes only to itself, inside a comment of HTML."""
    place, number, shown = 0, 0, ""
    while number < MOST_BOXES and (start := source.find("<v:textbox", place)) >= 0:
        end = source.find("</v:textbox>", start)
        if end < 0:
            return
        words = " ".join(html.unescape(re.sub(r"<[^<>]*+>", " ", source[start:end])).split())
        shown = shown or " ".join("".join(root.itertext()).split())
        if words and words not in shown:
            yield words[:LONGEST_NAMED]
        place, number = end, number + 1
