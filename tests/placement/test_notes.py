"""Notes and marks of an employer on people: for its own people, under the name of today, gone with the person."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lms.accounts.erasing import erase
from lms.accounts.personal_data import TABLES, rows_of
from placement.enums import ReferralState as S
from placement.marks import MarkKind, contacted, marks_of
from placement.models import Employer, Opportunity, PersonNote, Referral
from placement.services import notes, objections, profiles, withdrawals
from placement.services.erasing import erase_candidate
from tests.factories.placement import code_name, make_candidate, make_employer, make_opportunity, make_referral

pytestmark = pytest.mark.django_db
WORDS = "Très soigneuse au test du 3 mars."


def body(response):
    return response.content.decode()


@pytest.fixture
def person():
    return make_candidate()


def write(client, employer, person, text=WORDS):
    return client.post(reverse("placement:add_note", args=[code_name(person, employer)]), {"text": text})


def pages(client, employer, person):
    """Everything that lists or shows people to an employer."""
    name = code_name(person, employer)
    urls = [reverse("placement:search"), reverse("placement:shortlist"), reverse("placement:profile", args=[name])]
    return [body(client.get(url)) for url in urls]


class TestNotes:
    def test_colleagues_read_them_and_nobody_else(self, claire, rival, employer, person, sign_in):
        assert write(claire, employer, person).status_code == 302
        claire.post(reverse("placement:toggle_shortlist", args=[code_name(person, employer)]), {"wanted": "1"})
        for page in pages(claire, employer, person):
            assert WORDS in page
        other = rival_of(rival)
        rival.post(reverse("placement:toggle_shortlist", args=[code_name(person, other)]), {"wanted": "1"})
        for page in pages(rival, other, person):
            assert WORDS not in page
        theirs = sign_in(person.user)
        for url in ("opportunities:index", "opportunities:profile", "opportunities:who_saw"):
            assert WORDS not in body(theirs.get(reverse(url)))

    def test_an_author_whose_account_was_erased_has_no_name(self, claire, employer, person):
        write(claire, employer, person)
        row, opportunity = PersonNote.objects.get(), make_opportunity(employer)
        author = row.author
        Opportunity.objects.filter(pk=opportunity.pk).update(created_by=author)
        assert (row.author_name, Opportunity.objects.get().author_name) == (str(author), str(author))
        erase(user=author, by=None)
        assert (PersonNote.objects.get().author_name, Opportunity.objects.get().author_name) == ("", "")

    def test_are_not_in_the_file_of_the_shortlist(self, claire, employer, person):
        write(claire, employer, person)
        claire.post(reverse("placement:toggle_shortlist", args=[code_name(person, employer)]), {"wanted": "1"})
        assert WORDS not in body(claire.get(reverse("placement:export_shortlist")))

    def test_the_person_finds_them_in_the_copy_of_their_data_without_their_author(self, claire, employer, person):
        write(claire, employer, person)
        table = TABLES["placement.PersonNote"]
        (row,) = rows_of(table, person.user)
        assert WORDS in row.values()
        assert "author" not in row

    @pytest.mark.parametrize(
        ("text", "words"),
        [("", "aria-invalid"), ("x" * 501, "500"), ("Elle est trop vieille.", "d’après son âge")],
    )
    def test_what_is_refused_stays_in_its_form(self, claire, employer, person, text, words):
        answer = write(claire, employer, person, text)
        assert answer.status_code == 422
        assert words in body(answer)
        assert text in body(answer)
        assert not PersonNote.objects.exists()

    def test_twenty_and_no_more(self, claire, employer, person, monkeypatch):
        monkeypatch.setattr(notes, "MOST_NOTES", 1)
        write(claire, employer, person)
        answer = write(claire, employer, person, "Encore un mot.")
        assert answer.status_code == 422
        assert "Encore un mot." in body(answer)

    def test_is_deleted_by_a_colleague_and_by_no_rival(self, claire, rival, employer, person):
        write(claire, employer, person)
        note = PersonNote.objects.get()
        theirs = reverse("placement:delete_note", args=[code_name(person, rival_of(rival)), note.pk])
        assert rival.post(theirs).status_code == 404
        mine = reverse("placement:delete_note", args=[code_name(person, employer), note.pk])
        assert claire.get(mine).status_code == 405
        assert claire.post(mine).status_code == 302
        assert not PersonNote.objects.exists()


def rival_of(client):
    return Employer.objects.get(contacts__user=client.session["_auth_user_id"])


class TestGone:
    @pytest.fixture
    def noted(self, claire, employer, person):
        write(claire, employer, person)
        other = make_employer("Autre")
        notes.add_note(employer=other, profile=person, author=None, text="Ailleurs.")
        code_name(person, other)
        return person

    def texts(self):
        return set(PersonNote.objects.values_list("text", flat=True))

    def test_when_they_hide(self, noted):
        profiles.update_profile(profile=noted, languages={"fr": 4}, is_searchable=False)
        assert self.texts() == set()

    def test_when_they_keep_the_employer_away(self, noted, employer):
        objections.object_to(profile=noted, employer=employer, user=noted.user)
        assert self.texts() == {"Ailleurs."}

    def test_when_they_take_back_their_yes(self, noted, employer):
        referral = make_referral(noted, make_opportunity(employer), state=S.FORWARDED)
        withdrawals.end_yes(referral=referral, user=noted.user)
        assert self.texts() == {"Ailleurs."}

    def test_when_their_account_is_erased(self, noted):
        erase_candidate(noted.user)
        assert self.texts() == set()


class TestMarks:
    @pytest.mark.parametrize(
        ("state", "asked", "kind"),
        [
            (S.PROPOSED, True, MarkKind.CONTACTED),
            (S.DECLINED, True, MarkKind.CONTACTED),
            (S.EXPIRED, True, MarkKind.CONTACTED),
            (S.PROPOSED, False, None),
            (S.DECLINED, False, None),
            (S.FORWARDED, False, MarkKind.REFERRED),
            (S.INTERVIEW, True, MarkKind.REFERRED),
            (S.REFUSED, False, MarkKind.REFUSED),
        ],
    )
    def test_of_each_state(self, employer, person, state, asked, kind):
        name = code_name(person, employer)
        referral = make_referral(person, make_opportunity(employer))
        at = timezone.now() if state in {S.FORWARDED, S.INTERVIEW, S.REFUSED} else None
        Referral.objects.filter(pk=referral.pk).update(
            state=state, asked_by_employer=asked, code_name=name, forwarded_at=at
        )
        mark = marks_of(employer.pk, [person.pk]).get(person.pk)
        assert (mark and mark.kind) == kind
        assert (person.pk in contacted(employer.pk)) is (kind is not None)
        assert person.pk not in contacted(make_employer("Autre").pk)

    def test_are_shown_and_lead_to_the_referral(self, claire, employer, person):
        referral = make_referral(person, make_opportunity(employer), state=S.FORWARDED)
        claire.post(reverse("placement:toggle_shortlist", args=[code_name(person, employer)]), {"wanted": "1"})
        for url in ("placement:search", "placement:shortlist"):
            page = body(claire.get(reverse(url)))
            assert "Mise en relation avec vous" in page
            assert reverse("placement:referral", args=[referral.pk]) in page

    def test_under_a_new_name_nothing_tells_of_the_old_one(self, claire, employer, person):
        old = code_name(person, employer)
        referral = make_referral(person, make_opportunity(employer), state=S.FORWARDED)
        withdrawals.end_yes(referral=referral, user=person.user)
        assert code_name(person, employer) != old
        page = body(claire.get(reverse("placement:search") + "?new=1"))
        assert code_name(person, employer) in page
        assert "Mise en relation avec vous" not in page
        assert "Vous avez déjà pris contact" not in page

    def test_the_filter_keeps_whom_nobody_contacted(self, claire, employer):
        known, new = make_candidate(), make_candidate()
        make_referral(known, make_opportunity(employer), state=S.FORWARDED)
        url = reverse("placement:search")
        both, fresh = body(claire.get(url)), body(claire.get(url + "?new=1"))
        assert code_name(known, employer) in both
        assert code_name(known, employer) not in fresh
        assert code_name(new, employer) in fresh
        assert "1 personne certifiée" in fresh
        assert 'name="new" value="1" checked' in fresh
        assert "new=1" in fresh  # in what leads to other pages

    def test_where_everybody_was_contacted_the_filter_can_be_removed(self, claire, employer, person):
        make_referral(person, make_opportunity(employer), state=S.FORWARDED)
        page = body(claire.get(reverse("placement:search") + "?new=1"))
        assert "Pas encore de contact" in page  # the filter that is on, which leads to the page without it
        assert 'class="chip" href="?"' in page

    def test_a_page_asks_as_much_for_ten_as_for_two(self, claire, employer):
        opportunity = make_opportunity(employer)

        def asked_with(more):
            for _each in range(more):
                row = make_candidate()
                make_referral(row, opportunity, state=S.FORWARDED)
                notes.add_note(employer=employer, profile=row, author=None, text="Mot.")
            claire.get(reverse("placement:search"))  # names are given, sights noted
            with CaptureQueriesContext(connection) as queries:
                claire.get(reverse("placement:search"))
            return len(queries)

        few = asked_with(2)
        assert asked_with(8) <= few
