"""Django's language middleware, without its redirect for addresses that have no language in them on purpose."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware as DjangoLocaleMiddleware

WITHOUT_LANGUAGE = ("/cms/", "/documents/", "/media/", "/static/", "/v/", "/r/")


class LocaleMiddleware(DjangoLocaleMiddleware):
    """A 404 under these prefixes stays a 404: ``/fr/v/CODE`` would only lead to Wagtail's own 404."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(WITHOUT_LANGUAGE):
            return response
        return super().process_response(request, response)
