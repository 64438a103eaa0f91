"""Notes about a learner: among those who may see the account, corrected or withdrawn, gone with the account."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses import learner_notes
from courses.learner_notes import add_note, correct_note, withdraw_note
from courses.models import LearnerNote, NoteWording
from lms.accounts import inactivity, merging
from lms.accounts.enums import Role
from lms.accounts.erasing import erase
from lms.accounts.models import AuditEvent, InactivityNotice, User
from lms.accounts.personal_data import TABLES, rows_of
from lms.lib.moments import site_day
from tests.factories.courses import make_cohort
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db
WORDS = "Appelée le 12 : reprend jeudi, préfère le soir."


@pytest.fixture
def leads(site, learner):
    person = make_user("leads", Role.TRAINER, all_courses=False, full_name="Lea Diop")
    make_cohort(learner, trainers=(person,), name="Matin")
    return person


def page(learner) -> str:
    return reverse("courses_learner_notes", args=[learner.pk])


def address(act, note) -> str:
    return reverse(f"courses_note_{act}", args=[note.learner_id, note.pk])


def write(learner, by, text=WORDS, key=None) -> LearnerNote:
    return add_note(learner=learner, author=by, text=text, key=key or uuid4())


def body(response) -> str:
    return response.content.decode()


class TestWriting:
    def test_is_read_on_the_page_of_the_learner_with_author_and_day(self, learner, leads, sign_in):
        client, own = sign_in(leads), reverse("courses_learner", args=[learner.pk])
        assert "Aucune note" in body(client.get(own))
        form = {"key": str(uuid4()), "text": WORDS}
        for _press in range(2):  # the same button pressed twice
            assert client.post(page(learner), form).status_code == 302
        for path in (own, page(learner)):
            text = body(client.get(path))
            assert text.count(WORDS) == 1
            assert "Lea Diop" in text
        event = AuditEvent.objects.get(verb="write-note")
        assert (event.actor, event.fields) == (leads, [f"user:{learner.pk}"])

    def test_one_form_for_two_learners_is_two_notes(self, learner, stranger, leads, sign_in):
        make_cohort(stranger, trainers=(leads,))
        form, client = {"key": str(uuid4()), "text": WORDS}, sign_in(leads)
        for person in (learner, stranger):
            assert client.post(page(person), form).status_code == 302
            assert WORDS in body(client.get(page(person)))
        assert LearnerNote.objects.count() == 2

    def test_the_same_form_with_other_words_corrects_the_note(self, learner, leads):
        """Back in the browser, the text changed, sent again."""
        key = uuid4()
        write(learner, leads, key=key)
        write(learner, leads, "Reprend vendredi.", key=key)
        assert LearnerNote.objects.get().text == "Reprend vendredi."
        assert NoteWording.objects.get().text == WORDS

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            (" ", "Champ requis"),
            ("x" * 1001, "1"),
            ("Elle est trop vieille.", "trop vieille"),
            ("Quelle conne.", "conne"),
        ],
    )
    def test_what_is_refused_stays_in_its_form(self, learner, leads, sign_in, text, words):
        answer = sign_in(leads).post(page(learner), {"key": str(uuid4()), "text": text})
        assert answer.status_code == 422
        assert words in body(answer)
        assert text in body(answer)
        assert not LearnerNote.objects.exists()

    def test_no_advice_about_hiring_to_whoever_writes_about_a_lesson(self, learner, leads, sign_in):
        answer = body(sign_in(leads).post(page(learner), {"key": str(uuid4()), "text": "Jeune femme timide."}))
        assert "Jeune femme" in answer
        assert "opérateur" not in answer


class TestWhoReads:
    def test_as_the_page_of_the_learner(self, learner, leads, manager, employer_user, sign_in):
        """Also about somebody in no group: whoever made the account, and managers."""
        write(learner, leads)
        maker = make_user("maker", Role.TRAINER, all_courses=False)
        User.objects.filter(pk=learner.pk).update(created_by=maker)
        learner.cohort_memberships.all().delete()
        for user in (maker, manager):
            assert WORDS in body(sign_in(user).get(page(learner)))
            assert WORDS in body(sign_in(user).get(reverse("courses_learner", args=[learner.pk])))
        for user in (leads, make_user("other", Role.TRAINER)):  # leads a group no longer
            assert sign_in(user).get(page(learner)).status_code == 404
        for user in (learner, employer_user):
            assert sign_in(user).get(page(learner)).status_code == 403

    def test_the_learner_in_the_copy_of_their_data_with_former_words(self, learner, leads):
        note = write(learner, leads)
        correct_note(note=note, text="Reprend vendredi.", by=leads)
        (row,) = rows_of(TABLES["courses.LearnerNote"], learner)
        assert row["text"] == "Reprend vendredi."
        assert "author" not in row
        (before,) = rows_of(TABLES["courses.NoteWording"], learner)
        assert before["text"] == WORDS

    def test_a_page_says_how_many_more_there_are(self, learner, leads, sign_in):
        for number in range(learner_notes.PER_PAGE + 2):
            write(learner, leads, f"Note {number:02d}.")
        client = sign_in(leads)
        first, second = body(client.get(page(learner))), body(client.get(page(learner), {"page": 2}))
        assert "Note 11." in first
        assert "Note 00." not in first
        assert "Note 00." in second
        assert "12 notes" in body(client.get(reverse("courses_learner", args=[learner.pk])))

    def test_more_notes_cost_no_more(self, learner, leads, sign_in):
        client, counted = sign_in(leads), []
        for number in (2, 8):
            for _again in range(number):
                correct_note(note=write(learner, leads), text="Autre.", by=leads)
            client.get(page(learner))
            with CaptureQueriesContext(connection) as queries:
                client.get(page(learner))
                client.get(reverse("courses_learner", args=[learner.pk]))
            counted.append(len(queries))
        assert counted[1] <= counted[0]

    def test_who_wrote_it_and_is_gone_is_no_placeholder(self, learner, leads, manager, sign_in):
        write(learner, leads)
        erase(user=leads, by=manager)
        text = body(sign_in(manager).get(page(learner)))
        assert WORDS in text
        assert "erased" not in text


class TestCorrecting:
    def test_its_author_does_and_what_stood_before_stays(self, learner, leads, sign_in):
        note, client = write(learner, leads), sign_in(leads)
        assert WORDS in body(client.get(address("change", note)))
        for _press in range(2):
            assert client.post(address("change", note), {"text": "Reprend vendredi."}).status_code == 302
        text = body(client.get(page(learner)))
        assert text.index("Reprend vendredi.") < text.index(WORDS)
        assert NoteWording.objects.count() == 1
        assert AuditEvent.objects.filter(verb="correct-note").count() == 1

    def test_nobody_else_does(self, learner, leads, manager, sign_in):
        note = write(learner, leads)
        client = sign_in(manager)
        assert f'href="{address("change", note)}"' not in body(client.get(page(learner)))
        assert client.get(address("change", note)).status_code == 404
        assert client.post(address("change", note), {"text": "x"}).status_code == 404
        assert LearnerNote.objects.get().text == WORDS

    def test_what_is_refused_stays_in_its_form(self, learner, leads, sign_in):
        note = write(learner, leads)
        answer = sign_in(leads).post(address("change", note), {"text": "Quelle conne."})
        assert answer.status_code == 422
        assert "Quelle conne." in body(answer)
        assert LearnerNote.objects.get().text == WORDS

    def test_so_often_and_no_more(self, learner, leads, sign_in, monkeypatch):
        monkeypatch.setattr(learner_notes, "MOST_WORDINGS", 1)
        note = write(learner, leads)
        correct_note(note=note, text="Un.", by=leads)
        answer = sign_in(leads).post(address("change", note), {"text": "Deux."})
        assert answer.status_code == 422
        assert "nouvelle note" in body(answer)

    def test_what_came_of_a_call_is_seen_and_corrected(self, learner, leads, sign_in):
        over = site_day() - timedelta(days=3)
        note = add_note(
            learner=learner, author=leads, text="Reprend jeudi.", key=uuid4(), call="call-back", call_back_on=over
        )
        client = sign_in(leads)
        text = body(client.get(address("change", note)))
        assert over.isoformat() in text
        assert 'value="call-back"' in text
        form = {"call": "call-back", "day": over.isoformat(), "text": "Reprend vendredi."}
        assert client.post(address("change", note), form).status_code == 302  # the day was right when it was written
        assert client.post(address("change", note), {"call": "reached", "text": ""}).status_code == 302
        note.refresh_from_db()
        assert (note.call, note.call_back_on, note.text) == ("reached", None, "")
        assert [row.call_back_on for row in note.before.all()] == [over, over]
        for bad in ({"call": "", "text": "x"}, form | {"day": (over - timedelta(days=1)).isoformat()}):
            assert client.post(address("change", note), bad).status_code == 422

    def test_one_that_is_gone_meanwhile_says_so(self, learner, leads):
        note = write(learner, leads)
        LearnerNote.objects.filter(pk=note.pk).delete()
        with pytest.raises(ValidationError):
            correct_note(note=note, text="Reprend vendredi.", by=leads)


class TestWithdrawing:
    def test_what_a_manager_withdrew_its_author_does_not_put_back(self, learner, leads, manager, sign_in):
        note = write(learner, leads)
        withdraw_note(note=note, by=manager)
        client = sign_in(leads)
        text = body(client.get(page(learner)))
        assert "Retirée le" in text
        assert address("put_back", note) not in text
        assert client.post(address("put_back", note)).status_code == 404
        client = sign_in(manager)
        assert address("put_back", note) in body(client.get(page(learner)))
        assert client.post(address("put_back", note)).status_code == 302
        assert LearnerNote.objects.get().withdrawn_at is None

    @pytest.mark.parametrize("who", ["leads", "manager"])
    def test_by_its_author_or_a_manager_and_put_back(self, request, learner, leads, sign_in, who):
        user = request.getfixturevalue(who)
        note, client = write(learner, leads), sign_in(user)
        assert client.post(address("withdraw", note)).status_code == 302
        assert WORDS not in body(client.get(reverse("courses_learner", args=[learner.pk])))
        assert "Retirée le" in body(client.get(page(learner)))
        client.post(address("put_back", note))
        assert WORDS in body(client.get(reverse("courses_learner", args=[learner.pk])))
        verbs = AuditEvent.objects.filter(actor=user, fields=[f"user:{learner.pk}"]).order_by("pk")
        assert list(verbs.exclude(verb="write-note").values_list("verb", flat=True)) == [
            "withdraw-note",
            "put-back-note",
        ]

    def test_no_colleague_does_or_reads_it_then(self, learner, leads, sign_in):
        colleague = make_user("colleague", Role.TRAINER, all_courses=False)
        make_cohort(learner, trainers=(colleague,))
        note, client = write(learner, leads), sign_in(colleague)
        assert client.post(address("withdraw", note)).status_code == 404
        withdraw_note(note=note, by=leads)
        assert client.post(address("put_back", note)).status_code == 404
        assert WORDS not in body(client.get(page(learner)))
        assert sign_in(leads).get(address("change", note)).status_code == 404

    def test_the_note_of_another_learner_is_not_reached(self, learner, stranger, leads, sign_in):
        make_cohort(stranger, trainers=(leads,))
        note = write(learner, leads)
        path = reverse("courses_note_withdraw", args=[stranger.pk, note.pk])
        assert sign_in(leads).post(path).status_code == 404


class TestGone:
    @pytest.fixture
    def noted(self, learner, leads):
        correct_note(note=write(learner, leads), text="Reprend vendredi.", by=leads)
        return learner

    def test_with_the_account(self, noted):
        erase(user=noted, by=None)
        assert not LearnerNote.objects.exists()
        assert not NoteWording.objects.exists()

    def test_with_an_account_that_nobody_uses(self, noted):
        long_ago = timezone.now() - timedelta(days=3650)
        User.objects.filter(pk=noted.pk).update(last_login=long_ago, date_joined=long_ago)
        notice = InactivityNotice.objects.create(user=noted, told_at=long_ago)
        inactivity.settle(notice.pk, timezone.now())
        assert not LearnerNote.objects.exists()

    def test_after_two_years_or_a_month_withdrawn(self, noted, leads):
        now = timezone.now()
        old, withdrawn = write(noted, leads, "Vieille."), write(noted, leads, "Retirée.")
        LearnerNote.objects.filter(pk=old.pk).update(written_at=now - timedelta(days=731))
        LearnerNote.objects.filter(pk=withdrawn.pk).update(withdrawn_at=now - timedelta(days=31))
        learner_notes.PURGE.work("", now)
        assert [note.text for note in LearnerNote.objects.all()] == ["Reprend vendredi."]
        assert learner_notes.PURGE.work("", now) is False

    def test_a_merge_takes_them_along_and_its_undoing_brings_them_back(self, noted, stranger, leads, manager):
        done = merging.merge(kept=stranger, merged=noted, by=manager)
        note = LearnerNote.objects.get()
        assert note.learner == stranger
        correct_note(note=note, text="Corrigée après.", by=leads)
        assert merging.undo(merge=done, by=manager) == []
        note.refresh_from_db()
        assert (note.learner, note.text, note.before.count()) == (noted, "Corrigée après.", 2)
