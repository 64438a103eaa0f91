"""The hour that an editor chose: pages, questions and what is kept of them follow, and one bad row stops no other."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.models import Page, Revision, UploadedFile

from cms.tasks import clear_sessions, publish_scheduled, purge_uploads
from courses.outline import best_outline
from lms.lib import sweeps
from lms.lib.models import FailedRow
from tests.factories.assessments import make_question
from tests.factories.courses import lesson_page, make_course, make_enrolment

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def let_time_pass() -> None:
    """Every hour that somebody chose is over."""
    past = timezone.now() - HOUR
    Revision.objects.exclude(approved_go_live_at=None).update(approved_go_live_at=past)
    for revision in Revision.objects.all():
        if revision.content.get("go_live_at"):
            revision.content["go_live_at"] = past.isoformat()
            revision.save()


def slugs(course) -> list[str]:
    return [step.slug for step in best_outline(course).steps]


def test_a_lesson_appears_at_its_hour_in_the_outline_and_to_its_learner(site, sign_in, learner):
    course = make_course()
    make_enrolment(learner, course)
    client, page = sign_in(learner), lesson_page(course, 2)
    path = page.learner_path(course.code)
    assert client.get(path).status_code == 200
    page.unpublish()
    course.refresh_from_db()
    assert slugs(course) == ["lecon-1"]
    page.go_live_at = timezone.now() + HOUR
    page.save_revision().publish()
    publish_scheduled()
    course.refresh_from_db()
    assert slugs(course) == ["lecon-1"]
    let_time_pass()
    assert publish_scheduled() == 1
    course.refresh_from_db()
    assert slugs(course) == ["lecon-1", "lecon-2"]
    assert client.get(path).status_code == 200
    assert publish_scheduled() == 0


def test_a_lesson_goes_at_its_hour(site, sign_in, learner):
    course = make_course()
    make_enrolment(learner, course)
    client, page = sign_in(learner), lesson_page(course, 2)
    path = page.learner_path(course.code)
    assert client.get(path).status_code == 200
    Page.objects.filter(pk=page.pk).update(expire_at=timezone.now() - HOUR)
    assert publish_scheduled() == 1
    page.refresh_from_db()
    assert not page.live
    assert page.expired
    course.refresh_from_db()
    assert slugs(course) == ["lecon-1"]
    assert client.get(path).status_code == 302


def test_words_that_were_to_change_at_an_hour_change_for_the_reader(site, sign_in, learner):
    """What is kept of a lesson's body is that of its live revision."""
    course = make_course()
    make_enrolment(learner, course)
    client, page = sign_in(learner), lesson_page(course)
    path = page.learner_path(course.code)
    assert "Nouveau texte" not in client.get(path).text
    page.body = [("text", "<p>Nouveau texte</p>")]
    page.go_live_at = timezone.now() + HOUR
    page.save_revision().publish()
    assert "Nouveau texte" not in client.get(path).text
    let_time_pass()
    publish_scheduled()
    assert "Nouveau texte" in client.get(path).text


def test_a_question_appears_and_goes_at_its_hour(site):
    question = make_question()
    question.prompt = "<p>Nouvelle question ?</p>"
    question.go_live_at = timezone.now() + HOUR
    question.save_revision().publish()
    publish_scheduled()
    question.refresh_from_db()
    assert "Nouvelle" not in question.prompt
    let_time_pass()
    assert publish_scheduled() == 1
    question.refresh_from_db()
    assert "Nouvelle" in question.prompt
    assert question.live
    type(question).objects.filter(pk=question.pk).update(expire_at=timezone.now() - HOUR)
    assert publish_scheduled() == 1
    question.refresh_from_db()
    assert not question.live


def test_one_page_that_cannot_be_published_keeps_no_other_back(site, monkeypatch):
    course = make_course()
    for number in (1, 2):
        page = lesson_page(course, number)
        page.title = f"Titre {number}"
        page.go_live_at = timezone.now() + number * HOUR
        page.save_revision().publish()
    bad, publish = lesson_page(course, 1).pk, Revision.publish

    def refuse(self, *args, **kwargs):
        if self.object_id == str(bad):
            raise ValueError("a block that is no more")
        return publish(self, *args, **kwargs)

    let_time_pass()
    monkeypatch.setattr(Revision, "publish", refuse)
    assert publish_scheduled() == 1
    assert lesson_page(course, 2).title == "Titre 2"
    monkeypatch.undo()
    assert FailedRow.objects.get().tries == 1  # a line of doctor, and later again
    sweeps.retry()
    assert publish_scheduled() == 1
    assert lesson_page(course, 1).title == "Titre 1"


def test_ended_sessions_leave_the_table():
    for name, days in (("old", -1), ("new", 1)):
        Session.objects.create(session_key=name, expire_date=timezone.now() + timedelta(days=days))
    clear_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


def test_uploads_that_nobody_finished_go_after_a_day(settings, manager, monkeypatch):
    kind = ContentType.objects.get_for_model(get_image_model())
    uploads = [
        UploadedFile.objects.create(for_content_type=kind, file=ContentFile(b"x", f"{name}.png")) for name in "ab"
    ]
    old, new = (upload.file.name for upload in uploads)
    ages = {old: timedelta(days=2), new: timedelta(hours=2)}
    monkeypatch.setattr(
        type(default_storage._wrapped), "get_modified_time", lambda self, name: timezone.now() - ages[name]
    )
    assert purge_uploads() == 1
    assert [upload.file.name for upload in UploadedFile.objects.all()] == [new]
    assert not default_storage.exists(old)
    assert default_storage.exists(new)
