"""Whom people keep away: an employer to whom somebody objects sees nothing of them."""

from collections.abc import Iterable

from django.db.models import QuerySet
from pyroaring import BitMap

from placement.models import Objection


def standing() -> QuerySet[Objection]:
    rows: QuerySet[Objection] = Objection.objects.filter(ended_at=None)
    return rows


def objectors(employer_id: int | None) -> BitMap:
    """The profiles of everybody who objects to this employer."""
    if employer_id is None:
        return BitMap()
    return BitMap(standing().filter(employer=employer_id).values_list("profile_id", flat=True))


def objected_pairs(pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """(employer, profile) of the objections that stand, of these people to these employers."""
    asked = set(pairs)
    employers, profiles = {employer for employer, _profile in asked}, {profile for _employer, profile in asked}
    rows = standing().filter(employer__in=employers, profile__in=profiles)
    return set(rows.values_list("employer_id", "profile_id"))


def employers_objected_to(profile_id: int) -> set[int]:
    return set(standing().filter(profile=profile_id).values_list("employer_id", flat=True))
