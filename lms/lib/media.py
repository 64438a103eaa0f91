"""Public renditions and course audio: immutable, in ranges, and nothing else of the media folder."""

import re
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from whitenoise.responders import StaticFile

PUBLIC_FOLDERS = ("images/", "media/")
MAX_NAME_BYTES = 200  # file systems take 255, and a few signs are added to a name that is taken
HEADERS = [("Cache-Control", "public, max-age=31536000, immutable"), ("X-Content-Type-Options", "nosniff")]


class MediaStorage(FileSystemStorage):
    """Django counts the letters of a name, file systems its bytes: 150 accented letters are too long for them."""

    def get_valid_name(self, name: str) -> str:
        stem, suffix = Path(super().get_valid_name(name)).stem, Path(name).suffix
        return stem.encode()[: MAX_NAME_BYTES - len(suffix.encode())].decode(errors="ignore") + suffix


def serve_public_media(request: HttpRequest, path: str) -> HttpResponseBase:
    """One file of the public folders. Originals, documents and private files are never served from here."""
    if not path.startswith(PUBLIC_FOLDERS) or re.search(r"(^|/)\.", path):
        raise Http404
    if not isinstance(default_storage, FileSystemStorage):
        return HttpResponseRedirect(default_storage.url(path))
    root = Path(settings.MEDIA_ROOT).resolve()
    target = (root / path).resolve()
    if not target.is_relative_to(root) or not target.is_file():
        raise Http404
    found = StaticFile(str(target), list(HEADERS)).get_response(request.method or "GET", request.META)
    body = found.file if found.file is not None else []
    response: HttpResponseBase = StreamingHttpResponse(body) if body else HttpResponse()
    response.status_code = found.status
    for name, value in found.headers:
        response.headers[name] = value
    return response
