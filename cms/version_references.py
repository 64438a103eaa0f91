"""What the stored versions of pages and rows use: drafts and what learners were shown stand in no row, and Wagtail's
index of references knows rows only. Read from the stored content itself, without a query for each version.
"""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from modelcluster.models import get_all_child_relations
from wagtail import blocks
from wagtail.fields import RichTextField, StreamField
from wagtail.models import DraftStateMixin, Revision
from wagtail.rich_text import extract_references_from_rich_text

VERSIONS_IN_MEMORY = 200  # versions in memory

Reference = tuple[type[Model], str]


@lru_cache(maxsize=1)
def models_with_drafts() -> tuple[type[Model], ...]:
    """Those whose table holds the draft's number: ``Page`` for all pages."""
    return tuple(
        model
        for model in apps.get_models()
        if issubclass(model, DraftStateMixin) and any(f.name == "latest_revision" for f in model._meta.local_fields)
    )


def drafts() -> Q:
    """The newest draft of every page and row that has one, and what is to be published at its hour."""
    found = Q(approved_go_live_at__isnull=False)
    for model in models_with_drafts():
        found |= Q(pk__in=model._default_manager.filter(has_unpublished_changes=True).values("latest_revision"))
    return found


def used_in_versions(rows: QuerySet[Any], versions: Q) -> set[str]:
    """Keys of those of the rows that one of these versions uses."""
    target = rows.model._meta.concrete_model
    wanted = {str(pk) for pk in rows.values_list("pk", flat=True)}
    found: set[str] = set()
    if not wanted:
        return found
    stored = Revision.objects.filter(versions).order_by("pk").values_list("content_type_id", "content")
    for type_id, content in stored.iterator(chunk_size=VERSIONS_IN_MEMORY):
        model = ContentType.objects.get_for_id(type_id).model_class()
        if model is not None:
            found |= {pk for used, pk in references_of(model, content) if used._meta.concrete_model is target} & wanted
    return found


def references_of(model: type[Model], content: dict[str, Any]) -> Iterator[Reference]:
    """Where a version leads, field by field, its children's too. ``content``: as ``Revision.content`` keeps it."""
    for field in model._meta.get_fields():
        value = content.get(field.name)
        if value in (None, "", []) or field.auto_created:
            continue
        if isinstance(field, StreamField):
            yield from in_block(field.stream_block, json.loads(value) if isinstance(value, str) else value)
        elif isinstance(field, RichTextField):
            yield from in_rich_text(str(value))
        elif field.is_relation and isinstance(field.related_model, type):
            for pk in value if isinstance(value, list) else [value]:
                yield field.related_model, str(pk)
    for relation in get_all_child_relations(model):
        for child in content.get(relation.get_accessor_name()) or []:
            yield from references_of(relation.related_model, child)


def in_rich_text(text: str) -> Iterator[Reference]:
    for model, pk, _model_path, _content_path in extract_references_from_rich_text(text):
        yield model, str(pk)


def in_block(block: blocks.Block, value: Any) -> Iterator[Reference]:
    """As the block keeps its value in the database, where ``Block.extract_references`` asks for each row."""
    if value is None:
        return
    if isinstance(block, blocks.BaseStreamBlock):
        for child in value:
            if child["type"] in block.child_blocks:
                yield from in_block(block.child_blocks[child["type"]], child["value"])
    elif isinstance(block, blocks.ListBlock):
        for child in value:
            is_marked = isinstance(child, dict) and child.get("type") == "item" and "value" in child
            yield from in_block(block.child_block, child["value"] if is_marked else child)
    elif isinstance(block, blocks.BaseStructBlock):
        for name, child in block.child_blocks.items():
            yield from in_block(child, value.get(name))
    elif isinstance(block, blocks.ChooserBlock):
        if issubclass(block.model_class, Model):
            yield block.model_class, str(value)
    elif isinstance(block, blocks.RichTextBlock):
        yield from in_rich_text(str(value))
