"""``/livez``: the process answers. ``/readyz``: it can serve and keep what it is sent. ``/healthz``: the same, as JSON.
``/metrics``: see ``lms.lib.metrics``.

A load balancer asks by the host's address, and the process may be in trouble: they are answered before anything else.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import caches
from django.core.files.storage import FileSystemStorage, storages
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from lms.lib.metrics import metrics
from lms.lib.schema_versions import missing_and_unknown

LEAST_FREE_MB = 50
"""Below it SQLite, PDFs and the queue fail at any moment."""


def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def database() -> str:
    """A read inside a write transaction, which a database that is locked or read-only refuses."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
        cursor.fetchone()
    return "ok"


def migrations() -> str:
    """Old code goes on while a new version is rolled out; it only cannot start again (``lms.lib.schema_versions``)."""
    missing, unknown = missing_and_unknown()
    if missing:
        return f"{len(missing)} not applied"
    return "ok, of a newer version" if unknown else "ok"


def static_files() -> str:
    stored_name = getattr(staticfiles_storage, "stored_name", None)  # tests keep the plain names and collect nothing
    try:
        is_there = stored_name is None or staticfiles_storage.exists(stored_name("css/site.css"))
    except ValueError:  # the manifest does not know the file
        is_there = False
    return "ok" if is_there else "not collected"


def disk() -> str:
    free = shutil.disk_usage(settings.DATA_DIR).free // 1024**2
    return "ok" if free >= LEAST_FREE_MB else f"{free} MB free"


def files() -> str:
    """Certificates and pictures can be written. A bucket that does not answer is told and takes no host out of a proxy:
    every host has the same one, and pages do without pictures.
    """
    told = []
    for storage in (storages["default"], storages["private"]):
        if isinstance(storage, FileSystemStorage):
            folder = Path(storage.location)
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"ok")
        elif (words := getattr(storage, "state", lambda: "ok")()) != "ok":
            told.append(words)
    return f"ok, but {'; '.join(told)}" if told else "ok"


def cache() -> str:
    caches["shared"].set("readyz", "ok", 60)
    return "ok" if caches["shared"].get("readyz") == "ok" else "loses what it is given"


CHECKS: dict[str, Callable[[], str]] = {
    "database": database, "migrations": migrations, "static files": static_files, "disk": disk, "files": files,
    "cache": cache,
}  # fmt: skip


def state() -> dict[str, str]:
    """Each check's name with ``ok`` or, in a few words, what is wrong."""
    found = {}
    for name, check in CHECKS.items():
        try:
            found[name] = check()
        except Exception as error:  # noqa: BLE001  (each cache and storage fails in its own way)
            found[name] = type(error).__name__
    return found


def status_of(found: dict[str, str]) -> int:
    return 200 if all(value.startswith("ok") for value in found.values()) else 503


def readyz(request: HttpRequest) -> HttpResponse:
    found = state()
    lines = "".join(f"{name}: {value}\n" for name, value in found.items())
    return HttpResponse(lines, content_type="text/plain", status=status_of(found))


def healthz(request: HttpRequest) -> JsonResponse:
    found = state()
    return JsonResponse({"web": "ok", **found}, status=status_of(found))


PROBES = {"/livez": livez, "/readyz": readyz, "/healthz": healthz, "/metrics": metrics}


class ProbeMiddleware:
    """Above all others: a probe names no host of ours, has no session and speaks no language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info)
        if probe is None or request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        answer = probe(request)
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer
