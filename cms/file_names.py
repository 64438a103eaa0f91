"""Files stored before names were unguessable: given such a name, their renditions with them."""

from collections.abc import Iterator
from typing import Any

from django.core.files import File
from django.db import models
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtailmedia.models import get_media_model

from lms.lib.media import UNGUESSABLE, UnguessableNames


def stored_files() -> Iterator[tuple[type[models.Model], str]]:
    """Each model with a field of files that people upload into the public storage."""
    yield get_image_model(), "file"
    yield get_document_model(), "file"
    yield get_media_model(), "file"
    yield get_media_model(), "thumbnail"


def rename_guessable_files() -> int:
    """Give every file with a name of its own an unguessable one; return how many. Safe to repeat and to interrupt:
    the copy is made, then its row is written, then the old file goes.
    """
    count = 0
    for model, field in stored_files():
        rows = model._default_manager.exclude(**{field: ""}).exclude(**{f"{field}__regex": r"(^|/)[0-9a-f]{24}[.]"})
        for row in rows.iterator():
            count += rename(row, field)
    return count


def rename(row: Any, field: str) -> bool:
    """Store the file of one row under a new name; False when it is fine as it is, or lost."""
    stored = getattr(row, field)
    old, storage = stored.name, stored.storage
    if not isinstance(storage, UnguessableNames) or UNGUESSABLE.match(old.rpartition("/")[2]):
        return False
    try:
        with storage.open(old) as file:
            new = storage.save(storage.generate_filename(old), File(file))
    except OSError:
        return False
    setattr(row, field, new)
    row.save(update_fields=[field])  # tells the pages that show it
    for rendition in row.renditions.all() if hasattr(row, "renditions") else ():
        rendition.file.delete(save=False)
        rendition.delete()
    storage.delete(old)
    return True
