"""Media of a course as files of a folder: each content once, under a name that another load and export gives again."""

import hashlib
import re
from pathlib import Path, PurePosixPath
from typing import Any

from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtailmedia.models import get_media_model

PLACE = "media"
ADDED = re.compile(r"_[A-Za-z0-9]{7}$")  # by a storage, to a name that was taken


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
            self.names[digest] = self.free_name(row.file.name)
            path = self.root / self.names[digest]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return self.names[digest]

    def free_name(self, stored: str) -> str:
        name = PurePosixPath(stored)
        stem = re.sub(r"[^A-Za-z0-9_-]", "-", name.stem)[:60]
        while ADDED.search(stem) and ADDED.sub("", stem):
            stem = ADDED.sub("", stem)
        taken, number, tried = {known.lower() for known in self.names.values()}, 1, f"{PLACE}/{stem}{name.suffix}"
        while tried.lower() in taken:
            number += 1
            tried = f"{PLACE}/{stem}-{number}{name.suffix}"
        return tried
