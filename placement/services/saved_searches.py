"""Searches that employers keep, and telling them of people who are new there.

Who is new is a difference of two bitmaps: who fits now, without who fitted at the last look. A look is one row's work,
so ten thousand searches are ten thousand short transactions, whatever the number of people.
"""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pyroaring import BitMap

from lms.accounts.messages import ask_before_sending, tell
from lms.accounts.models import OutboundMessage
from lms.accounts.recipient import in_language_of
from lms.lib import sweeps
from lms.lib.locks import hold, locked
from placement.enums import SearchAlert, Vetting
from placement.filters import Filters
from placement.models import CandidateProfile, Employer, EmployerContact, SavedSearch
from placement.search import latest_of, people_with
from placement.services import mailing
from placement.services.disclosure import findable_of, show_people

MOST_SAVED = 30  # by one contact
LONGEST_QUERY = 2000  # letters, as the column
WIDEST = 20_000  # people: nobody reads an alert about a part of everybody, and each look keeps them all
TRIED = 100  # newcomers looked at one by one, to be sure that one of them may be shown
EVERY = {SearchAlert.DAILY: timedelta(days=1), SearchAlert.WEEKLY: timedelta(days=7)}
KIND = "saved-search"


@transaction.atomic
def save_search(*, contact: EmployerContact, filters: Filters, name: str, alert: str) -> tuple[SavedSearch, bool]:
    """Keep a search; the same filters are kept once, under their newest name. ``(search, whether it is new)``

    Raises ValidationError where no filter is chosen, the address is too long, or too many are kept already.
    """
    hold(Employer.objects.filter(pk=contact.employer_id))
    query = filters.query
    if not query:
        raise ValidationError(_("Choose a filter first: a search without one finds everybody."))
    if len(query) > LONGEST_QUERY:
        raise ValidationError(_("There are too many filters to save. Remove some of them."))
    row = SavedSearch.objects.filter(contact=contact, query=query).first()
    if row is not None:
        change_search(search=row, name=name, alert=alert)
        return row, False
    if SavedSearch.objects.filter(contact=contact).count() >= MOST_SAVED:
        text = ngettext(
            "You already have %(count)s saved search. Delete one that you no longer need.",
            "You already have %(count)s saved searches. Delete one that you no longer need.",
            MOST_SAVED,
        )
        raise ValidationError(text % {"count": MOST_SAVED})
    row = SavedSearch(contact=contact, query=query, name=name)
    set_alert(row, alert)
    row.save(force_insert=True)
    return row, True


@transaction.atomic
def change_search(*, search: SavedSearch, name: str, alert: str) -> SavedSearch | None:
    """Another name, another alert. An alert that is switched on begins with who is there now. None: it was deleted."""
    row = locked(SavedSearch.objects.filter(pk=search.pk)).first()
    if row is None:
        return None
    row.name = name
    if row.alert != alert:
        set_alert(row, alert)
    row.save(update_fields=["name", "alert", "known", "fresh", "fresh_at", "due_at"])
    return row


def set_alert(row: SavedSearch, alert: str) -> None:
    was_on, row.alert = bool(row.due_at), alert
    row.due_at = timezone.now() + EVERY[SearchAlert(alert)] if alert != SearchAlert.NONE else None
    if alert == SearchAlert.NONE:
        row.known = row.fresh = b""
        row.fresh_at = None
    elif not was_on:
        row.known = kept(people_with(filters_of(row), row.contact.employer_id))


def kept(people: BitMap) -> bytes:
    """Empty for a search that is too wide: then nobody is known to be new there."""
    return people.serialize() if len(people) <= WIDEST else b""


def filters_of(row: SavedSearch) -> Filters:
    return Filters.read(QueryDict(row.query))


def read(people: "bytes | memoryview[int]") -> BitMap:
    return BitMap.deserialize(bytes(people)) if people else BitMap()


def newcomers(row: SavedSearch, people: BitMap) -> list[int]:
    """Those who were new at the last look and are still among ``people``, the most recently active first."""
    new = read(row.fresh) & people
    return latest_of(new, len(new))


def visible(keys: list[int], employer_id: int) -> list[CandidateProfile]:
    """Of these profiles those whom the employer may find now, in this order."""
    order = {key: place for place, key in enumerate(keys)}
    found = show_people(CandidateProfile.objects.searchable().filter(pk__in=keys), employer_id)
    return sorted((row for row in found if row.held), key=lambda row: order[row.pk])


def due(now: datetime) -> QuerySet[SavedSearch]:
    return SavedSearch.objects.filter(
        due_at__lte=now, contact__user__is_active=True, contact__employer__vetting=Vetting.VETTED
    )


def check_search(search_id: Any, now: datetime) -> bool:
    """Who is new since the last look? The contact is told when somebody is. False when it is not due any more."""
    row = locked(SavedSearch.objects.filter(pk=search_id, due_at__lte=now)).first()
    if row is None:
        return False
    employer_id = row.contact.employer_id
    people, before, is_known = people_with(filters_of(row), employer_id), read(row.known), bool(row.known)
    row.known = kept(people)
    row.due_at = now + EVERY[SearchAlert(row.alert)]
    new = people - before if is_known and row.known else BitMap()
    if new and findable_of(latest_of(new, TRIED), employer_id):
        row.fresh, row.fresh_at = new.serialize(), now
        announce(row)
    row.save(update_fields=["known", "due_at", "fresh", "fresh_at"])
    return True


def announce(row: SavedSearch) -> None:
    """News without a number: whoever is new may have gone before it is read."""
    user = row.contact.user
    with in_language_of(user):
        text = _("There are new people for your search “%(name)s”.") % {"name": row.name}
        moment = int(row.fresh_at.timestamp()) if row.fresh_at else 0
        rows = tell(
            user=user, key=f"saved-search:{row.pk}:{moment}", kind=KIND, subject=text, body=text, by_sms=False,
            link=reverse("placement:saved_search", args=[row.pk]),
        )  # fmt: skip
        mailing.settle(rows, user=user, pace=row.contact.mails)


def still_new(message: OutboundMessage) -> bool:
    """Asked when the e-mail leaves: the search may be gone, or all who were new."""
    row = SavedSearch.objects.select_related("contact").filter(pk=message.key.split(":")[1]).first()
    if row is None or row.alert == SearchAlert.NONE:
        return False
    employer_id = row.contact.employer_id
    new = newcomers(row, people_with(filters_of(row), employer_id))
    return bool(findable_of(new[:TRIED], employer_id))


ask_before_sending(KIND, is_true=still_new)

ALERT = sweeps.register(
    sweeps.Sweep(
        name="placement.search-alerts",
        label=gettext_lazy("Saved searches to look at again"),
        remedy=gettext_lazy("Open the saved search as this contact would, and look at its filters."),
        rows=lambda now: due(now).order_by("due_at", "pk"),
        work=check_search,
        batch=1000,
    )
)
