"""What the author of an assessment hears of its weight, read from rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.enums import Purpose
from assessments.models import AssessmentSection
from assessments.services.blueprints import SkillLine, skill_lines, weaknesses
from courses.models import CourseSkill
from tests.factories.assessments import make_assessment, make_bank, make_in_both_languages, make_question
from tests.factories.courses import make_course, make_skill


@pytest.fixture
def bank(db):
    """Four questions of data entry, two of files, each in both languages."""
    bank = make_bank()
    for number in range(4):
        make_in_both_languages(code=f"e{number}")
    for number in range(2):
        make_in_both_languages(code=f"f{number}", skill="dw.files")
    make_skill("dw.files")
    return bank


def test_what_is_sure_of_a_mixed_draw(bank, course):
    assessment = make_assessment(course, bank=bank, draw=3)
    alone = "Does ordinary work alone, following a guideline, and checks it."
    assert skill_lines(assessment) == [SkillLine("Data entry", 0, 0), SkillLine("Data entry", 1, 2, alone)]


def test_a_section_of_one_skill_is_sure(bank, course):
    assessment = make_assessment(course, bank=bank, draw=3)
    AssessmentSection.objects.update(skill=make_skill())
    assert [(line.questions, line.level) for line in skill_lines(assessment)] == [(3, 2)]
    assert list(weaknesses(assessment)) == []


def test_a_level_that_nothing_tests_is_told(bank, course):
    CourseSkill.objects.create(course=course, skill=make_skill("dw.typing", en="Typing"), level=2)
    assessment = make_assessment(course, bank=bank, draw=4)
    assert any("Typing" in text and "level 2" in text for text in weaknesses(assessment))


def test_a_named_question_counts_and_is_not_drawn_again(bank, course):
    question = bank.questions.filter(code="e0").first()
    assessment = make_assessment(course, questions=[question], bank=bank, draw=5)
    counts = [line.questions for line in skill_lines(assessment)]
    assert counts == [2, 4]


def test_without_a_mark_of_each_skill_the_author_hears_it(bank, course):
    assessment = make_assessment(course, bank=bank, draw=6, skill_pass_mark=0)
    assert any("pass mark of each skill" in text for text in weaknesses(assessment))


def test_practice_proves_nothing_and_is_not_weak(bank, course):
    assessment = make_assessment(course, bank=bank, draw=1, purpose=Purpose.PRACTICE)
    assert list(weaknesses(assessment)) == []


def test_queries_do_not_grow_with_the_bank(course, django_assert_num_queries):
    bank = make_bank()
    assessment = make_assessment(course, bank=bank, draw=1)
    for number in range(12):
        make_question(code=f"e{number}")
    with django_assert_num_queries(6):
        list(weaknesses(assessment))


def test_what_other_courses_test_is_not_asked_for(bank, course, site):
    """One more course costs nothing; one more assessment of the same course says what it proves."""
    CourseSkill.objects.create(course=course, skill=make_skill("dw.typing", en="Typing"), level=2)
    assessment = make_assessment(course, bank=bank, draw=4)
    with CaptureQueriesContext(connection) as few:
        assert any("Typing" in text for text in weaknesses(assessment))
    for number in range(4):
        other = make_course(f"other-{number}", lessons=1)
        make_assessment(other, code=f"x{number}", questions=[make_question(code=f"t{number}", skill="dw.typing")])
    with CaptureQueriesContext(connection) as many:
        assert any("Typing" in text for text in weaknesses(assessment))
    assert len(many) == len(few)
    make_assessment(course, code="second", questions=[make_question(code="mine", skill="dw.typing")])
    assert not any("Typing" in text for text in weaknesses(assessment))
