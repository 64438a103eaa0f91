"""Writing the search index: what employers may find of a person, or a row of nothing when that is nobody's business."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from lms.lib.locks import hold
from placement import countries
from placement.evidence import person_of, with_evidence
from placement.filters import tokens_of
from placement.index.packing import pack_numbers, pack_proofs
from placement.matching import reliability_line
from placement.models import CandidateProfile, SearchEntry, SearchToken
from placement.models.search_index import Stamp

NOTHING = {"is_listed": False, "tokens": b"", "proofs": b"", "valid_until": None}


@transaction.atomic
def index_profile(*, profile: CandidateProfile) -> set[str]:
    """Rebuild their row of the search index; returns its facts. Nobody who is hidden, uncertified, at work or
    in a country where placement is not open has any.
    """
    hold(CandidateProfile.objects.filter(pk=profile.pk))  # one rebuilding at a time
    (fresh,) = with_evidence([CandidateProfile.objects.select_related("user").get(pk=profile.pk)])
    is_looking = fresh.is_searchable and fresh.user.is_active and fresh.at_work_since is None
    if is_looking and not countries.is_open(fresh.country):
        is_looking = False
        SearchEntry.objects.get_or_create(pk=fresh.pk)  # found again by ``services.countries`` once it opens
    wanted = tokens_of(fresh) if is_looking else set()
    if wanted:
        row = entry_of(fresh, wanted, numbers_of(wanted))
        SearchEntry.objects.update_or_create(pk=fresh.pk, defaults={**row, "changed": Stamp()})
    else:
        take_out(SearchEntry.objects.filter(pk=fresh.pk))
    CandidateProfile.objects.filter(pk=fresh.pk).update(indexed_at=timezone.now())
    return wanted


def take_out(entries: QuerySet[SearchEntry]) -> int:
    """Leave rows of nothing; how many there were of something."""
    return entries.filter(Q(is_listed=True) | Q(valid_until__isnull=False)).update(**NOTHING, changed=Stamp())


def record_activity(profile: CandidateProfile) -> None:
    """A sign of life: they come first in the search."""
    SearchEntry.objects.filter(pk=profile.pk, is_listed=True).update(active_at=profile.last_active_at, changed=Stamp())


def numbers_of(tokens: Iterable[str]) -> dict[str, int]:
    """The numbers of these facts; new facts get theirs."""
    wanted = set(tokens)
    known = dict(SearchToken.objects.filter(token__in=wanted).values_list("token", "pk"))
    if missing := sorted(wanted - set(known)):
        SearchToken.objects.bulk_create((SearchToken(token=token) for token in missing), ignore_conflicts=True)
        known |= dict(SearchToken.objects.filter(token__in=missing).values_list("token", "pk"))
    return known


def entry_of(profile: CandidateProfile, tokens: Iterable[str], numbers: dict[str, int]) -> dict[str, object]:
    """The columns of their row. A skill is known by the number of its lowest level."""
    person = person_of(profile)
    proofs = [(numbers[f"skill:{row.code}:1"], row.level, row.on) for row in profile.held]
    return {
        "is_listed": True,
        "tokens": pack_numbers(numbers[token] for token in tokens),
        "proofs": pack_proofs(proofs),
        "hours": min(profile.hours_per_week or 0, 168),
        "free_from": profile.available_from,
        "steady": reliability_line(person.interviews_kept, person.interviews_planned).points,
        "active_at": profile.last_active_at,
        "valid_until": min((row.until for row in profile.held if row.until), default=None),
    }
