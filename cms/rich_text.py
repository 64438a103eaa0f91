"""The editor of formatted text, which trusts what a browser sends less than Wagtail's own."""

from typing import Any

from django.core.exceptions import BadRequest
from wagtail.admin.rich_text.editors.draftail import DraftailRichTextArea


class RichTextArea(DraftailRichTextArea):
    """Text that Wagtail's editor cannot have sent is a bad request, not an error."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        try:
            return super().value_from_datadict(data, files, name)
        except Exception as error:  # the converter checks nothing: each fault of the JSON raises something of its own
            raise BadRequest("damaged rich text") from error
