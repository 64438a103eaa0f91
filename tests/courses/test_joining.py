"""The learners' import puts people into the groups that its rows name."""

import pytest

from courses.models import CohortMember, Enrolment
from lms.accounts.enums import Role
from tests.factories.courses import make_cohort, make_course
from tests.factories.people import make_user
from tests.factories.runs import import_learners


@pytest.fixture
def cohort(trainer):
    cohort = make_cohort(trainers=(trainer,), courses=(make_course(lessons=1),))
    cohort.name = "Dakar mars"
    cohort.save()
    return cohort


def run(table: str, by):
    return import_learners(table, by)


def test_rows_that_name_a_group_join_it_and_its_courses(trainer, cohort):
    run("Nom complet;Groupe\nAwa Ndiaye;dakar mars\nFatou Sow;", trainer)
    member = CohortMember.objects.get()
    assert (member.cohort, member.user.full_name) == (cohort, "Awa Ndiaye")
    assert Enrolment.objects.get().user == member.user


def test_the_same_file_again_changes_nothing(trainer, cohort):
    for _time in range(2):
        run("Nom complet;Groupe\nAwa Ndiaye;Dakar mars", trainer)
    assert CohortMember.objects.count() == 1


def test_an_unknown_group_sends_the_row_back(trainer, cohort):
    result = run("Nom complet;Groupe\nAwa Ndiaye;Thiès", trainer)
    assert result.left_out == 1
    assert not CohortMember.objects.exists()


def test_another_trainers_group_is_unknown(cohort):
    other = make_user("autre", Role.TRAINER)
    assert run("Nom complet;Groupe\nAwa Ndiaye;Dakar mars", other).left_out == 1


@pytest.mark.parametrize(
    "typed", ["ecole de l’espoir", "ÉCOLE DE L'ESPOIR", "École  de l`Espoir", "École\u00a0de l’espoir\u200b"]
)
def test_a_group_is_found_as_people_write_it(trainer, cohort, typed):
    cohort.name = "École de l’Espoir"
    cohort.save()
    run(f"Nom complet;Groupe\nAwa Ndiaye;{typed}", trainer)
    assert CohortMember.objects.count() == 1
