"""Media of a course as files of a folder: each content once, under a name that another load and export gives again."""

import hashlib
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils.text import slugify
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtailmedia.models import get_media_model

PLACE = "media"


class MediaFiles:
    """Copies what is asked for below ``root``; ``missing`` names the files that cannot be read."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.names: dict[str, str] = {}  # by digest
        self.missing: list[str] = []

    def image(self, pk: Any) -> str:
        return self.copy(get_image_model().objects.filter(pk=pk).first())

    def document(self, pk: Any) -> str:
        return self.copy(get_document_model().objects.filter(pk=pk).first())

    def played(self, pk: Any) -> tuple[str, str]:
        media = get_media_model().objects.filter(pk=pk).first()
        return self.copy(media), media.title if media else ""

    def copy(self, row: Any) -> str:
        """The name of the file from the folder; empty when there is none."""
        if row is None:
            return ""
        try:
            with row.file.open("rb") as opened:
                content = opened.read()
        except OSError:
            self.missing.append(row.title)
            return ""
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self.names:
            self.names[digest] = self.free_name(row.title, row.file.name)
            path = self.root / self.names[digest]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return self.names[digest]

    def free_name(self, title: str, stored: str) -> str:
        """Made from the title, for the store calls files by names that say nothing."""
        stem, suffix = slugify(title)[:60].strip("-") or "file", PurePosixPath(stored).suffix.lower()
        taken, number, tried = set(self.names.values()), 1, f"{PLACE}/{stem}{suffix}"
        while tried in taken:
            number += 1
            tried = f"{PLACE}/{stem}-{number}{suffix}"
        return tried
