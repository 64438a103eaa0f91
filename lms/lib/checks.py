"""System checks that turn a wrong setting into a sentence, before the first request."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def check_base_url(**kwargs: Any) -> list[CheckMessage]:
    if settings.IS_PRODUCTION:  # lms.lib.production asks for more
        return []
    parts = urlsplit(settings.BASE_URL)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path not in {"", "/"}:
        hint = "Set BASE_URL to the public address, for instance https://passerelle.example (no path)."
        return [Error(f"BASE_URL is not an address: {settings.BASE_URL!r}", hint=hint, id="house.E001")]
    return []
