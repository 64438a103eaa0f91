from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.cohorts import enrol_members, join_many
from courses.models import Enrolment
from courses.tasks import sweep_groups
from lms.lib.moments import site_day
from tests.factories.courses import course_page, make_cohort, make_course
from tests.factories.people import make_user
from tests.factories.publishing import publish
from tests.writes import rows_by_transaction


@pytest.fixture
def draft(db):
    """A course that is not published yet."""
    course = make_course(lessons=1)
    course_page(course).unpublish()
    course.refresh_from_db()
    return course


def enrolled(course):
    return set(Enrolment.objects.filter(course=course).values_list("user__username", flat=True))


def test_a_course_published_after_the_group_took_it_enrols_the_group(draft, learner, stranger):
    cohort = make_cohort(courses=(draft,))
    join_many([learner, stranger], cohort)
    assert enrolled(draft) == set()
    assert sweep_groups() == 0  # nothing waits while it is a draft
    publish(course_page(draft))
    assert sweep_groups() == 1
    assert enrolled(draft) == {learner.username, stranger.username}
    assert set(Enrolment.objects.values_list("cohort", flat=True)) == {cohort.pk}
    assert sweep_groups() == 0


def test_a_course_withdrawn_and_published_again_enrols_who_joined_meanwhile(draft, learner, stranger):
    publish(course_page(draft))
    cohort = make_cohort(learner, courses=(draft,))
    sweep_groups()
    course_page(draft).unpublish()
    join_many([stranger], cohort)
    assert enrolled(draft) == {learner.username}
    publish(course_page(draft))
    sweep_groups()
    assert enrolled(draft) == {learner.username, stranger.username}


def test_a_course_that_is_taken_while_a_draft_enrols_later(draft, learner):
    cohort = make_cohort(learner)
    cohort.courses.add(draft)
    enrol_members(cohort=cohort, courses=[draft])
    publish(course_page(draft))
    sweep_groups()
    assert enrolled(draft) == {learner.username}


def test_what_comes_after_another_course_begins_when_that_is_finished(site, learner):
    first, second = make_course("a", lessons=1), make_course("b", lessons=1)
    second.prerequisites.add(first)
    make_cohort(learner, courses=(first, second))
    sweep_groups()
    assert (enrolled(first), enrolled(second)) == ({learner.username}, set())
    assert sweep_groups() == 0  # it waits for the learner, not for the worker
    Enrolment.objects.filter(course=first).update(completed_at=timezone.now())
    assert sweep_groups() == 1
    assert enrolled(second) == {learner.username}


def test_a_group_that_is_over_and_a_closed_account_are_left_alone(site, learner, stranger):
    course = make_course(lessons=1)
    make_cohort(learner, courses=(course,), ends_on=site_day() - timedelta(days=1))
    stranger.is_active = False
    stranger.save()
    make_cohort(stranger, courses=(course,))
    assert sweep_groups() == 0
    assert enrolled(course) == set()


def test_a_large_group_is_small_transactions_and_no_more_queries(site, monkeypatch):
    monkeypatch.setattr("courses.group_enrolment.ROWS_AT_ONCE", 16)
    courses = (make_course("a", lessons=1), make_course("b", lessons=1))
    counted = []
    for size in (1, 2, 8, 9):  # the first also builds the outlines
        make_cohort(*(make_user(f"l{size}-{number}") for number in range(size)), courses=courses)
        with rows_by_transaction() as written, CaptureQueriesContext(connection) as queries:
            assert sweep_groups() == 1
        assert max(written) <= 16
        counted.append(len(queries))
    assert counted[1] == counted[2] == counted[3]
    assert [sweep_groups(), sweep_groups()] == [1, 0]  # the ninth of the last group
    assert [Enrolment.objects.filter(course=course).count() for course in courses] == [20, 20]
