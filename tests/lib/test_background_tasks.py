"""Tasks of libraries run after the commit, once for each row, and never for what was put back."""

import logging

import pytest
from django.db import transaction
from modelsearch.tasks import insert_or_update_object_task

from courses.models import Course, LessonPage
from lms.lib.background_tasks import AfterCommit
from lms.lib.logs import DropMissingRows
from lms.settings.base import LOGGING
from tests.factories.courses import lesson_page, make_course


@pytest.fixture
def ran(monkeypatch):
    """Name and arguments of the tasks that ran, in order."""
    found = []
    plain = AfterCommit.__mro__[1].enqueue

    def enqueue(self, task, args, kwargs):
        found.append((task.module_path, tuple(args)))
        return plain(self, task, args, kwargs)

    monkeypatch.setattr(AfterCommit.__mro__[1], "enqueue", enqueue)
    return found


def ask(number):
    insert_or_update_object_task.enqueue("courses", "course", str(number))


@pytest.mark.django_db(transaction=True)
def test_once_for_each_row_and_only_after_the_commit(ran):
    with transaction.atomic():
        for number in (1, 2, 1, 1):
            ask(number)
        assert ran == []
    assert [args[2] for _name, args in ran] == ["1", "2"]
    ask(1)
    assert [args[2] for _name, args in ran] == ["1", "2", "1"], "outside of a transaction at once"


@pytest.mark.django_db(transaction=True)
def test_what_was_put_back_is_not_asked_for_and_asks_nothing_away(ran):
    """A row asked for in a part that is put back, and again in a part that stays, is done."""
    with transaction.atomic():
        ask(1)
        transaction.set_rollback(True)
    with transaction.atomic():
        with transaction.atomic():
            ask(2)
            ask(3)
            transaction.set_rollback(True)
        ask(3)
    assert [args[2] for _name, args in ran] == ["3"]


@pytest.mark.django_db(transaction=True)
def test_a_task_may_ask_for_others_in_a_transaction_of_its_own(ran):
    def more():
        with transaction.atomic():
            ask(1)

    with transaction.atomic():
        ask(1)
        transaction.on_commit(more)
    assert [args[2] for _name, args in ran] == ["1", "1"]


@pytest.mark.django_db(transaction=True)
def test_a_row_that_is_gone_by_then_is_no_error_for_the_log(site, ran, caplog):
    with transaction.atomic():
        course = Course.objects.create(code="a", titles={"fr": "A"})
        key = str(course.pk)
        course.delete()
    assert [args for _name, args in ran if key in args], "asked for, and looked for in vain"
    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert errors, "what Wagtail's task says without the filter"
    assert not [record for record in errors if DropMissingRows().filter(record)]
    assert LOGGING["loggers"]["django_tasks"]["filters"] == ["drop_missing_rows"]


def test_any_other_error_of_a_task__reported(caplog):
    try:
        raise OSError("the disk is full")
    except OSError:
        logging.getLogger("django_tasks").exception("Task failed")
    assert DropMissingRows().filter(caplog.records[0])


@pytest.mark.django_db
def test_a_published_page_is_indexed_once(site, ran, django_capture_on_commit_callbacks):
    page = lesson_page(make_course(lessons=1))
    del ran[:]
    with django_capture_on_commit_callbacks(execute=True):
        page.title = "Le tri des courriels"
        page.save_revision().publish()
    own = [(name, *args) for name, args in ran if args[2] == str(page.pk)]
    assert any("search" in name for name, *_args in own)
    assert len(own) == len(set(own)) >= 2
    assert [found.pk for found in LessonPage.objects.search("courriels")] == [page.pk]
