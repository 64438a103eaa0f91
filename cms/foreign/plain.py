"""The words of a piece of HTML as plain text."""

import re
from typing import Any

from lxml import etree

from cms.foreign.tags import BLOCKS, BREAKING, CELLS, FIELDS, PLAYED, SILENT, WRITTEN_AS
from cms.foreign.tree import parse

SUPERSCRIPTS = str.maketrans("0123456789+-−=()niabcdefghjklmoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ")
SUBSCRIPTS = str.maketrans("0123456789+-−=()aeioruvxhklmnpst", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑᵢₒᵣᵤᵥₓₕₖₗₘₙₚₛₜ")


def scripts_without_letters(root: Any) -> list[str]:
    """The powers and indices for which Unicode has no letters: plain text shows them as ``^(n/2)``."""
    words = (("".join(node.itertext()).strip(), node.tag) for node in root.iter("sup", "sub"))
    return [text for text, tag in words if text and _raised(text, tag).startswith(("^", "_"))]


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


def plain_text(source: str) -> str:
    """The words of a piece of HTML."""
    root = parse(source)
    return "" if root is None else plain_node(root)
