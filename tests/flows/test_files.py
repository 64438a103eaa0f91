"""Everything that is no page leaves in a sandbox, whoever serves it: a law over every address and every view."""

import inspect
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from lms.lib.files import SANDBOX
from lms.lib.filetypes import SHOWN
from tests.flows.table import pages

pytestmark = pytest.mark.pages

DATA = ("text/html", "text/plain", "application/json", "text/javascript")
SERVES_FILES = re.compile(r"\b(FileResponse|StreamingHttpResponse|sendfile|SlicedFile|StaticFile)\b")
KNOWN = {
    "lms.lib.media": "serve_file",
    "cms.document_views": "serve_file",
    "certificates.views": "serve_file",
    "assessments.admin_views": "questions to save: attachments, in the sandbox of SecurityHeadersMiddleware",
    "wagtail.admin.views.mixins": "tables to save: the sandbox of SecurityHeadersMiddleware",
    "wagtail.images.views.images": "pictures made anew by Willow: the sandbox of SecurityHeadersMiddleware",
    "rest_framework.views": "names the class only in a message",
}


def test_every_file_of_the_world(world, clients):
    """Asked of every address as everybody who may open it."""
    wrong, files = [], set()
    for role, path in dict.fromkeys(pages(world, "fr")):
        response = clients(role).get(path)
        kind, kept = response.get("Content-Type", ""), response.get("Content-Disposition", "")
        if response.streaming:
            b"".join(response.streaming_content)
        if response.status_code != 200 or (kind.startswith(DATA) and not kept):
            continue
        files.add(path)
        faults = [] if response.get("Content-Security-Policy") == SANDBOX else ["no sandbox"]
        faults += [] if response.get("X-Content-Type-Options") == "nosniff" else ["no nosniff"]
        faults += [] if kept.startswith("attachment") or kind.startswith(SHOWN) else ["shown in the browser"]
        wrong += [f"{path} as {role} ({kind}): {fault}" for fault in faults]
    assert len(files) >= 5
    assert not wrong, "\n".join(wrong)


def views(patterns: list[Any]) -> Iterator[Any]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from views(entry.url_patterns)
        elif isinstance(entry, URLPattern):
            yield inspect.unwrap(entry.callback)


def modules_of(view: Any) -> Iterator[str]:
    """The module of a function, or of each class that a class view is made of."""
    for one in getattr(view, "view_class", view).__mro__ if hasattr(view, "view_class") else [view]:
        yield getattr(one, "__module__", "")


def test_no_view_serves_files_that_we_do_not_know_of():
    """A library that opens a door to files in its next version fails here: add it to KNOWN with what guards it."""
    found = set()
    for name in {name for view in views(get_resolver().url_patterns) for name in modules_of(view)}:
        module = sys.modules.get(name)
        if module is None or name.startswith(("django.", "builtins")):
            continue
        if SERVES_FILES.search(inspect.getsource(module)) or hasattr(module, "serve_file"):
            found.add(name)
    assert found <= KNOWN.keys(), found - KNOWN.keys()
