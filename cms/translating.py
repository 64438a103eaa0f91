"""What was copied to be translated, and still stands in the words of the other language."""

import re
from collections.abc import Iterable
from html import unescape
from typing import Any

from django.db.models import Model
from wagtail.fields import RichTextField, StreamField
from wagtail.models import DraftStateMixin, TranslatableMixin

TAG = re.compile(r"<[^<>]++>")
WORD = re.compile(r"[^\W\d_]{3,}")
MIN_WORDS = 4
"""A text with fewer words may well be the same in two languages: “2 + 2 = ?”."""


def untranslated_fields(row: Any, others: Iterable[Any] | None = None) -> list[str]:
    """Names of the texts that are word for word those of another language. None of what was published already: whoever
    publishes again has decided that once. ``others``: the row in other languages, where they are read already.
    """
    if not isinstance(row, TranslatableMixin) or not isinstance(row, DraftStateMixin) or row.first_published_at:
        return []
    names = [field.name for field in row._meta.get_fields() if isinstance(field, RichTextField | StreamField)]
    own = {name: text_of(row, name) for name in names}
    own = {name: text for name, text in own.items() if len(WORD.findall(text)) >= MIN_WORDS}
    if not own:
        return []
    others = list(versions(type(row), row) if others is None else others)
    return [name for name, text in own.items() if any(text_of(other, name) == text for other in others)]


def versions(model: type[Model], row: Any) -> Any:
    """The same row in other languages."""
    rows: Any = model._default_manager
    return rows.filter(translation_key=row.translation_key).exclude(locale_id=row.locale_id)


def text_of(row: Any, name: str) -> str:
    """The words of a field, without what marks them up, and without the ids of blocks."""
    value = getattr(row, name)
    pieces = words_of(value.get_prep_value()) if hasattr(value, "get_prep_value") else [value or ""]
    text = unescape(TAG.sub(" ", " ".join(pieces)))
    return " ".join(text.split())


def words_of(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for name, part in value.items() if name not in {"id", "type"} for text in words_of(part)]
    return [text for part in value for text in words_of(part)] if isinstance(value, list) else []
