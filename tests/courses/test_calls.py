"""The call list of a group: whom to call, with what, and what came of it as a note."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses import admin_calls, learner_notes
from courses.enums import CallOutcome
from courses.learner_notes import add_note, withdraw_note
from courses.models import LearnerNote
from lms.accounts import merging
from lms.accounts.enums import Role
from lms.accounts.erasing import erase
from lms.accounts.models import AuditEvent, User
from lms.accounts.personal_data import TABLES, rows_of
from lms.lib.moments import site_day
from lms.lib.tables import read_table
from tests.factories.courses import make_cohort, make_course, make_enrolment
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def leads(site):
    return make_user("leads", Role.TRAINER, all_courses=False, full_name="Lea Diop")


@pytest.fixture
def cohort(leads, learner, stranger):
    course = make_course(lessons=2)
    User.objects.filter(pk=learner.pk).update(phone="+221771234567")
    make_enrolment(learner, course)
    return make_cohort(learner, stranger, trainers=(leads,), courses=(course,), name="Matin")


def address(cohort, *people, **more) -> str:
    words = {"people": ",".join(str(person.pk) for person in people), **more}
    return reverse("courses_cohort_calls", args=[cohort.pk]) + "?" + "&".join(f"{k}={v}" for k, v in words.items() if v)


def body(response) -> str:
    return response.content.decode()


def answers(*people, **fields) -> dict[str, str]:
    """The form of the list with the same answer for each."""
    found = {"key": str(uuid4()), "people": ",".join(str(person.pk) for person in people)}
    for person in people:
        found |= {f"{person.pk}-{name}": str(value) for name, value in fields.items()}
    return found


class TestList:
    def test_those_ticked_with_all_that_a_call_needs(self, cohort, leads, learner, stranger, sign_in):
        add_note(learner=learner, author=leads, text="Préfère le soir.", key=uuid4())
        client = sign_in(leads)
        assert reverse("courses_cohort_calls", args=[cohort.pk]) in body(
            client.get(reverse("courses_cohort", args=[cohort.pk]))
        )
        form = {"learner": [learner.pk], "course": cohort.courses.get().code}
        text = body(client.post(reverse("courses_cohort_calls", args=[cohort.pk]), form, follow=True))
        for words in ("Awa Ndiaye", "tel:+221771234567", "aucune visite depuis", "Préfère le soir.", "Lea Diop"):
            assert words in text, words
        assert stranger.full_name not in text
        both = body(client.get(address(cohort, learner, stranger)))
        assert "Pas de numéro" in both

    def test_all_whom_the_filter_shows(self, cohort, leads, learner, stranger, sign_in):
        form = {"all": "1", "status": "not-begun", "course": cohort.courses.get().code}
        text = body(sign_in(leads).post(reverse("courses_cohort_calls", args=[cohort.pk]), form, follow=True))
        assert learner.full_name in text
        assert stranger.full_name in text

    def test_a_long_list_says_how_many_are_left_out(self, cohort, leads, learner, stranger, sign_in, monkeypatch):
        monkeypatch.setattr(admin_calls, "PEOPLE_AT_ONCE", 1)
        form = {"learner": [learner.pk, stranger.pk]}
        text = body(sign_in(leads).post(reverse("courses_cohort_calls", args=[cohort.pk]), form, follow=True))
        assert "1 personne de plus" in text

    def test_nobody_of_another_group(self, cohort, leads, manager, learner, sign_in):
        outsider = make_user("outsider", full_name="Coumba Fall")
        assert "Coumba Fall" not in body(sign_in(leads).get(address(cohort, outsider)))
        assert sign_in(make_user("other", Role.TRAINER)).get(address(cohort, learner)).status_code == 404
        assert sign_in(manager).get(address(cohort, learner)).status_code == 200

    def test_on_paper_it_has_boxes_and_no_menu(self, cohort, leads, learner, sign_in):
        text = body(sign_in(leads).get(address(cohort, learner, format="print")))
        assert text.count("☐") == len(CallOutcome)
        assert "<form" not in text
        assert "Awa Ndiaye" in text

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_as_a_file_which_is_written_down(self, cohort, leads, learner, sign_in, kind):
        response = sign_in(leads).get(address(cohort, learner, format=kind))
        header, row = read_table(response.content)
        assert "Awa Ndiaye" in row
        assert "00221 77 123 45 67" in row  # a plus would have a quote before it
        assert len(header) == len(row) or not any(row[len(header) :])
        assert AuditEvent.objects.get(verb="export-calls").fields == [f"user:{learner.pk}"]

    def test_fifty_cost_no_more_than_two(self, cohort, leads, learner, stranger, sign_in):
        client, counted = sign_in(leads), []
        people = [learner, stranger]
        for turn in range(2):
            for person in people:
                add_note(learner=person, author=leads, text="Mot.", key=uuid4())
            client.get(address(cohort, *people))
            with CaptureQueriesContext(connection) as queries:
                client.get(address(cohort, *people))
            counted.append(len(queries))
            people = [make_user(f"p{turn}{number}") for number in range(12)]
            for person in people:
                cohort.members.create(user=person)
        assert counted[1] <= counted[0]
        assert counted[0] <= 25


class TestOutcomes:
    @pytest.mark.parametrize(
        ("outcome", "words"),
        [
            ("reached", "Appel\u00a0: a répondu"),
            ("no-answer", "Appel\u00a0: pas de réponse"),
            ("wrong-number", "mauvais numéro"),
        ],
    )
    def test_becomes_a_note(self, cohort, leads, learner, sign_in, outcome, words):
        client, form = sign_in(leads), answers(learner, call=outcome, text="Reprend jeudi.")
        for _press in range(2):
            assert client.post(address(cohort), form).status_code == 302
        note = LearnerNote.objects.get()
        assert (note.call, note.text, note.author) == (outcome, "Reprend jeudi.", leads)
        text = body(client.get(reverse("courses_learner", args=[learner.pk])))
        assert words in text
        assert "Reprend jeudi." in text

    def test_words_are_not_asked_for(self, cohort, leads, learner, stranger, sign_in):
        form = answers(learner, stranger, call="no-answer")
        form[f"{stranger.pk}-call"] = ""  # not called yet
        sign_in(leads).post(address(cohort), form)
        assert [note.learner for note in LearnerNote.objects.all()] == [learner]

    def test_the_same_form_with_another_outcome_corrects_it(self, cohort, leads, learner, sign_in):
        form = answers(learner, call="no-answer")
        client = sign_in(leads)
        client.post(address(cohort), form)
        client.post(address(cohort), form | {f"{learner.pk}-call": "reached"})
        note = LearnerNote.objects.get()
        assert (note.call, note.before.get().call) == ("reached", "no-answer")

    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"call": "call-back"}, "quel jour"),
            ({"call": "call-back", "day": "2020-01-01"}, "passé"),
            ({"text": "Reprend jeudi."}, "Cochez"),
            ({"call": "reached", "day": "2036-01-01"}, "Cochez"),
            ({"call": "reached", "text": "Quelle conne."}, "conne"),
            ({"call": "nonsense"}, "nonsense"),
        ],
    )
    def test_what_is_refused_stays_beside_the_person_and_nothing_is_written(
        self, cohort, leads, learner, stranger, sign_in, fields, words
    ):
        form = answers(learner, stranger, call="reached", text="Bien.")
        form |= {f"{learner.pk}-text": "", f"{learner.pk}-call": ""}
        form |= {f"{learner.pk}-{name}": value for name, value in fields.items()}
        answer = sign_in(leads).post(address(cohort), form)
        assert answer.status_code == 422
        assert words in body(answer)
        assert "Bien." in body(answer)
        assert not LearnerNote.objects.exists()

    def test_nobody_of_another_group_is_noted(self, cohort, leads, sign_in):
        outsider = make_user("outsider")
        sign_in(leads).post(address(cohort), answers(outsider, call="reached"))
        assert not LearnerNote.objects.exists()

    def test_who_left_the_group_meanwhile_is_noted_while_one_may_see_them(self, cohort, leads, learner, sign_in):
        make_cohort(learner, trainers=(leads,), name="Soir")
        cohort.members.filter(user=learner).delete()
        client = sign_in(leads)
        for more in ({}, {"key": uuid4()}):
            assert learner.full_name not in body(client.get(address(cohort, learner, **more)))
        assert client.post(address(cohort), answers(learner, call="reached", text="Bien.")).status_code == 302
        assert LearnerNote.objects.get().learner == learner

    @pytest.mark.parametrize("alone", [False, True])
    def test_what_was_written_about_somebody_now_unseen_is_shown_again(
        self, cohort, leads, learner, stranger, sign_in, alone
    ):
        people = (learner,) if alone else (learner, stranger)
        form = answers(*people, call="reached") | {f"{learner.pk}-text": "Reprend <jeudi>."}
        cohort.members.filter(user=learner).delete()
        client = sign_in(leads)
        answer = client.post(address(cohort), form)
        assert answer.status_code == 422
        text = body(answer)
        assert "1 personne de cette liste n’est plus parmi" in text
        assert "Reprend &lt;jeudi&gt;." in text
        assert learner.full_name not in text
        assert not LearnerNote.objects.exists()
        if not alone:
            rest = form | {"people": str(stranger.pk)}
            assert f'name="people" value="{stranger.pk}"' in text
            assert client.post(address(cohort), rest).status_code == 302
            assert LearnerNote.objects.get().learner == stranger

    def test_a_refused_list_keeps_its_course_and_how_many_were_left_out(self, cohort, leads, learner, sign_in):
        code = cohort.courses.get().code
        form = answers(learner, text="Sans issue.") | {"course": code, "more": "3"}
        answer = sign_in(leads).post(address(cohort), form)
        assert answer.status_code == 422
        text = body(answer)
        assert text.count(f"people={learner.pk}&amp;course={code}&amp;format=") == 3
        assert 'name="more" value="3"' in text
        assert "3 personnes de plus" in text

    def test_two_accounts_of_one_person_on_a_list_keep_both_notes(
        self, cohort, leads, learner, stranger, manager, sign_in
    ):
        sign_in(leads).post(address(cohort), answers(learner, stranger, call="reached", text="Reprend jeudi."))
        merging.merge(kept=learner, merged=stranger, by=manager)
        assert [note.learner for note in LearnerNote.objects.all()] == [learner, learner]
        erase(user=learner, by=manager)
        assert not LearnerNote.objects.exists()

    def test_what_is_refused_at_the_last_moment_is_given_back_with_its_words(
        self, cohort, leads, learner, sign_in, monkeypatch
    ):
        sent = answers(learner, call="reached", text="Revient lundi.")
        client = sign_in(leads)
        client.post(address(cohort, learner), sent)
        monkeypatch.setattr(learner_notes, "MOST_WORDINGS", 0)
        page = client.post(address(cohort, learner), {**sent, f"{learner.pk}-text": "Revient mardi."}, follow=True)
        assert "Revient mardi." in body(page)
        assert LearnerNote.objects.get().text == "Revient lundi."

    def test_they_are_in_the_copy_of_the_data(self, cohort, leads, learner, sign_in):
        sign_in(leads).post(address(cohort), answers(learner, call="call-back", day=site_day() + timedelta(days=2)))
        (row,) = rows_of(TABLES["courses.LearnerNote"], learner)
        assert row["call"] == "call-back"
        assert row["call_back_on"]


class TestCallBack:
    def back(self, learner, leads, day: date, **more) -> LearnerNote:
        return add_note(
            learner=learner, author=leads, text="", key=uuid4(), call=CallOutcome.CALL_BACK, call_back_on=day, **more
        )

    def test_on_the_day_the_group_names_them(self, cohort, leads, learner, stranger, sign_in):
        client, page = sign_in(leads), reverse("courses_cohort_calls", args=[cohort.pk])
        assert "Personne à rappeler" in body(client.get(page))
        self.back(learner, leads, site_day())
        self.back(stranger, leads, site_day() + timedelta(days=1))
        text = body(client.get(page))
        assert learner.full_name in text
        assert stranger.full_name not in text
        assert "À rappeler aujourd’hui" in body(client.get(reverse("courses_cohort", args=[cohort.pk])))

    def test_the_next_call_settles_it(self, cohort, leads, learner, sign_in):
        self.back(learner, leads, site_day())
        add_note(learner=learner, author=leads, text="Un mot.", key=uuid4())  # no call
        page = reverse("courses_cohort_calls", args=[cohort.pk])
        assert learner.full_name in body(sign_in(leads).get(page))
        sign_in(leads).post(address(cohort), answers(learner, call="reached"))
        assert learner.full_name not in body(sign_in(leads).get(page))

    def test_whom_one_may_not_see_is_not_counted(self, cohort, leads, learner, sign_in):
        self.back(learner, leads, site_day())
        User.objects.filter(pk=learner.pk).update(role=Role.TRAINER)
        assert "À rappeler aujourd’hui" not in body(sign_in(leads).get(reverse("courses_cohort", args=[cohort.pk])))

    def test_the_group_counts_each_once_and_the_list_says_the_rest(
        self, cohort, leads, learner, stranger, sign_in, monkeypatch
    ):
        monkeypatch.setattr(admin_calls, "PEOPLE_AT_ONCE", 1)
        make_cohort(learner, trainers=(leads,), name="Soir")
        for person in (learner, stranger):
            self.back(person, leads, site_day())
            self.back(person, leads, site_day() - timedelta(days=1))
        client = sign_in(leads)
        assert "À rappeler aujourd’hui\u00a0: 2" in body(client.get(reverse("courses_cohort", args=[cohort.pk])))
        text = body(client.get(reverse("courses_cohort_calls", args=[cohort.pk])))
        assert "1 personne de plus est à rappeler" in text

    def test_a_withdrawn_call_counts_no_more(self, cohort, leads, learner, sign_in):
        withdraw_note(note=self.back(learner, leads, site_day()), by=leads)
        assert learner.full_name not in body(sign_in(leads).get(reverse("courses_cohort_calls", args=[cohort.pk])))
