"""The few pages that belong to no app."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse


def robots(request: HttpRequest) -> HttpResponse:
    closed = ["/cms/", "/v/", "/r/", "/*/learn/", "/*/join/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")


def style_guide(request: HttpRequest) -> HttpResponse:
    """Every component of the design system on one page (development only)."""
    return render(request, "styleguide.html", {"home": reverse("wagtail_serve", args=[""])})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)
