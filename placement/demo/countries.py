"""The countries where the invented people live, open, with words that nobody takes for a real declaration."""

from placement.data_protection import KNOWN, Known
from placement.demo.invented_names import HOMES
from placement.models import PlacementCountry

WORDS = {
    "filing": "Démonstration : aucune déclaration",
    "transfers": {
        "fr": "Démonstration : ces personnes sont inventées, et leurs données ne quittent pas cet ordinateur.",
        "en": "Demo: these people are invented, and their data does not leave this computer.",
    },
    "contact_name": "Fatou Sarr",
    "contact_email": "manager@example.org",
}  # fmt: skip


def open_countries() -> None:
    """Where nobody has written down anything real."""
    for home in HOMES:
        known = KNOWN.get(home.country, Known())
        authority = known.authority or "Démonstration : autorité à vérifier"
        defaults = {**WORDS, "authority": authority, "law": known.law, "is_open": True}
        row, _is_new = PlacementCountry.objects.get_or_create(
            country=home.country, defaults={**defaults, "is_demo": True}
        )
        if row.is_demo and row.missing:  # open since before this was asked
            for name, value in defaults.items():
                setattr(row, name, value)
            row.save(update_fields=list(defaults))
