"""Files of people leave the site here and nowhere else: typed by their content, in a sandbox, in ranges.

A file that somebody uploaded may be anything. Whatever it is, a browser neither runs it nor guesses at it: its type
comes from a fixed table (``filetypes``), its policy forbids everything, and what is no picture, sound or video is
saved.
"""

import hashlib
import re
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.utils.text import get_valid_filename
from whitenoise.responders import SlicedFile

from lms.lib.comparison import without_invisible
from lms.lib.filetypes import SHOWN, UNKNOWN, extension_of, type_of
from lms.lib.headers import SANDBOX

FOREVER = "public, max-age=31536000, immutable"
PRIVATE = "private, no-cache"  # kept, but asked for again each time: rights end

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


def serve_file(
    request: HttpRequest, file: Any, name: str, *, size: int, cache: str, download_as: str = ""
) -> HttpResponseBase:
    """``file`` of ``size`` bytes, stored as ``name``; the answer closes it.

    Names are unguessable and their content never changes, so the name is the entity tag. ``download_as``: what the
    reader's copy is called, for what is not shown in a page.
    """
    kind = type_of(name, file)
    etag = quote_etag(hashlib.sha256(f"{name}:{size}".encode()).hexdigest()[:24])
    conditional = get_conditional_response(request, etag=etag)
    if conditional is not None:
        file.close()
        return with_policy(conditional, kind, cache, name, download_as)
    start, stop = wanted_part(request, size, etag)
    if start is None:
        file.close()
        refused = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        return with_policy(refused, kind, cache, name, download_as)
    is_part = (start, stop) != (0, size)
    file.seek(0)
    response = FileResponse(SlicedFile(file, start, stop - 1) if is_part else file, content_type=kind)
    if is_part:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    response.headers["Content-Length"] = str(stop - start)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = etag
    return with_policy(response, kind, cache, name, download_as)


def wanted_part(request: HttpRequest, size: int, etag: str) -> tuple[int | None, int]:
    """First byte and the one after the last that the reader asks for; ``None`` when there are none such.

    One range is answered; several, or a damaged one, get the whole file (RFC 9110, 14.2).
    """
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    if request.method != "GET" or not match or match[0] == "bytes=-":
        return 0, size
    if request.headers.get("If-Range", etag) != etag:
        return 0, size
    if not match[1]:
        length = min(int(match[2]), size)
        return (size - length, size) if length else (None, 0)
    start = int(match[1])
    stop = min(int(match[2]) + 1, size) if match[2] else size
    if match[2] and int(match[2]) < start:
        return 0, size
    return (start, stop) if start < size else (None, 0)


def with_policy(response: HttpResponseBase, kind: str, cache: str, name: str, download_as: str) -> HttpResponseBase:
    """The headers that every file carries."""
    response.headers["Content-Type"] = kind
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = cache
    if not kind.startswith(SHOWN):
        response.headers["Content-Disposition"] = attachment(download_as or name.rpartition("/")[2], kind)
    return response


def attachment(name: str, kind: str = "") -> str:
    """A ``Content-Disposition`` that saves; a file of no known kind loses the extension that a desktop would obey."""
    clean = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029/\\\ud800-\udfff]", "_", without_invisible(name)) or "file"
    if kind == UNKNOWN:
        clean = get_valid_filename(clean.rpartition(".")[0] or "file") + ".bin"
    return content_disposition_header(as_attachment=True, filename=clean) or "attachment"


def download_name(title: str, stored: str) -> str:
    """What a reader's copy is called: its title, with the extension of the stored file, which says its kind."""
    shown = without_invisible(title)  # a mark of direction would turn the extension around
    stem = (
        re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029<>:\"/\\|?*\ud800-\udfff]+", " ", shown).strip(" .")[:100] or "document"
    )
    kind = extension_of(stored)
    return stem if stem.lower().endswith(f".{kind}") else f"{stem}.{kind}"
