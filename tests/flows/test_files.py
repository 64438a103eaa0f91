"""Everything that is no page leaves in a sandbox, whoever serves it: a law over every address and every view."""

import inspect
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from lms.lib.files import SANDBOX
from lms.lib.filetypes import SHOWN

pytestmark = pytest.mark.pages

DATA = ("text/html", "text/plain", "application/json", "text/javascript")
SERVES_FILES = re.compile(r"\b(FileResponse|StreamingHttpResponse|sendfile|SlicedFile|StaticFile)\b")
KNOWN = {
    "lms.lib.media": "serve_file",
    "cms.document_views": "serve_file",
    "certificates.views": "serve_file",
    "lms.accounts.export_views": "serve_file",
    "assessments.admin_export": "a course to save: an attachment, in the sandbox of SecurityHeadersMiddleware",
    "assessments.admin_views": "questions to save: attachments, in the sandbox of SecurityHeadersMiddleware",
    "wagtail.admin.views.mixins": "tables to save: the sandbox of SecurityHeadersMiddleware",
    "wagtail.images.views.images": "pictures made anew by Willow: the sandbox of SecurityHeadersMiddleware",
    "rest_framework.views": "names the class only in a message",
}


def is_file(response: Any) -> bool:
    return not response.get("Content-Type", "").startswith(DATA) or bool(response.get("Content-Disposition"))


def faults_of_file(response: Any) -> list[str]:
    """Of whatever is no page. ``test_matrix`` asks every address as everybody who may open it, and asks here."""
    if not is_file(response):
        return []
    kind, kept = response.get("Content-Type", ""), response.get("Content-Disposition", "")
    faults = [] if response.get("Content-Security-Policy") == SANDBOX else ["no sandbox"]
    faults += [] if response.get("X-Content-Type-Options") == "nosniff" else ["no nosniff"]
    return faults + ([] if kept.startswith("attachment") or kind.startswith(SHOWN) else ["shown in the browser"])


def test_a_file_without_its_sandbox_is_seen():
    assert faults_of_file(HttpResponse("x")) == []
    assert faults_of_file(HttpResponse(b"%PDF", "application/pdf")) == [
        "no sandbox",
        "no nosniff",
        "shown in the browser",
    ]
    kept = {
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "attachment",
    }
    assert faults_of_file(HttpResponse("a;b", "text/csv", headers=kept)) == []


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
