"""Opaque names for what is shown, so that the form does not betray the key.

Authors write the right option first and call it "a"; items to be put in order are called i1, i2, i3. So
no stored id ever reaches the phone: each thing shown gets a token drawn from the attempt's seed. The way
back goes through the text: what the learner saw beside the token is what they chose. A token from another
attempt is unknown here, and refused rather than read as some other option.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from .base import unknown_choice


class ShownItem(TypedDict):
    token: str
    text: str


def deal(texts: Sequence[str], rng: random.Random, *, shuffle: bool = True) -> list[ShownItem]:
    """One item per text, in an order and with tokens that depend on the seed alone."""
    shown = list(texts)
    if shuffle:
        rng.shuffle(shown)
    numbers = rng.sample(range(16**5), len(shown))
    return [ShownItem(token=f"{number:05x}", text=text) for number, text in zip(numbers, shown, strict=True)]


def id_behind(token: str, items: Sequence[ShownItem], ids_by_text: Mapping[str, str]) -> str:
    """The stored id of the thing shown under `token`. Raises InvalidResponse for a forged token."""
    for item in items:
        if item["token"] == token and item["text"] in ids_by_text:
            return ids_by_text[item["text"]]
    raise unknown_choice()


def check_fields(raw: Mapping[str, Sequence[str]], prefix: str, known: Sequence[str]) -> None:
    """Raises InvalidResponse when a field belongs to another attempt: read as empty, it would erase an answer."""
    if any(name.startswith(prefix) and name not in known for name in raw):
        raise unknown_choice()


def token_for(text: str, items: Sequence[ShownItem]) -> str:
    """The token under which `text` was shown; "" when it was not."""
    return next((item["token"] for item in items if item["text"] == text), "")


def ids_by_text(things: Sequence[Mapping[str, Any]], key: str = "text") -> dict[str, str]:
    """{text: id}; of two things with one text the first counts."""
    return {thing[key]: thing["id"] for thing in reversed(things)}
