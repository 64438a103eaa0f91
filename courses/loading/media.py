"""Pictures, recordings and files of a course folder, each stored once whatever the number of loads."""

import hashlib
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection
from wagtailmedia.models import get_media_model

from lms.lib.seams.files import measure_document, measure_image

_stored: ContextVar[list[Any] | None] = ContextVar("stored", default=None)


@contextmanager
def forget_files() -> Iterator[None]:
    """Files that are stored inside are removed again when it ends with an exception: their rows are rolled back."""
    stored: list[Any] = []
    token = _stored.set(stored)
    try:
        yield
    except BaseException:
        for file in stored:
            file.storage.delete(file.name)
        raise
    finally:
        _stored.reset(token)


def remember(file: Any) -> None:
    stored = _stored.get()
    if stored is not None:
        stored.append(file)


def collection_of(code: str) -> Collection:
    """The collection of a course's media, called after its code; removing the course empties it."""
    root = Collection.get_first_root_node()
    found = root.get_children().filter(name__in=[code, f"course: {code}"]).order_by("path").first()
    if found is None:
        return root.add_child(instance=Collection(name=code))
    if found.name != code:  # as it was called before: in English, whatever the reader's language
        found.name = code
        found.save(update_fields=["name"])
    return found


def store_image(collection: Collection, name: str, file: "File[Any]", description: str = "") -> Any:
    """The picture in the library, once for each collection."""
    model = get_image_model()
    content = file.read()
    digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()  # as Wagtail computes the hash of its files
    found = model.objects.filter(file_hash=digest, collection=collection).first()
    if found is not None:
        return found
    image = model(title=Path(name).stem[:255], description=description[:255], collection=collection)
    image.file.save(name, ContentFile(content), save=False)
    remember(image.file)
    measure_image(image)
    image.save()
    return image


class MediaStore:
    """Stores files of ``folder`` in one collection."""

    def __init__(self, folder: Path, code: str) -> None:
        """``code`` is that of the course, or of the bank."""
        self.folder = folder
        self.collection = collection_of(code)

    def image(self, name: str, description: str = "") -> Any:
        path = self.folder / name
        with path.open("rb") as file:
            return store_image(self.collection, path.name, File(file), description)

    def document(self, name: str, title: str) -> Any:
        path = self.folder / name
        model = get_document_model()
        found = model.objects.filter(file_hash=sha1(path), collection=self.collection).first()
        if found is not None:
            return found
        document = model(title=title[:255], collection=self.collection)
        with path.open("rb") as file:
            document.file.save(path.name, File(file), save=False)
        remember(document.file)
        measure_document(document)
        document.save()
        return document

    def played(self, kind: str, name: str, title: str) -> Any:
        """A recording ("audio") or a film ("video")."""
        path = self.folder / name
        model = get_media_model()
        content = path.read_bytes()
        for media in model.objects.filter(title=title[:255], collection=self.collection, type=kind):
            with media.file.open("rb") as file:
                if file.read() == content:
                    return media
        media = model(title=title[:255], type=kind, duration=ogg_seconds(content), collection=self.collection)
        with path.open("rb") as file:
            media.file.save(path.name, File(file), save=False)
        remember(media.file)
        media.save()
        return media


def sha1(path: Path) -> str:
    """As Wagtail computes the hash of its files."""
    return hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest()


def ogg_seconds(content: bytes) -> float:
    """Length of an Ogg Opus or Vorbis recording from its last page (RFC 3533, RFC 7845); 0 for anything else."""
    try:
        return min(max(_ogg_seconds(content), 0), 86_400)
    except (struct.error, ZeroDivisionError):  # cut off, or made up
        return 0


def _ogg_seconds(content: bytes) -> float:
    last = content.rfind(b"OggS")
    if last < 0 or not content.startswith(b"OggS"):
        return 0
    samples = struct.unpack_from("<q", content, last + 6)[0]
    opus = content.find(b"OpusHead", 0, 200)
    if opus > 0:
        return max(0.0, (samples - struct.unpack_from("<H", content, opus + 10)[0]) / 48000)
    vorbis = content.find(b"\x01vorbis", 0, 200)
    return float(samples / struct.unpack_from("<I", content, vorbis + 12)[0]) if vorbis > 0 else 0
