"""The example of a course folder, and how tests change what is in it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

EXAMPLE = settings.BASE_DIR / "courses" / "example"


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))


def dump(data: Any) -> str:
    """As a person could write it; a lone surrogate by its escape."""
    return yaml.safe_dump(data, allow_unicode=False)


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside: keys and numbers."""
    if place:
        yield place
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*place, key))
