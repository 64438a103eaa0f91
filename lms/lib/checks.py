"""System checks that turn a wrong setting into a sentence, before the first request."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning


@register()
def check_base_url(**kwargs: Any) -> list[CheckMessage]:
    parts = urlsplit(settings.BASE_URL)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path not in {"", "/"}:
        hint = "Set BASE_URL to the public address, for instance https://passerelle.example (no path)."
        return [Error(f"BASE_URL is not an address: {settings.BASE_URL!r}", hint=hint, id="house.E001")]
    return []


@register(Tags.security, deploy=True)
def check_production_address(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.IS_PRODUCTION and not settings.BASE_URL.startswith("https://"):
        hint = "Certificates and cards print this address: set BASE_URL=https://..."
        found.append(CheckWarning("BASE_URL is not https", hint=hint, id="house.W001"))
    if settings.IS_PRODUCTION and settings.ALLOWED_HOSTS == ["*"]:
        hint = "Name your host: ALLOWED_HOSTS=passerelle.example"
        found.append(Error("ALLOWED_HOSTS accepts every name", hint=hint, id="house.E002"))
    return found
