"""The editor of formatted text, which trusts what a browser sends less than Wagtail's own."""

import re
from typing import Any

from django.core.exceptions import BadRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.rich_text.editors.draftail import DraftailRichTextArea
from wagtail.rich_text import features as feature_registry

from cms.table_text import close_breaks
from lms.lib.comparison import storable

FAILED = _(
    "The pasted text could not be read: only the plain text was kept. Check the connection,"
    " undo (Ctrl+Z) and paste again."
)
KEYS = re.compile(r'<(?:a|embed)\b[^<>]*? id="([^"<>]*+)"')
KEY = re.compile("[0-9]{1,10}")
WHAT_WAS_LOST = _("What was lost")


class RichTextArea(DraftailRichTextArea):
    """Text that Wagtail's editor cannot have sent is a bad request, not an error. What is pasted is read by us."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        features = kwargs.get("features") or feature_registry.get_default_features()
        super().__init__(*args, **{**kwargs, "features": [*features, "paste"]})
        for plugin in self.options.get("plugins", []):
            if plugin["type"] == "paste":
                place = self.options["plugins"].index(plugin)
                told = {
                    "features": list(features),
                    "address": reverse_lazy("read_pasted"),
                    "failed": FAILED,
                    "heading": WHAT_WAS_LOST,
                }
                self.options["plugins"][place] = {**plugin, **told}

    def format_value(self, value: Any) -> Any:
        """Wagtail's converter takes only breaks that are closed; ours, and those of a database, may be open."""
        return super().format_value(close_breaks(value) if isinstance(value, str) else value)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        try:
            text = super().value_from_datadict(data, files, name)
        except Exception as error:  # the converter checks nothing: each fault of the JSON raises something of its own
            raise BadRequest("damaged rich text") from error
        if not isinstance(text, str):
            return text
        if any(not KEY.fullmatch(key) for key in KEYS.findall(text)):
            raise BadRequest("a link to no row in rich text")
        return storable(text)  # an emoji that was cut in half, a control character that was pasted
