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
HEADERS = [("Cache-Control", "public, max-age=31536000, immutable"), ("X-Content-Type-Options", "nosniff")]


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
