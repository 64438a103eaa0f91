"""Rows that repeat in a form: an empty row is none, wherever it stands, and nothing is listed twice."""

import pytest

from courses.models import Skill
from placement.form_rows import SkillRows
from tests.factories.courses import make_skill

pytestmark = pytest.mark.django_db


@pytest.fixture
def typing(db) -> Skill:
    return make_skill("dw.typing")


@pytest.fixture
def sheets(db) -> Skill:
    return make_skill("dw.spreadsheet")


def filled(**skills: Skill) -> SkillRows:
    form = SkillRows({name: str(skill.pk) for name, skill in skills.items()})
    form.add_skill_rows([])
    return form


def test_rows_are_read_in_their_order_with_what_stands_beside_them(typing, sheets):
    form = SkillRows({"skill_1": sheets.pk, "skill_level_1": "3", "skill_2": typing.pk, "skill_essential_2": "on"})
    form.add_skill_rows([])
    assert form.is_valid()
    assert form.skills() == [(sheets, 3, False), (typing, 1, True)]


def test_empty_rows_may_stand_between(typing, sheets):
    form = filled(skill_2=typing, skill_5=sheets)
    assert form.is_valid(), form.errors
    assert [skill for skill, _level, _essential in form.skills()] == [typing, sheets]


def test_a_repetition_is_reported_where_it_stands(typing, sheets):
    form = filled(skill_1=typing, skill_3=sheets, skill_4=typing)
    assert list(form.errors) == ["skill_4"]


def test_one_skill_is_asked_for():
    assert list(filled().errors) == ["skill_1"]


@pytest.mark.parametrize(("known", "rows"), [(0, 6), (2, 6), (6, 7), (8, 9)])
def test_there_is_always_room_for_one_more(known, rows, typing):
    form = SkillRows()
    form.add_skill_rows([(typing.pk, 1, True)] * known)
    assert len(form.skill_triples()) == rows
