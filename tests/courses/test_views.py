import re

import brotli
import pytest
from django.conf import settings
from django.urls import reverse

from courses import services
from courses.models import Enrolment, LessonPage, StepProgress
from lms.accounts.enums import Channel
from lms.accounts.messages import queue_message
from lms.accounts.models import OutboundMessage
from tests.factories.courses import BOTH, lesson_page, make_course, make_enrolment, step_keys

pytestmark = pytest.mark.pages

LESSON = "/fr/learn/saisie/lecon-1/"


@pytest.fixture
def course(request, db):
    return make_course(lessons=2, languages=getattr(request, "param", ("fr",)))


@pytest.fixture
def enrolment(learner, course):
    return make_enrolment(learner, course)


@pytest.fixture
def awa(learner, sign_in):
    client = sign_in(learner)
    client.get("/fr/learn/")  # the session's first signs of life are written
    return client


def text(response) -> str:
    return response.content.decode()


class TestLesson:
    def test_shows_the_body_and_remembers_the_place(self, awa, enrolment, course):
        response = awa.get(LESSON)
        assert response.status_code == 200
        assert "Relire une saisie. (1)" in text(response)
        assert response["Cache-Control"] == "private, no-store"
        enrolment.refresh_from_db()
        assert enrolment.last_step_key == step_keys(course)[0]

    @pytest.mark.parametrize("slug", ["leçon", "درس"])
    def test_a_slug_in_any_script_has_an_address(self, awa, enrolment, course, slug):
        """One such lesson made every page of its course fail."""
        LessonPage.objects.filter(pk=lesson_page(course).pk).update(slug=slug)
        assert awa.get(f"/fr/learn/saisie/{slug}/").status_code == 200
        assert awa.get("/fr/courses/saisie/").status_code == 200

    def test_costs_at_most_four_queries_when_seen_before(self, awa, stranger, sign_in, course, enrolment):
        make_enrolment(stranger, course)
        ines = sign_in(stranger)
        ines.get("/fr/learn/")
        ines.get(LESSON)
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as first:
            awa.get(LESSON)
        with CaptureQueriesContext(connection) as again:
            awa.get(LESSON)
        assert len(first) <= 4
        assert len(again) <= 3

    def test_the_body_is_rendered_once(self, awa, enrolment, monkeypatch):
        from courses import lessons

        rendered = []
        real = lessons.render
        monkeypatch.setattr(lessons, "render", lambda *args: rendered.append(args) or real(*args))
        awa.get(LESSON)
        awa.get(LESSON)
        assert len(rendered) == 1

    def test_a_new_publication_is_seen_at_once(self, awa, enrolment, course):
        awa.get(LESSON)
        page = lesson_page(course, 1)
        page.body = [("text", "<p>Nouveau texte</p>")]
        page.save_revision()
        assert "Nouveau texte" not in text(awa.get(LESSON))
        page.save_revision().publish()
        assert "Nouveau texte" in text(awa.get(LESSON))

    def test_nothing_personal_is_in_the_kept_body(self, awa, enrolment, learner):
        from django.core.cache import caches

        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', text(awa.get(LESSON)))[1]
        kept = repr(list(caches["bodies"].kept.values()))
        assert "lecon-1" in kept
        for secret in (learner.username, learner.full_name, token, awa.cookies["csrftoken"].value):
            assert secret not in kept

    def test_weighs_at_most_ten_kilobytes_cold_and_four_next(self, awa, enrolment):
        page = awa.get(LESSON, headers={"accept-encoding": "br"})
        following = awa.get("/fr/learn/saisie/lecon-2/", headers={"accept-encoding": "br"})
        style = (settings.BASE_DIR / "lms/static/css/site.css").read_bytes()
        icon = (settings.BASE_DIR / "lms/static/img/favicon.svg").read_bytes()
        cold = len(page.content) + len(brotli.compress(style)) + len(brotli.compress(icon))
        assert cold <= 10_000
        assert len(following.content) <= 4_000
        assert brotli.decompress(page.content).count(b"<script") == 1, "what keeps drafts, and nothing else"

    @pytest.mark.parametrize("course", [BOTH], indirect=True)
    def test_another_language_keeps_the_place(self, awa, enrolment):
        response = awa.get(LESSON)
        assert 'href="/en/learn/saisie/lesson-1/"' in text(response)
        assert awa.get("/en/learn/saisie/lecon-2/").url == "/en/learn/saisie/lesson-2/"

    def test_a_lesson_that_is_gone_leads_to_the_course(self, awa, enrolment, course):
        lesson_page(course, 1).unpublish()
        assert awa.get(LESSON).url == "/fr/learn/saisie/"

    def test_whoever_is_not_enrolled_is_shown_where_to_enrol(self, awa, course):
        assert awa.get(LESSON).url == "/fr/courses/saisie/"

    def test_a_stranger_signs_in_first(self, client, course):
        assert client.get(LESSON).url.startswith("/fr/accounts/login/")

    def test_an_unknown_course_is_not_found(self, awa):
        assert awa.get("/fr/learn/nowhere/lecon-1/").status_code == 404


class TestStepDone:
    def test_goes_on_to_the_next_step(self, awa, enrolment):
        response = awa.post(LESSON + "done/")
        assert response.url == "/fr/learn/saisie/lecon-2/"
        assert StepProgress.objects.get().enrolment == enrolment

    def test_twice_is_harmless(self, awa, enrolment):
        for _time in range(2):
            assert awa.post(LESSON + "done/").status_code == 302
        assert StepProgress.objects.count() == 1

    def test_the_last_one_finishes_the_course(self, awa, enrolment):
        awa.post(LESSON + "done/")
        response = awa.post("/fr/learn/saisie/lecon-2/done/", follow=True)
        assert response.redirect_chain[-1][0] == "/fr/learn/saisie/"
        assert "msg-success" in text(response)
        enrolment.refresh_from_db()
        assert enrolment.completed_at

    def test_a_get_marks_nothing(self, awa, enrolment):
        assert awa.get(LESSON + "done/").url == LESSON
        assert not StepProgress.objects.exists()

    def test_only_their_own_enrolment_moves(self, awa, course, stranger):
        make_enrolment(stranger, course)
        assert awa.post(LESSON + "done/").url == "/fr/courses/saisie/"
        assert not StepProgress.objects.exists()


class TestCourse:
    def test_shows_done_now_and_to_do(self, awa, enrolment, course):
        services.mark_step_done(enrolment=enrolment, step_key=step_keys(course)[0], kind="lesson")
        page = text(awa.get("/fr/learn/saisie/"))
        assert page.count('<li class="done">') == 1
        assert page.count('<li class="now">') == 1

    def test_a_withdrawn_course_says_so(self, awa, enrolment, course):
        for page in course.pages.all():
            page.unpublish()
        response = awa.get("/fr/learn/saisie/")
        assert response.status_code == 200
        assert "empty" in text(response)

    def test_a_get_on_enrol_leads_to_the_course_page(self, awa, course):
        assert awa.get("/fr/learn/saisie/enrol/").url == "/fr/courses/saisie/"

    def test_finish_closes_a_course_whose_last_step_was_withdrawn(self, awa, enrolment, course):
        services.mark_step_done(enrolment=enrolment, step_key=step_keys(course)[0], kind="lesson")
        lesson_page(course, 2).unpublish()
        assert "/fr/learn/saisie/finish/" in text(awa.get("/fr/learn/saisie/"))
        awa.post("/fr/learn/saisie/finish/")
        enrolment.refresh_from_db()
        assert enrolment.completed_at

    def test_finish_refuses_what_is_not_done(self, awa, enrolment):
        awa.post("/fr/learn/saisie/finish/")
        enrolment.refresh_from_db()
        assert enrolment.completed_at is None


class TestEnrol:
    def test_enrols_and_opens_the_course(self, awa, learner, course):
        assert awa.post("/fr/learn/saisie/enrol/").url == "/fr/learn/saisie/"
        assert Enrolment.objects.get().user == learner

    def test_a_refusal_says_what_to_do(self, awa, course):
        course.prerequisites.add(make_course("base", titles={"fr": "La base", "en": "Basics"}))
        response = awa.post("/fr/learn/saisie/enrol/", follow=True)
        assert "La base" in text(response)
        assert not Enrolment.objects.exists()


class TestMyCourses:
    def test_another_language_than_that_of_the_messages_may_become_theirs(self, awa, learner):
        assert 'name="language"' not in awa.get("/fr/learn/").text
        page = awa.get("/en/learn/").text
        assert "We write to you in French." in page
        assert "Write to me in English" in page
        learner.refresh_from_db()
        assert learner.language == "fr", "reading changes nothing"
        answer = awa.post(reverse("accounts:set_language"), {"language": "en", "next": "/en/learn/"})
        assert answer["Location"] == "/en/learn/"
        learner.refresh_from_db()
        assert learner.language == "en"
        assert 'name="language"' not in awa.get("/en/learn/").text

    def test_starts_with_what_to_go_on_with(self, awa, enrolment):
        page = text(awa.get("/fr/learn/"))
        assert 'href="/fr/learn/saisie/lecon-1/"' in page

    def test_empty_leads_to_the_catalogue(self, awa, learner):
        assert 'href="/fr/courses/"' in text(awa.get("/fr/learn/"))

    def test_queries_do_not_grow_with_courses(self, awa, learner, django_assert_max_num_queries):
        for number in range(6):
            make_enrolment(learner, make_course(f"c{number}"))
        with django_assert_max_num_queries(10):
            assert awa.get("/fr/learn/").status_code == 200

    def test_news_opens_once_and_leads_on(self, awa, learner):
        message = queue_message(
            key="k", user=learner, channel=Channel.APP, kind="x", body="Votre certificat est prêt.", link="/fr/courses/"
        )
        assert "Votre certificat est prêt." in text(awa.get("/fr/learn/"))
        assert awa.post(reverse("courses:open_news", args=[message.pk])).url == "/fr/courses/"
        assert "Votre certificat est prêt." not in text(awa.get("/fr/learn/"))

    def test_news_of_somebody_else_is_not_found(self, awa, stranger):
        message = queue_message(key="k", user=stranger, channel=Channel.APP, kind="x", body="-")
        assert awa.post(reverse("courses:open_news", args=[message.pk])).status_code == 404
        assert OutboundMessage.objects.get().read_at is None

    def test_news_never_leads_off_the_site(self, awa, learner):
        message = queue_message(
            key="k", user=learner, channel=Channel.APP, kind="x", body="-", link="https://example.org/"
        )
        assert awa.post(reverse("courses:open_news", args=[message.pk])).url == "/fr/learn/"
