"""The outer shape of a GIFT file: comments, categories, and one block of text per question.

A backslash hides the character after it from the parser. So each escaped character is first swapped for a
stand-in from a private plane of Unicode; from then on every `=`, `~`, `#`, `{`, `}` means what it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

ESCAPED = "\\~=#{}:n"
_PRIVATE = 0xF0000
_ESCAPE = re.compile(r"\\([\\~=#{}:n])")
_NUMBERED_ENTITY = re.compile(r"&#(?=(?:[0-9]{1,7}|[xX][0-9a-fA-F]{1,6});)")
_STAND_INS = {_PRIVATE + ord(character): "\n" if character == "n" else character for character in ESCAPED}
_CATEGORY = re.compile(r"\s*+\$CATEGORY:(.*)")


@dataclass
class Block:
    """The text of one question, from line `line` (counted from 1), with the comments that precede it."""

    line: int = 0
    lines: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    category: str = ""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def hide_escapes(text: str) -> str:
    """The “#” of ``&#39;`` begins no feedback either, escaped or not."""
    text = _NUMBERED_ENTITY.sub(f"&{chr(_PRIVATE + ord('#'))}", text)
    return _ESCAPE.sub(lambda match: chr(_PRIVATE + ord(match[1])), text)


def reveal(text: str) -> str:
    """Put the escaped characters back, without their backslashes."""
    return text.translate(_STAND_INS)


def escape(text: str) -> str:
    """Write text so that the parser takes it literally."""
    escaped = re.sub(r"([\\~=#{}:])", r"\\\1", text)
    return re.sub(r"\r\n?|\n", r"\\n", escaped)


def blocks(text: str) -> Iterator[Block]:
    """Questions are separated by empty lines, except inside the braces of one.

    A block with a category and no lines tells that the file names a category there.
    """
    lines = hide_escapes(text).splitlines()
    closing = _closing(lines)
    block, depth = Block(), 0
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith("//"):
            block.comments.append(line)
        elif depth <= 0 and (category := _CATEGORY.match(line)):
            if block.lines:
                yield block
            block, depth = Block(category=reveal(category[1]).strip()), 0
            yield Block(line=number, category=block.category)
        elif line.strip() or (depth > 0 and closing[number]):
            block.line = block.line or number
            block.lines.append(line)
            depth += line.count("{") - line.count("}")
        elif block.lines:
            yield block
            block, depth = Block(category=block.category), 0
    if block.lines:
        yield block


def _closing(lines: list[str]) -> list[bool]:
    """For each line, and the end: does the next brace from there on close? If it opens, one was forgotten."""
    found = [False]
    for line in reversed(lines):
        opening, closing = line.find("{"), line.find("}")
        if opening < 0 and closing < 0:
            found.append(found[-1])
        else:
            found.append(opening < 0 or 0 <= closing < opening)
    return found[::-1]
