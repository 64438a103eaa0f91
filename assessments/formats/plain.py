"""Plain words out of marked-up ones, for what we store as plain text: options, answers, feedback."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from .neutral import Rich

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
_BREAKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "pre"})
_SILENT = frozenset({"script", "style"})


def plain(rich: Rich) -> str:
    """The words of a text, without tags. Markdown is left as it is: it reads well enough."""
    if rich.format in ("html", "moodle") and (rich.format == "html" or _TAG.search(rich.text)):
        reader = _Reader()
        reader.feed(rich.text)
        reader.close()
        return _tidy("".join(reader.words))
    return rich.text.strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in _SILENT
        if tag in _BREAKS:
            self.words.append("\n")
        if tag == "img":
            self.words.append(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent = max(0, self.silent - (tag in _SILENT))
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


def _tidy(text: str) -> str:
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)
