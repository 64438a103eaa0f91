"""The site's own addresses, and ``/hello``: what the server and Django's middleware cost by themselves."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from lms import urls


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse("Hello, world\n", content_type="text/plain")


urlpatterns = [path("hello", hello), *urls.urlpatterns]
handler400 = urls.handler400
