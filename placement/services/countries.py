"""What opening or closing a country changes in the search."""

from django.db import transaction
from django.utils import timezone

from placement.models import CandidateProfile, PlacementCountry, SearchEntry
from placement.models.search_index import Stamp
from placement.services.indexing import take_out


@transaction.atomic
def apply(*, country: PlacementCountry) -> None:
    """Closed: nobody who lives there is found from now on. Open: whoever wants to be found is looked at by the sweep
    (``proposals.INDEX``), within a minute or so.
    """
    living = CandidateProfile.objects.filter(country=country.country)
    if not country.is_open:
        take_out(SearchEntry.objects.filter(profile__in=living.values("pk")))
        return
    waiting = SearchEntry.objects.filter(is_listed=False, profile__in=living.filter(is_searchable=True).values("pk"))
    waiting.update(valid_until=timezone.now(), changed=Stamp())
