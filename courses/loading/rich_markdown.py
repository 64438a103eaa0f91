"""Rich text as the Markdown of course folders: the inverse of ``cms.foreign.rich_from_markdown``.

What Markdown has no sign for stands there as HTML, which it may hold. Whether a text is read again as it was, its
caller finds out by reading it.
"""

import re
from html import unescape
from typing import Any

from lxml import etree

from cms.table_text import split_row

SIGNS = {"strong": "**", "em": "*", "s": "~~"}
TAGS = {"b", "i", "sup", "sub"}
BLOCKS = {"p", "h2", "h3", "ul", "ol", "li", "embed"}
EMBED = re.compile(r"<embed\b[^<>]*+>")


def markdown_of(html: str) -> str:
    """A text of paragraphs, headings, lists, tables and code."""
    return "\n\n".join(filter(None, (_block(element) for element in tree(html)))).replace("\n\n\n", "\n\n")


def markdown_line(html: str) -> str:
    """What one paragraph or item says, on one line."""
    return " ".join(_inline(element) for element in tree(html)).strip(" \n")


def raw_html(html: str) -> str:
    """The text itself, which Markdown takes as it is while no line is empty."""
    return re.sub(r"(?<=>)(?=<(?:p|ul|ol|h2|h3)\b)", "\n", re.sub(r"\n\n++", "\n", plain_tags(html)))


def plain_tags(html: str) -> str:
    """Without what an editor adds."""
    return re.sub(r' data-block-key="[^"]*+"', "", html).replace("<br/>", "<br>")


def list_items(html: str) -> list[str] | None:
    """The items of a text that is one list, each as Markdown of a line; None when it is something else."""
    elements = tree(html)
    if len(elements) != 1 or elements[0].tag != "ul" or any(item.tag != "li" for item in elements[0]):
        return None
    return [_inline(item).strip(" \n") for item in elements[0]]


def table_markdown(rows: list[list[str]]) -> str:
    """Cells hold words; every row has the width of the first."""
    header, *others = [[escaped(cell).replace("|", r"\|") for cell in row] for row in rows]
    lines = [header, ["---"] * len(header), *others]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def code_markdown(code: str) -> str:
    ticks = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, ticks + 1)
    return f"{fence}\n{code}\n{fence}"


def escaped(text: str) -> str:
    """Words that Markdown reads as they are."""
    text = re.sub(r"([\\`*_\[\]<>~])", r"\\\1", text)
    text = re.sub(r"&(?=#?\w+;)", r"\\&", text)
    return re.sub(r"^(\s*)([#+\-=:]|\d+(?=[.)]))", _guarded, text)


def _guarded(match: re.Match[str]) -> str:
    """A sign that would begin a heading, a list or a block at the begin of a line."""
    sign = match[2]
    if sign.isdigit():
        return f"{match[1]}{sign}\\" if len(sign) < 10 else match[0]
    return f"{match[1]}\\{sign}"


def tree(html: str) -> list[Any]:
    """The elements of a text, one after the other."""
    root = etree.fromstring(f"<html><body>{html}</body></html>", etree.HTMLParser(encoding=None, no_network=True))
    body = root.find("body") if root is not None else None
    return [] if body is None else list(body)


def _block(element: Any) -> str:
    tag = element.tag
    if tag == "embed":
        return _embed(element)
    if tag in ("ul", "ol"):
        return _list(element)
    if tag in ("h2", "h3"):
        return f"{'#' * int(tag[1])} {_inline(element).strip()}"
    return _inline(element).strip(" \n")


def _embed(element: Any) -> str:
    if element.get("embedtype") == "table":
        rows = [split_row(line) for line in (element.get("rows") or "").splitlines()]
        width = max(map(len, rows), default=0)
        return table_markdown([row + [""] * (width - len(row)) for row in rows]) if rows else ""
    return code_markdown((element.get("code") or "").rstrip("\n"))


def _list(element: Any) -> str:
    lines = []
    for number, item in enumerate(element, 1):
        sign = f"{number}. " if element.tag == "ol" else "- "
        lines.append(sign + _item(item).replace("\n", "\n" + " " * len(sign)))
    return "\n".join(lines)


def _item(element: Any) -> str:
    nested = [child for child in element if child.tag in ("ul", "ol")]
    inside = _inline(element, without=("ul", "ol")).strip(" \n")
    return "\n".join([inside, *map(_list, nested)])


def _inline(element: Any, without: tuple[str, ...] = ()) -> str:
    parts = [escaped(_one_line(element.text, first=True))]
    for child in element:
        if child.tag not in without:
            parts.append(_sign(child))
        parts.append(_words(_one_line(child.tail), after_break=child.tag == "br"))
    return "".join(parts)


def _words(text: str, *, after_break: bool) -> str:
    return escaped(text.lstrip(" \n")) if after_break else re.sub(r"^x", "", escaped(f"x{text}"))


def _one_line(text: str | None, *, first: bool = False) -> str:
    line = re.sub(r"[ \t\r\n]++", " ", text or "")
    return line.lstrip(" ") if first else line


def _sign(element: Any) -> str:
    tag, inside = element.tag, _inline_of(element)
    if tag == "br":
        return "\\\n"
    if tag == "code":
        words = "".join(element.itertext())
        simple = not len(element) and "`" not in words and words.strip(" ") == words and words
        return f"`{words}`" if simple else f"<code>{inside}</code>"
    if tag == "a":
        href = element.get("href") or ""
        return f"[{inside}](<{href}>)" if re.search(r"[\s()<>]", href) else f"[{inside}]({href})" if href else inside
    if tag in SIGNS:
        return f"{SIGNS[tag]}{inside}{SIGNS[tag]}"
    return f"<{tag}>{inside}</{tag}>" if tag in TAGS else inside


def _inline_of(element: Any) -> str:
    first = re.sub(r"^x", "", escaped("x" + re.sub(r"[ \t\r\n]++", " ", element.text or "")))
    parts = [first]
    for child in element:
        parts += [_sign(child), _words(_one_line(child.tail), after_break=child.tag == "br")]
    return "".join(parts)


def words_of_html(html: str) -> str:
    """Every word, whatever its looks: to see whether a text lost any."""
    return re.sub(r"\s+", "", unescape(re.sub(r"<[^<>]*+>", "", html)))
