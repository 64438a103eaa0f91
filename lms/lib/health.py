"""``/livez``: the process answers. ``/readyz``: the database can be written. ``/healthz``: both, for people."""

from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse


def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def database_state() -> str:
    """'ok', or the class name of what the database answered to a read inside a write transaction."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            cursor.fetchone()
    except DatabaseError as error:
        return type(error).__name__
    return "ok"


def readyz(request: HttpRequest) -> HttpResponse:
    state = database_state()
    return HttpResponse(f"{state}\n", content_type="text/plain", status=200 if state == "ok" else 503)


def healthz(request: HttpRequest) -> JsonResponse:
    state = database_state()
    return JsonResponse({"web": "ok", "database": state}, status=200 if state == "ok" else 503)
