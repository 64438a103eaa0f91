"""What goes to an employer with a yes: the values as they were then, and their fingerprint."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from placement.enums import SHARED_FIELDS
from placement.models import CandidateProfile

FACTS = ("country", "region", "hours_per_week", "works_remote", "works_on_site", "equipment", "connectivity")
DAY = "available_from"


def values_of(profile: CandidateProfile, fields: list[str]) -> dict[str, Any]:
    """Of the contact details those that they agreed to, and each fact that employers see."""
    user = profile.user
    contact = {"name": user.get_full_name(), "phone": user.phone or "", "email": user.email}
    return {
        "contact": {name: contact[name] for name in SHARED_FIELDS if name in fields and contact[name]},
        "facts": {name: getattr(profile, name) for name in FACTS},
        "from": profile.available_from.isoformat() if profile.available_from else None,
        "languages": [[row.language, row.level] for row in profile.languages.order_by("pk")],
    }


def fingerprint(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def put_back(profile: CandidateProfile, values: Mapping[str, Any]) -> None:
    """Have this row, which is only shown, say what was sent."""
    for name in FACTS:
        setattr(profile, name, values["facts"].get(name))
    profile.available_from = date.fromisoformat(values["from"]) if values["from"] else None
    profile.spoken = dict(values["languages"])
