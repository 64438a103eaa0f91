"""Addresses that changed: e-mails, bookmarks and browsers keep the old ones for years."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.urls import reverse


def moved_to(name: str) -> Callable[..., HttpResponsePermanentRedirect]:
    """A view that sends an old address to the one called ``name``, for good, with its query and what is posted.

    ``rest``, where the old pattern catches it, is what comes below the new address.
    """

    def view(request: HttpRequest, rest: str = "", **kwargs: Any) -> HttpResponsePermanentRedirect:
        query = request.META.get("QUERY_STRING", "")
        address = reverse(name, kwargs=kwargs) + quote(rest) + (f"?{query}" if query else "")
        return HttpResponsePermanentRedirect(address, preserve_request=True)  # 308: a form stays a form

    return view
