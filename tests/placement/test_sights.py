"""Who saw a person, said to the person; and an employer that they keep away."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.accounts.models import AuditEvent
from lms.lib.moments import site_day
from placement.enums import ReferralState as S
from placement.filters import Filters
from placement.models import CandidateProfile, Consent, Objection, Referral, Shortlisted, Sight
from placement.search import people_with, search
from placement.services import employers, link_secrets, objections, profiles, proposals, referrals, saved_searches
from placement.services.disclosure import Basis, of_referral, show_people
from placement.services.sights import CHANNELS, channel_of, record_sights
from placement.sight_enums import CARD, PURPOSES, SeenField, SightChannel
from tests.factories.placement import code_name, make_candidate, make_employer, make_opportunity, make_referral
from tests.flows.routes import own_routes

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make_candidate()


@pytest.fixture
def awa(person, sign_in):
    return sign_in(person.user)


def seen_by(employer) -> dict[str, set[str]]:
    return {row.channel: set(row.fields) for row in Sight.objects.filter(employer=employer)}


class TestWhatIsWrittenDown:
    def test_a_list_a_page_the_shortlist_and_a_table(self, claire, employer, person):
        claire.get(reverse("placement:search"))
        assert seen_by(employer) == {"list": set(CARD)}
        claire.get(reverse("placement:profile", args=[code_name(person, employer)]))
        employers.set_shortlisted(profile=person, employer=employer, user=employer.contacts.get().user, wanted=True)
        claire.get(reverse("placement:shortlist"))
        claire.get(reverse("placement:export_shortlist"))
        assert seen_by(employer).keys() == {"list", "profile", "shortlist", "export"}

    def test_who_is_not_on_the_page_was_not_seen(self, claire, person):
        claire.get(reverse("placement:search"), {"country": "ML"})
        assert not Sight.objects.exists()

    @pytest.mark.parametrize("method", ["get", "head"])
    def test_asking_whether_a_page_is_there_shows_nothing(self, claire, person, method):
        getattr(claire, method)(reverse("placement:search"))
        assert Sight.objects.exists() == (method == "get")

    def test_a_referral_tells_what_was_agreed_to(self, claire, employer, person):
        referral = make_referral(person, make_opportunity(employer), state=S.FORWARDED, fields=("name", "phone"))
        claire.get(reverse("placement:referrals"))
        assert seen_by(employer)["referral"] == {"name", *CARD, "certificates", "words"}  # no phone: there is none
        referrals.withdraw(referral=referral, user=person.user)
        Sight.objects.all().delete()
        claire.get(reverse("placement:referrals"))
        claire.get(reverse("placement:referral", args=[referral.pk]))
        assert not Sight.objects.exists(), "nothing of them is there any more"

    def test_the_link_of_a_mail(self, client, employer, person):
        referral = make_referral(person, make_opportunity(employer), state=S.FORWARDED)
        link = link_secrets.reply_path(referral, employer.contacts.get())
        client.head(link)
        client.post(link, {"answer": "interested"})
        assert not Sight.objects.exists()
        client.get(link)
        client.get(link)
        row = Sight.objects.get()
        assert (row.employer, row.channel, row.profile) == (employer, "link", person)
        assert "name" in row.fields

    def test_one_row_a_day_which_learns_what_is_new(self, employer, person):
        for fields in (["skills"], ["skills", "name"], ["skills"]):
            record_sights(employer_id=employer.pk, seen={person.pk: fields}, channel=SightChannel.LIST)
        assert Sight.objects.get().fields == ["name", "skills"]
        Sight.objects.update(day=site_day() - timedelta(days=1))
        record_sights(employer_id=employer.pk, seen={person.pk: ["skills"]}, channel=SightChannel.LIST)
        assert Sight.objects.count() == 2

    def test_every_channel_and_field_has_words(self):
        assert set(PURPOSES) == set(SightChannel)
        assert set(CARD) <= set(SeenField.values)
        assert set(CHANNELS) <= set(own_routes()), "an address that is no longer there"
        assert channel_of("reply:offer") == SightChannel.LINK


class TestWhoSaw:
    def test_says_employer_day_fields_and_purpose(self, awa, employer, person):
        record_sights(employer_id=employer.pk, seen={person.pk: ["name", "skills"]}, channel=SightChannel.EXPORT)
        page = awa.get(reverse("opportunities:who_saw")).text
        for words in (employer.name, "dans un tableau", "votre nom, compétences", "Raison"):
            assert words in page
        assert "votre numéro" not in page

    def test_other_peoples_sights_are_not_there(self, awa, employer):
        record_sights(employer_id=employer.pk, seen={make_candidate().pk: ["skills"]}, channel=SightChannel.LIST)
        assert employer.name not in awa.get(reverse("opportunities:who_saw")).text
        assert awa.get(reverse("opportunities:objection", args=[employer.pk])).status_code == 404

    def test_a_year_of_sights_is_pages_of_few_queries(self, awa, employer, person):
        awa.get(reverse("opportunities:who_saw"))
        counts = []
        for days in (3, 100):
            Sight.objects.all().delete()
            Sight.objects.bulk_create(
                Sight(employer=employer, profile=person, channel="list", day=site_day() - timedelta(days=n))
                for n in range(days)
            )
            with CaptureQueriesContext(connection) as made:
                page = awa.get(reverse("opportunities:who_saw"))
            counts.append(len(made))
        assert counts[0] == counts[1]
        assert page.text.count('<li class="done">') == 30
        assert "?page=2" in page.text


class TestObjection:
    @pytest.fixture
    def rival_employer(self):
        return make_employer("Rivale")

    def test_the_preview_names_what_ends_and_changes_nothing(self, awa, employer, person):
        going = make_referral(person, make_opportunity(employer, titles={"fr": "Relecture"}), state=S.FORWARDED)
        page = awa.get(reverse("opportunities:objection", args=[employer.pk])).text
        assert "Relecture" in page
        assert Referral.objects.get(pk=going.pk).state == S.FORWARDED
        assert not Objection.objects.exists()

    def test_a_press_on_no_button_does_nothing(self, awa, employer, person):
        make_referral(person, make_opportunity(employer))
        answer = awa.post(reverse("opportunities:objection", args=[employer.pk]), follow=True)
        assert "bouton" in answer.text
        assert not Objection.objects.exists()

    def test_it_sees_nothing_anywhere_and_others_do(self, awa, claire, rival, employer, person):
        rows = make_opportunity(employer), make_opportunity(employer)
        asked = proposals.request_referral(opportunity=rows[0], profile=person, actor=employer.contacts.get().user)
        going = make_referral(person, rows[1], state=S.FORWARDED)
        name = code_name(person, employer)
        employers.set_shortlisted(profile=person, employer=employer, user=employer.contacts.get().user, wanted=True)
        link = link_secrets.reply_path(going, employer.contacts.get())
        assert awa.post(reverse("opportunities:objection", args=[employer.pk]), {"object": "1"}).status_code == 302
        assert {row.state for row in Referral.objects.all()} == {S.DECLINED, S.WITHDRAWN}
        assert Consent.objects.get().withdrawn_at is not None
        assert not Shortlisted.objects.exists()
        for path in (reverse("placement:search"), reverse("placement:shortlist"),
                     reverse("placement:opportunity", args=[rows[0].pk]),
                     f"{reverse('placement:search')}?for={rows[0].pk}"):  # fmt: skip
            assert "0 personne" in claire.get(path).text or "/people/" not in claire.get(path).text.split("<main")[1]
        assert claire.get(reverse("placement:profile", args=[name])).status_code == 404
        assert person.user.full_name not in claire.get(reverse("placement:referral", args=[going.pk])).text
        assert claire.get(link).status_code == 404
        assert of_referral(Referral.objects.with_page_data().get(pk=asked.pk)).has_withdrawn
        assert of_referral(Referral.objects.get(pk=asked.pk)).basis == Basis.NOTHING, "however it was read"
        rivals = rival.get(reverse("placement:search")).text
        assert "/people/" in rivals.split("<main")[1]

    def test_a_link_of_a_refused_referral_ends_too(self, client, employer, person):
        referral = make_referral(person, make_opportunity(employer), state=S.FORWARDED)
        link = link_secrets.reply_path(referral, employer.contacts.get())
        client.post(link, {"answer": "refused", "reason": "skills"})
        assert client.get(link).status_code == 200
        objections.object_to(profile=person, employer=employer, user=person.user)
        assert client.get(link).status_code == 404

    def test_counts_pages_and_facets_leave_them_out_and_stay_right_for_others(self, employer, rival_employer):
        people = [make_candidate(country="SN" if number % 2 else "ML") for number in range(24)]
        for each in people[:5]:
            objections.object_to(profile=each, employer=employer, user=each.user)
        everybody = CandidateProfile.objects.searchable()
        for _twice in range(2):
            mine = search(people=everybody, filters=Filters(), employer_id=employer.pk)
            theirs = search(people=everybody, filters=Filters(), employer_id=rival_employer.pk)
            assert (mine.total, mine.pages, len(mine.profiles)) == (19, 1, 19)
            assert (theirs.total, theirs.pages) == (24, 2)
            for found, total in ((mine, 19), (theirs, 24)):
                countries = next(g for groups in found.groups.values() for g in groups if g.name == "country")
                assert sum(choice.count for choice in countries.choices) == total
            assert not mine.is_about
            assert not theirs.is_about
        assert len(people_with(Filters(), employer.pk)) == 19
        shown = show_people(CandidateProfile.objects.all(), employer.pk)
        assert {row.pk for row in shown} == {row.pk for row in people[5:]}

    def test_who_fits_and_who_almost_fits_leave_them_out(self, employer, person):
        near = make_candidate(hours_per_week=5)
        wanted = make_opportunity(employer)
        everybody = CandidateProfile.objects.searchable()
        found = search(people=everybody, filters=Filters(), opportunity=wanted, employer_id=employer.pk)
        assert (found.total, found.near_total) == (1, 1)
        for each in (person, near):
            objections.object_to(profile=each, employer=employer, user=each.user)
        found = search(people=everybody, filters=Filters(), opportunity=wanted, employer_id=employer.pk)
        assert (found.total, found.near_total, found.profiles, found.near) == (0, 0, [], [])

    def test_an_objection_while_the_page_is_put_together(self, employer, person, monkeypatch):
        from placement import search as module

        rows = iter([person])

        def visible_profiles(people, keys, wanted, real=module.visible_profiles):
            found = real(people, keys, wanted)
            for each in rows:
                objections.object_to(profile=each, employer=employer, user=each.user)
            return found

        monkeypatch.setattr(module, "visible_profiles", visible_profiles)
        found = search(people=CandidateProfile.objects.searchable(), filters=Filters(), employer_id=employer.pk)
        assert (found.total, found.profiles) == (0, [])

    def test_no_alert_of_a_saved_search_names_them(self, employer, person):
        contact = employer.contacts.get()
        row, _new = saved_searches.save_search(
            contact=contact, filters=Filters.read(QueryDict("country=SN")), name="x", alert="daily"
        )
        newcomer = make_candidate()
        objections.object_to(profile=newcomer, employer=employer, user=newcomer.user)
        later = timezone.now() + timedelta(days=2)
        assert saved_searches.check_search(row.pk, later)
        row.refresh_from_db()
        assert row.fresh_at is None
        assert not contact.user.messages.filter(kind="saved-search").exists()

    def test_nothing_of_it_is_proposed(self, employer, person):
        objections.object_to(profile=person, employer=employer, user=person.user)
        wanted = make_opportunity(employer, proposed_at=None)
        assert proposals.propose_opportunity(opportunity=wanted) == 0
        assert proposals.propose_matches(certificate=person.user.certificates.get()) == []
        other = make_opportunity(proposed_at=None)
        assert proposals.propose_opportunity(opportunity=other) == 1

    def test_twice_is_once_and_taking_back_gives_a_new_name(self, awa, claire, employer, person):
        name = code_name(person, employer)
        make_referral(person, make_opportunity(employer), state=S.FORWARDED)
        for _twice in range(2):
            objections.object_to(profile=person, employer=employer, user=person.user)
        assert Objection.objects.count() == 1
        url = reverse("opportunities:objection", args=[employer.pk])
        assert "Depuis" in awa.get(url).text
        awa.post(url, {"back": "1"})
        awa.post(url, {"back": "1"})
        assert code_name(person, employer) != name
        assert "/people/" in claire.get(reverse("placement:search")).text.split("<main")[1]
        assert Consent.objects.get().withdrawn_at is not None, "what has ended stays ended"
        verbs = AuditEvent.objects.values_list("verb", flat=True)
        assert list(verbs).count("object-to-employer") == 1
        assert list(verbs).count("take-back-objection") == 1

    def test_who_is_hidden_may_object_too(self, employer, person):
        referral = make_referral(person, make_opportunity(employer), state=S.FORWARDED)
        profiles.update_profile(profile=person, languages={"fr": 3}, is_searchable=False)
        objections.object_to(profile=person, employer=employer, user=person.user)
        assert of_referral(Referral.objects.with_page_data().get(pk=referral.pk)).has_withdrawn
        assert not CandidateProfile.objects.visible_to(employer.contacts.get().user).exists()
