"""In which countries people may be shown and sent to employers today."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from lms.lib.sort_order import sort_key
from placement.choices import country_name
from placement.models import CandidateProfile, PlacementCountry
from placement.querysets import valid_certificates


def open_countries() -> QuerySet[PlacementCountry, str]:
    """Their codes, to ask with ``country__in``."""
    return PlacementCountry.objects.filter(is_open=True).values_list("country", flat=True)


def is_open(country: str) -> bool:
    """False where nobody knows the country."""
    return bool(country) and PlacementCountry.objects.filter(country=country, is_open=True).exists()


def rules_of(country: str) -> PlacementCountry | None:
    """What a person who lives there is told, once it is open."""
    return PlacementCountry.objects.filter(country=country, is_open=True).first() if country else None


def told_to_all() -> list[PlacementCountry]:
    """The open countries by name, for the page about data."""
    return sorted(PlacementCountry.objects.filter(is_open=True), key=lambda row: sort_key(country_name(row.country)))


@dataclass(frozen=True)
class Closed:
    country: str  # ISO 3166-1, empty where people have not said it
    people: int

    @property
    def name(self) -> str:
        return country_name(self.country)


def closed_with_people() -> list[Closed]:
    """Where certified people live whom nobody can find or send, most first."""
    certified = Exists(valid_certificates().filter(user=OuterRef("user")))
    people = CandidateProfile.objects.filter(certified, ~Q(country__in=open_countries()), user__is_active=True)
    rows = people.exclude(country="").values("country").order_by().annotate(count=Count("pk"))
    found = [Closed(row["country"], row["count"]) for row in rows]
    return sorted(found, key=lambda row: (-row.people, sort_key(row.name)))


def open_without_all() -> list[PlacementCountry]:
    """Open since before this was asked, with something missing."""
    return [row for row in PlacementCountry.objects.filter(is_open=True) if row.missing]
