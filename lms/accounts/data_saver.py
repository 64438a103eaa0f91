"""Whether pictures wait until this reader taps them: as they chose, else as their browser asks (``Save-Data: on``)."""

from django.http import HttpRequest

from lms.accounts.enums import DataSaver

HEADER = "Save-Data"


def saves_data(request: HttpRequest) -> bool:
    chosen = getattr(getattr(request, "user", None), "data_saver", "")
    return chosen == DataSaver.ON if chosen else asks_to_save(request)


def asks_to_save(request: HttpRequest) -> bool:
    return request.headers.get(HEADER, "").strip() in {"on", "On", "ON"}
