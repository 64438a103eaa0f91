from courses import services
from courses.selectors import get_learning, get_learnings
from tests.factories.courses import make_course, make_enrolment, step_keys


def test_their_place_is_read_in_one_query(learner, django_assert_num_queries):
    course = make_course(lessons=2)
    enrolment = make_enrolment(learner, course)
    for key in step_keys(course):
        services.mark_step_done(enrolment=enrolment, step_key=key, kind="lesson")
    with django_assert_num_queries(1):
        learning = get_learning(learner, "saisie")
        assert learning.course == course
        assert learning.course.titles == course.titles
        assert learning.enrolment.user == learner
    assert learning.done == set(step_keys(course))
    assert learning.enrolment.completed_at


def test_nothing_done_is_an_empty_set(learner):
    make_enrolment(learner, make_course())
    assert get_learning(learner, "saisie").done == frozenset()


def test_somebody_elses_enrolment_is_not_theirs(learner, stranger):
    make_enrolment(stranger, make_course())
    assert get_learning(learner, "saisie") is None


def test_finished_courses_come_last(learner):
    first, second = make_course("a"), make_course("b", lessons=1)
    make_enrolment(learner, first)
    done = make_enrolment(learner, second)
    services.mark_step_done(enrolment=done, step_key=step_keys(second)[0], kind="lesson")
    assert [learning.course.code for learning in get_learnings(learner)] == ["a", "b"]
