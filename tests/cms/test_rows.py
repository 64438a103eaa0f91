"""Rows that something needs are not deleted, whatever the index of references knows."""

import pytest

from cms.rows import kept_rows
from courses.models import Course, Skill
from tests.factories.assessments import make_question
from tests.factories.courses import make_course, make_skill

pytestmark = pytest.mark.django_db


def test_what_others_point_to_stays_and_the_rest_goes(site):
    make_course(skills=(("dw.data-entry", 2),))
    make_question(skill="dw.spreadsheet")
    free = make_skill("dw.free")
    kept = kept_rows(Skill, Skill.objects.values_list("pk", flat=True))
    assert {skill.code for skill in kept} == {"dw.data-entry", "dw.spreadsheet"}
    assert kept_rows(Skill, [free.pk]) == []
    assert kept_rows(Course, Course.objects.values_list("pk", flat=True))


def test_a_skill_in_use_is_told_and_not_a_failure(site, manager, sign_in):
    make_course(skills=(("dw.data-entry", 2),))
    answer = sign_in(manager).post("/cms/bulk/courses/skill/delete/?id=all")
    assert answer.status_code == 409
    assert "Non supprimé" in answer.text
    assert Skill.objects.exists()
