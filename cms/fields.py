"""A StreamField that leaves its block definitions out of migrations, so that moving a block writes none.

Price: a data migration sees the raw JSON only, not the block classes (docs/decisions/0004).
"""

from typing import Any

from wagtail.fields import StreamField


class ContentField(StreamField):
    def deconstruct(self) -> Any:
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs
