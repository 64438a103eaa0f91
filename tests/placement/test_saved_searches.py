"""A search that is kept tells of people who are new there: of each once, never of somebody who is gone."""

import random
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.accounts.models import OutboundMessage, User
from lms.accounts.tasks import sweep_messages
from lms.lib import sweeps
from placement.email_frequency import EmailFrequency
from placement.enums import SearchAlert, Vetting
from placement.filters import Filters
from placement.index import memory
from placement.models import CandidateProfile, Employer, EmployerContact, SavedSearch
from placement.services import profiles, saved_searches
from tests.factories.placement import ENTRY, code_name, make_candidate, make_employer

pytestmark = pytest.mark.django_db
QUERY = f"skill={ENTRY}%3A2&country=SN"
TOO_LONG = "&".join(f"{name}={number:056}:1" for name in ("skill", "lang", "equip") for number in range(12))
OTHER = {"country": "CI"}


@pytest.fixture
def contact(employer):
    EmployerContact.objects.update(mails=EmailFrequency.EACH)
    User.objects.filter(pk=employer.contacts.get().user_id).update(email="claire@example.org")
    return employer.contacts.select_related("user").get()


def keep(contact, query=QUERY, **fields):
    given = {"name": "Saisie à Dakar", "alert": SearchAlert.DAILY, **fields}
    return saved_searches.save_search(contact=contact, filters=Filters.read(QueryDict(query)), **given)[0]


def look(days=1):
    """The round of the worker some days from now; how many searches it looked at."""
    return sweeps.rounds([saved_searches.ALERT], now=timezone.now() + timedelta(days=days))[
        saved_searches.ALERT.name
    ].done


def told():
    return OutboundMessage.objects.filter(kind=saved_searches.KIND, channel="email").count()


def hide(profile, hidden=True):
    CandidateProfile.objects.filter(pk=profile.pk).update(is_searchable=not hidden)
    profiles.index_profile(profile=CandidateProfile.objects.get(pk=profile.pk))


def body(response):
    return response.content.decode()


class TestAlert:
    def test_who_is_new_is_told_of_once(self, contact):
        make_candidate()
        search = keep(contact)
        assert (look(), told()) == (1, 0)  # who was there when it was saved is not new
        make_candidate(**OTHER)
        assert (look(2), told()) == (1, 0)  # who does not fit is not
        fresh = make_candidate()
        assert (look(3), told()) == (1, 1)
        search.refresh_from_db()
        assert list(saved_searches.read(search.fresh)) == [fresh.pk]
        assert (look(4), told()) == (1, 1)

    def test_the_letter_names_the_search_and_leads_to_it(self, contact):
        search = keep(contact)
        fresh = make_candidate()
        look()
        sweep_messages()
        (letter,) = [one for one in mail.outbox if one.to == [contact.user.email]]
        assert "Saisie à Dakar" in letter.subject
        assert reverse("placement:saved_search", args=[search.pk]) in letter.body
        assert code_name(fresh, contact.employer) not in letter.body

    def test_no_letter_leaves_once_they_are_gone(self, contact):
        keep(contact)
        fresh = make_candidate()
        look()
        hide(fresh)
        sweep_messages()
        assert [one for one in mail.outbox if one.to == [contact.user.email]] == []
        assert OutboundMessage.objects.get(kind=saved_searches.KIND, channel="email").stopped == "no longer true"

    @pytest.mark.parametrize("end", ["deleted", "switched off"])
    def test_no_letter_leaves_once_it_is_not_wanted(self, contact, end):
        search = keep(contact)
        make_candidate()
        look()
        if end == "deleted":
            search.delete()
        else:
            saved_searches.change_search(search=search, name=search.name, alert=SearchAlert.NONE)
        sweep_messages()
        assert [one for one in mail.outbox if one.to == [contact.user.email]] == []

    def test_days_between_two_looks(self, contact):
        keep(contact, alert=SearchAlert.WEEKLY)
        keep(contact, "country=SN", alert=SearchAlert.NONE)
        assert [look(days) for days in (1, 6, 8, 9)] == [0, 0, 1, 0]

    @pytest.mark.parametrize("vetting", [Vetting.SUSPENDED, Vetting.WAITING])
    def test_only_checked_employers_are_told(self, contact, vetting):
        keep(contact)
        make_candidate()
        Employer.objects.update(vetting=vetting)
        assert (look(), told()) == (0, 0)

    def test_a_search_that_is_too_wide_tells_nothing_and_begins_again(self, contact, monkeypatch):
        monkeypatch.setattr(saved_searches, "WIDEST", 2)
        people = [make_candidate() for _each in range(3)]
        search = keep(contact, "country=SN")
        make_candidate()
        assert (look(), told()) == (1, 0)
        for one in people[:2]:
            hide(one)
        assert (look(2), told()) == (1, 0)  # narrow enough now: these are who was there
        hide(people[2])
        make_candidate()
        assert (look(3), told()) == (1, 1)
        assert search.contact_id == contact.pk

    def test_each_who_comes_is_new_once_whatever_the_order(self, contact):
        """A model: a set of people, and at each look those who were not there at the last one."""
        chance = random.Random(29)
        people = [make_candidate() for _each in range(5)]
        for each in people:
            hide(each)
        search, before, here, letters = keep(contact, "country=SN"), set(), set(), 0
        for day in range(1, 25):
            for each in chance.sample(people, 2):
                hide(each, each.pk in here)
                here ^= {each.pk}
            look(day)
            search.refresh_from_db()
            letters += bool(here - before)
            assert told() == letters
            if here - before:
                assert set(saved_searches.read(search.fresh)) == here - before
            before = set(here)

    def test_a_look_asks_no_more_when_more_fit(self, contact):
        keep(contact)

        def queries():
            memory.current()
            make_candidate()
            with CaptureQueriesContext(connection) as asked:
                look(queries.day)
            queries.day += 1
            return len(asked)

        queries.day = 1
        few = queries()
        for _each in range(20):
            make_candidate()
        assert queries() <= few + 1


class TestSaving:
    url = property(lambda self: f"{reverse('placement:save_search')}?{QUERY}")

    def test_the_search_page_leads_there_with_its_filters(self, claire):
        make_candidate()
        assert reverse("placement:save_search") not in body(claire.get(reverse("placement:search")))
        page = body(claire.get(f"{reverse('placement:search')}?{QUERY}&page=1&for=3"))
        assert f"{reverse('placement:save_search')}?skill={ENTRY}%3A2&amp;country=SN" in page

    def test_it_is_saved_under_the_names_of_its_filters(self, claire, contact):
        make_candidate()
        page = body(claire.get(self.url))
        assert 'value="Saisie de données, niveau 2 ou plus, Sénégal"' in page
        answer = claire.post(self.url, {"name": "Saisie", "alert": "weekly"}, follow=True)
        assert "Votre recherche est enregistrée." in body(answer)
        assert SavedSearch.objects.get().query == QUERY

    def test_the_same_filters_are_kept_once(self, claire, contact):
        for name in ("Une", "Deux"):
            claire.post(
                f"{reverse('placement:save_search')}?country=SN&skill={ENTRY}:2&x=1", {"name": name, "alert": "none"}
            )
        assert SavedSearch.objects.get().name == "Deux"

    @pytest.mark.parametrize(
        ("query", "form", "words"),
        [
            ("", {"name": "Tous", "alert": "weekly"}, "Choisissez d’abord un filtre"),
            (QUERY, {"name": "", "alert": "weekly"}, "Nom de cette recherche"),
            (QUERY, {"name": "é" * 81, "alert": "weekly"}, "80"),
            (QUERY, {"name": "Saisie", "alert": "hourly"}, "hourly"),
            (TOO_LONG, {"name": "Trop", "alert": "none"}, "trop de filtres"),
        ],
        ids=["no filter", "no name", "a long name", "no such alert", "too many filters"],
    )  # fmt: skip
    def test_what_is_refused_says_why_and_keeps_what_was_typed(self, claire, contact, query, form, words):
        answer = claire.post(f"{reverse('placement:save_search')}?{query}", form)
        assert answer.status_code == 422
        assert words in body(answer)
        assert form["name"] in body(answer)
        assert not SavedSearch.objects.exists()

    def test_a_contact_keeps_thirty(self, claire, contact, monkeypatch):
        monkeypatch.setattr(saved_searches, "MOST_SAVED", 2)
        for country in ("SN", "CI"):
            keep(contact, f"country={country}")
        answer = claire.post(self.url, {"name": "Saisie", "alert": "weekly"})
        assert answer.status_code == 422
        assert "Supprimez-en une" in body(answer)


class TestPages:
    def test_the_list_counts_who_fits_and_who_is_new(self, claire, contact):
        assert "Aucune recherche enregistrée" in body(claire.get(reverse("placement:saved_searches")))
        make_candidate()
        keep(contact)
        make_candidate()
        look()
        page = body(claire.get(reverse("placement:saved_searches")))
        assert 'data-label="Personnes aujourd’hui">2<' in page
        assert 'data-label="Nouvelles personnes">1<' in page

    def test_the_page_shows_who_is_new_and_who_is_still_here(self, claire, contact):
        old = make_candidate()
        search = keep(contact)
        fresh, gone = make_candidate(), make_candidate()
        look()
        hide(gone)
        page = body(claire.get(reverse("placement:saved_search", args=[search.pk])))
        shown = [code_name(person, contact.employer) in page for person in (fresh, old, gone)]
        assert shown == [True, False, False]

    def test_it_is_renamed_and_deleted(self, claire, contact):
        search = keep(contact)
        address = reverse("placement:saved_search", args=[search.pk])
        claire.post(address, {"name": "Dakar", "alert": "none"})
        search.refresh_from_db()
        assert (search.name, search.alert, search.due_at) == ("Dakar", "none", None)
        assert claire.post(address, {"name": "", "alert": "none"}).status_code == 422
        claire.post(reverse("placement:delete_search", args=[search.pk]))
        assert not SavedSearch.objects.exists()

    def test_nobody_else_opens_it(self, contact, rival, sign_in):
        search = keep(contact)
        colleague = make_employer("Autre").contacts.get()
        EmployerContact.objects.filter(pk=colleague.pk).update(employer=contact.employer)
        for browser in (rival, sign_in(colleague.user)):
            assert browser.get(reverse("placement:saved_search", args=[search.pk])).status_code == 404
            assert browser.post(reverse("placement:delete_search", args=[search.pk])).status_code == 404
        assert SavedSearch.objects.exists()
