"""Fields of pages and questions that differ from Wagtail's in one point each."""

import html
import re
from typing import Any

from wagtail.blocks import RichTextBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.rich_text import get_text_for_indexing

TEXT_EMBED = re.compile(r"<embed\b[^<>]*+>")
QUOTED = re.compile(r'(?:caption|rows|code)="([^"]*+)"')


class ContentField(StreamField):
    """Leaves its block definitions out of migrations, so that moving a block writes none.

    Price: a data migration sees the raw JSON only, not the block classes (docs/decisions/0004).
    """

    def deconstruct(self) -> Any:
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs


def words_in(source: str) -> str:
    """The words of a rich text for the search index, those in its tables and code included."""
    return get_text_for_indexing(TEXT_EMBED.sub(_words_of_embed, source))


def _words_of_embed(found: re.Match[str]) -> str:
    values = (html.unescape(value).replace("|", " ") for value in QUOTED.findall(found[0]))
    return f"<p>{html.escape(' '.join(values))}</p>"


class ProseField(RichTextField):
    """Rich text whose tables and code are searched too. Migrations know it as Wagtail's own."""

    def get_searchable_content(self, value: Any) -> list[str]:
        return [words_in(value or "")]

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "wagtail.fields.RichTextField", args, kwargs


class ProseBlock(RichTextBlock):
    """The same in the body of a page."""

    def get_searchable_content(self, value: Any) -> list[str]:
        return [words_in(value.source or "")] if self.search_index else []
