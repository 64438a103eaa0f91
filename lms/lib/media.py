"""The public folders of the media storage: renditions, sound, video and their posters, under names nobody guesses.

Originals, documents and private files are never served from here. A remote storage is served through the same view:
a redirect to it would lose the headers that keep a file from running.
"""

import re
import secrets
from os import PathLike

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import Storage, default_storage
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from lms.lib.durable import DurableFiles
from lms.lib.files import FOREVER, serve_file
from lms.lib.filetypes import SHOWN, TYPES, extension_of

PUBLIC_FOLDERS = ("images", "media", "media_thumbnails")
PUBLIC_KINDS = {extension for extension, kinds in TYPES.items() if kinds[0].startswith(SHOWN)}
UNGUESSABLE = re.compile(r"[0-9a-f]{24}(\.|$)")
_PUBLIC = re.compile(rf"({'|'.join(PUBLIC_FOLDERS)})/(?!\.)[\w.\-]{{1,200}}")


def unguessable(name: str) -> str:
    """``images/right-answer.JPG`` -> ``images/0f3c...9a.jpg``; 96 random bits.

    A rendition keeps the name of an original that has such a name already: lists of its sizes compress well.
    """
    folder, separator, base = name.rpartition("/")
    if folder == "images" and UNGUESSABLE.match(base):
        return name
    extension = re.sub(r"[^0-9a-z]", "", extension_of(base))[:8]
    return f"{folder}{separator}{secrets.token_hex(12)}{f'.{extension}' if extension else ''}"


class UnguessableNames(Storage):
    """A storage that forgets what a file was called: the name of a picture told which answer was right."""

    def generate_filename(self, filename: str | PathLike[str]) -> str:
        return super().generate_filename(unguessable(str(filename)))


class MediaStorage(UnguessableNames, DurableFiles):
    """Files on the machine's own disk."""


@require_safe
def serve_public_media(request: HttpRequest, path: str) -> HttpResponseBase:
    """One file of the public folders; anything else, and any name that no file of ours can have, is not there."""
    if not _PUBLIC.fullmatch(path) or len(path.encode()) > 255 or extension_of(path) not in PUBLIC_KINDS:
        raise Http404
    try:
        file = default_storage.open(path)
        size = default_storage.size(path)
    except (OSError, ValueError, SuspiciousFileOperation) as error:
        raise Http404 from error
    return serve_file(request, file, path, size=size, cache=FOREVER)
