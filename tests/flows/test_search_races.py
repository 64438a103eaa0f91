"""Saved searches: two tabs, and the worker that looks while its owner changes one."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from lms.lib import sweeps
from placement.enums import SearchAlert
from placement.filters import Filters
from placement.models import SavedSearch
from placement.services import saved_searches
from tests.factories.placement import make_candidate, make_employer
from tests.flows.test_races import errors, slowly, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def contact():
    return make_employer().contacts.get()


def keep(contact, query, name="Une"):
    return saved_searches.save_search(
        contact=contact, filters=Filters.read(QueryDict(query)), name=name, alert=SearchAlert.DAILY
    )


def test_a_search_is_saved_in_two_tabs_at_once(contact, monkeypatch):
    slowly(monkeypatch, "placement.services.saved_searches.set_alert")
    results = together(lambda: keep(contact, "country=SN"), lambda: keep(contact, "country=SN", "Deux"))
    assert errors(results) == []
    assert sorted(is_new for _row, is_new in results) == [False, True]
    monkeypatch.setattr(saved_searches, "MOST_SAVED", 2)
    results = together(lambda: keep(contact, "country=CI"), lambda: keep(contact, "country=BJ"))
    assert [type(error) for error in errors(results)] == [ValidationError]
    assert SavedSearch.objects.count() == 2


def test_a_search_is_changed_while_the_worker_looks(contact, monkeypatch):
    search, _is_new = keep(contact, "country=SN")
    make_candidate()
    slowly(monkeypatch, "placement.services.saved_searches.people_with")
    results = together(
        lambda: sweeps.run(saved_searches.ALERT, now=timezone.now() + timedelta(days=2)),
        lambda: saved_searches.change_search(search=search, name="Dakar", alert=SearchAlert.NONE),
    )
    assert errors(results) == []
    search.refresh_from_db()
    assert (search.name, search.alert, search.due_at) == ("Dakar", SearchAlert.NONE, None)


def test_a_search_is_deleted_while_it_is_changed(contact):
    search, _is_new = keep(contact, "country=SN")
    SavedSearch.objects.all().delete()
    assert saved_searches.change_search(search=search, name="Dakar", alert=SearchAlert.NONE) is None
