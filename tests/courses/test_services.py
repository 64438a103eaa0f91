import pytest

from courses import services
from courses.enums import StepKind
from courses.models import Enrolment, StepProgress
from courses.signals import course_completed
from lms.accounts.enums import Role
from tests.factories.courses import lesson_page, make_cohort, make_course, make_enrolment, step_keys
from tests.factories.people import make_user


@pytest.fixture
def news():
    heard = []

    def hear(signal, sender, **kwargs):
        heard.append(kwargs["enrolment_id"])

    course_completed.connect(hear)
    yield heard
    course_completed.disconnect(hear)


def test_enrol_writes_one_enrolment(learner):
    course = make_course()
    first = services.enrol(user=learner, course=course)
    assert services.enrol(user=learner, course=course) == first
    assert Enrolment.objects.count() == 1


def test_enrol_waits_for_the_prerequisite(learner):
    base, course = make_course("base"), make_course("suite")
    course.prerequisites.add(base)
    with pytest.raises(services.EnrolmentRefusedError) as refusal:
        services.enrol(user=learner, course=course)
    assert refusal.value.missing == [base]
    enrolment = services.enrol(user=learner, course=base)
    for key in step_keys(base):
        services.mark_step_done(enrolment=enrolment, step_key=key, kind=StepKind.LESSON)
    assert services.enrol(user=learner, course=course)


def test_a_course_for_groups_asks_for_a_group(learner, stranger):
    course = make_course(is_open=False)
    cohort = make_cohort(learner, courses=(course,))
    assert services.enrol(user=learner, course=course).cohort == cohort
    with pytest.raises(services.EnrolmentRefusedError):
        services.enrol(user=stranger, course=course)


def test_enrol_refuses_an_unpublished_course(learner):
    with pytest.raises(services.EnrolmentRefusedError):
        services.enrol(user=learner, course=make_course(languages=()))


def test_enrol_refuses_other_roles(db):
    with pytest.raises(services.EnrolmentRefusedError):
        services.enrol(user=make_user("t", Role.TRAINER), course=make_course())


def test_a_step_is_done_once(learner, news):
    course = make_course(lessons=2)
    enrolment, key = make_enrolment(learner, course), step_keys(course)[0]
    assert services.mark_step_done(enrolment=enrolment, step_key=key, kind=StepKind.LESSON)
    assert not services.mark_step_done(enrolment=enrolment, step_key=key, kind=StepKind.LESSON)
    assert StepProgress.objects.count() == 1
    assert news == []
    assert enrolment.completed_at is None


def test_the_last_required_step_completes_the_course_once(learner, news):
    course = make_course(lessons=2)
    enrolment = make_enrolment(learner, course)
    for key in [*step_keys(course), *step_keys(course)]:
        services.mark_step_done(enrolment=enrolment, step_key=key, kind=StepKind.LESSON)
    enrolment.refresh_from_db()
    assert enrolment.completed_at
    assert news == [enrolment.pk]


def test_steps_done_in_two_languages_count_together(learner):
    course = make_course(lessons=2)
    enrolment = make_enrolment(learner, course)
    services.save_last_step(enrolment=enrolment, step_key=step_keys(course)[0], language="en")
    for key in step_keys(course):
        services.mark_step_done(enrolment=enrolment, step_key=key, kind=StepKind.LESSON)
    assert enrolment.completed_at


def test_completion_stays_when_a_lesson_is_added(learner):
    course = make_course(lessons=1)
    enrolment = make_enrolment(learner, course)
    services.mark_step_done(enrolment=enrolment, step_key=step_keys(course)[0], kind=StepKind.LESSON)
    before = Enrolment.objects.get().completed_at
    lesson_page(course, 1).save_revision().publish()
    services.mark_step_done(enrolment=enrolment, step_key=step_keys(course)[0], kind=StepKind.LESSON)
    assert Enrolment.objects.get().completed_at == before


def test_progress_outlives_the_page(learner):
    course = make_course(lessons=2)
    enrolment, key = make_enrolment(learner, course), step_keys(course)[0]
    services.mark_step_done(enrolment=enrolment, step_key=key, kind=StepKind.LESSON)
    lesson_page(course, 1).delete()
    assert services.done_keys(enrolment) == {key}


def test_a_withdrawn_last_step_lets_them_finish(learner):
    course = make_course(lessons=2)
    enrolment = make_enrolment(learner, course)
    assert not services.finish_course(enrolment=enrolment)
    services.mark_step_done(enrolment=enrolment, step_key=step_keys(course)[0], kind=StepKind.LESSON)
    lesson_page(course, 2).unpublish()
    assert services.finish_course(enrolment=enrolment)


def test_position_is_written_only_when_it_changes(learner, django_assert_num_queries):
    course = make_course()
    enrolment, key = make_enrolment(learner, course), step_keys(course)[0]
    assert services.save_last_step(enrolment=enrolment, step_key=key, language="fr")
    with django_assert_num_queries(0):
        assert not services.save_last_step(enrolment=enrolment, step_key=key, language="fr")
