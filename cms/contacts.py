"""The contact of the centre: whom a page names when it leads no further.

Pages that tell of a failure are rendered with no database: the contact stands in the shared cache, and each process
remembers what it saw last.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest

from cms.models import CentreContact
from lms.accounts import phones
from lms.lib.translated import pick

KEY = "centre-contacts"
FRESH_SECONDS = 300.0  # a change reaches every process by then, be it made by a restore


@dataclass(frozen=True)
class Contact:
    """Numbers are E.164, places and hours texts by language."""

    name: str = ""
    whatsapp: str = ""
    phone: str = ""
    places: dict[str, str] = field(default_factory=dict)
    hours: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.whatsapp or self.phone or any(self.places.values()) or any(self.hours.values()))

    @property
    def whatsapp_url(self) -> str:
        return f"https://wa.me/{self.whatsapp.lstrip('+')}"

    @property
    def phone_for_people(self) -> str:
        return phones.for_people(self.phone)

    @property
    def place(self) -> str:
        return pick(self.places)

    @property
    def when(self) -> str:
        return pick(self.hours)


@dataclass(frozen=True)
class Known:
    """What was read at a moment: (host name, whether the site is the default, its contact)."""

    at: float
    rows: tuple[tuple[str, bool, Contact], ...]


Provider = Callable[[Any], Contact | None]
_providers: list[Provider] = []
_last: list[Known] = []  # this process's; at most one


def register(provider: Provider) -> None:
    """Have an app above name a nearer contact for a person who is signed in: that of their group."""
    _providers.append(provider)


def of_row(row: CentreContact) -> Contact:
    return Contact(row.name, row.whatsapp, row.phone, row.places, row.hours)


def refresh() -> Known:
    """Read the contacts of all sites, and have every process know them."""
    rows = CentreContact.objects.select_related("site").order_by("pk")
    found = Known(time.time(), tuple((row.site.hostname, row.site.is_default_site, of_row(row)) for row in rows))
    caches["sessions"].set(KEY, found, None)  # the shared store without its fallback: no database
    _last[:] = [found]
    return found


def kept() -> Known | None:
    """What is known without asking the database."""
    found = caches["sessions"].get(KEY)
    if isinstance(found, Known):
        _last[:] = [found]
    return _last[0] if _last else None


def of_site(known: Known | None, host: str) -> Contact | None:
    rows = known.rows if known else ()
    fitting = [contact for name, _default, contact in rows if name == host]
    chosen = [*fitting, *(contact for _name, is_default, contact in rows if is_default)]
    return next((contact for contact in chosen if contact), None)


def host_of(request: HttpRequest | None) -> str:
    return request.get_host().partition(":")[0] if request is not None else ""


def for_request(request: HttpRequest | None) -> Contact | None:
    """Whom this reader reaches: their group's contact, else the site's; None where nobody wrote one."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        for provider in _providers:
            nearer = provider(user)
            if nearer:
                return nearer
    known = caches["sessions"].get(KEY)
    if not isinstance(known, Known) or not 0 <= time.time() - known.at < FRESH_SECONDS:
        known = refresh()
    return of_site(known, host_of(request))


def without_database(request: HttpRequest | None) -> Contact | None:
    """For pages that tell of a failure: no database, no wait."""
    return of_site(kept(), "" if request is None else request.META.get("HTTP_HOST", "").partition(":")[0])
