"""Tables and exact text (code) inside rich text: what the editor is told of them, and what a reader gets.

A *text embed* stands between two paragraphs. It is stored as an empty element (``cms.table_text``); in the editor it is
a box in which the rows or the lines are typed (``lms/static/js/editor.js``). No model imports this module: Wagtail's
editor needs all models to be there already.
"""

from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from draftjs_exporter.dom import DOM
from wagtail.admin.rich_text.converters.contentstate_models import Entity
from wagtail.admin.rich_text.converters.html_to_contentstate import AtomicBlockEntityElementHandler
from wagtail.admin.rich_text.editors.draftail.features import EntityFeature, PluginFeature
from wagtail.rich_text import EmbedHandler
from wagtail.rich_text.feature_registry import FeatureRegistry

from cms.table_text import CODE, TABLE, TEXT_EMBEDS, table_rows, with_bars

SCRIPT, STYLE = "js/editor.js", "css/editor.css"
FIELDS: dict[str, tuple[str, ...]] = {TABLE: ("caption", "rows"), CODE: ("code",)}
ENTITIES = {TABLE: "TABLE", CODE: "PREFORMATTED"}


class TableEmbed(EmbedHandler):
    identifier = TABLE

    @classmethod
    def expand_db_attributes(cls, attrs: dict[str, str]) -> str:
        """The same as the block of a lesson; named by its own words, since a question is kept without a language."""
        rows = table_rows(attrs.get("rows", ""))
        name = attrs.get("caption") or ", ".join(cell["text"] for cell in rows["header"] if cell["text"])
        value = {"caption": attrs.get("caption", ""), "rows": attrs.get("rows", "")}
        return render_to_string("cms/blocks/table.html", {"value": value, "name": name}).strip()


class CodeEmbed(EmbedHandler):
    identifier = CODE

    @classmethod
    def expand_db_attributes(cls, attrs: dict[str, str]) -> str:
        return render_to_string("cms/blocks/code.html", {"value": attrs}).strip()


class TextEmbedHandler(AtomicBlockEntityElementHandler):
    """From what is stored to what the editor knows."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def create_entity(self, name: str, attrs: dict[str, str], state: Any, contentstate: Any) -> Entity:
        return Entity(ENTITIES[self.kind], "IMMUTABLE", {field: attrs.get(field) or "" for field in FIELDS[self.kind]})


def to_embed(kind: str) -> Any:
    """From what the editor sends to what is stored; an empty one is nothing."""

    def write(props: dict[str, Any]) -> Any:
        told = {field: props.get(field) for field in FIELDS[kind]}
        texts = {field: value if isinstance(value, str) else "" for field, value in told.items()}
        texts = {field: text.replace("\r\n", "\n").replace("\x00", "") for field, text in texts.items()}
        if not texts[FIELDS[kind][-1]].strip():
            return None
        if "rows" in texts:
            texts["rows"] = with_bars(texts["rows"])
        return DOM.create_element("embed", {"embedtype": kind, **texts})

    return write


def register_text_embeds(features: FeatureRegistry) -> None:
    words = {TABLE: _("Table"), CODE: _("Code or exact text")}
    icons = {TABLE: "table", CODE: "code"}
    labels = {
        TABLE: {
            "rows": _("One row per line, cells separated by |. The first row is the header."),
            "caption": _("caption"),
        },
        CODE: {"code": _("text shown exactly as typed")},
    }
    for feature, kind, handler in zip(TEXT_EMBEDS, (TABLE, CODE), (TableEmbed, CodeEmbed), strict=True):
        options = {
            "type": ENTITIES[kind],
            "icon": icons[kind],
            "description": words[kind],
            "attributes": list(FIELDS[kind]),
            "labels": labels[kind],
            "remove": _("Delete"),
        }
        features.register_editor_plugin("draftail", feature, EntityFeature(options, js=[SCRIPT], css={"all": [STYLE]}))
        features.register_converter_rule(
            "contentstate",
            feature,
            {
                "from_database_format": {f'embed[embedtype="{kind}"]': TextEmbedHandler(kind)},
                "to_database_format": {"entity_decorators": {ENTITIES[kind]: to_embed(kind)}},
            },
        )
        features.register_embed_type(handler)
    features.register_editor_plugin(
        "draftail", "paste", PluginFeature({"type": "paste"}, js=[SCRIPT], css={"all": [STYLE]})
    )
