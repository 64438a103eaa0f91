"""Text of a stranger's file, and how it is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rich:
    """Text and how it is written: `moodle` (plain, perhaps with tags), `html`, `markdown` or `plain`.

    It comes from a stranger's file: clean it before it is shown.
    """

    text: str
    format: str = "moodle"

    def __bool__(self) -> bool:
        return bool(self.text)


NOTHING = Rich("")
