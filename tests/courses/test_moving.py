"""Learners change groups: what goes along is shown first, nothing is lost, and it can be undone."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import Cohort, CohortMember, Enrolment
from courses.services import mark_step_done
from lms.accounts.enums import Role
from lms.accounts.models import AuditEvent
from tests.factories.courses import make_cohort, make_course, make_enrolment, step_keys
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def groups(site, trainer, learner):
    """Two groups of the trainer: one course in both, one only in the old, one only in the new."""
    both, old, new = (make_course(code, lessons=1) for code in ("deux", "ancien", "nouveau"))
    colleague = make_user("colleague", Role.TRAINER, full_name="Aissata Sow")
    source = make_cohort(learner, trainers=(trainer, colleague), courses=(both, old), name="Matin")
    target = make_cohort(trainers=(trainer,), courses=(both, new), name="Soir")
    enrolment = make_enrolment(learner, both)
    mark_step_done(enrolment=enrolment, step_key=step_keys(both)[0], kind="lesson")
    return source, target


def address(cohort: Cohort) -> str:
    return reverse("courses_cohort_move", args=[cohort.pk])


def test_what_goes_along_is_shown_before_anything_changes(groups, learner, trainer, sign_in):
    source, target = groups
    client = sign_in(trainer)
    first = client.post(address(source), {"learner": learner.pk}).content.decode()
    assert "Soir" in first
    page = client.post(address(source), {"people": learner.pk, "to": target.pk})
    text = page.content.decode()
    for words in (learner.full_name, "Aissata Sow", "Tout ce qui a été appris"):
        assert words in text
    move = page.context["move"]
    assert [[course.code for course in row] for row in (move.shared, move.begun, move.left)] == [
        ["deux"], ["nouveau"], ["ancien"],
    ]  # fmt: skip
    client.get(address(source), {"people": learner.pk, "to": target.pk, "confirm": "1"})
    assert list(source.members.values_list("user", flat=True)) == [learner.pk]


def test_they_move_with_all_they_did_and_back_again(groups, learner, trainer, sign_in):
    source, target = groups
    since = timezone.now() - timedelta(days=20)
    CohortMember.objects.update(joined_at=since)
    client = sign_in(trainer)
    form = {"people": learner.pk, "to": target.pk, "confirm": "1"}
    text = client.post(address(source), form, follow=True).content.decode()
    row = CohortMember.objects.get()
    assert (row.cohort, row.joined_at) == (target, since)
    assert set(Enrolment.objects.values_list("course__code", flat=True)) == {"deux", "nouveau"}
    assert Enrolment.objects.get(course__code="deux").steps.count() == 1
    assert AuditEvent.objects.get(verb="move-members").fields == [f"to:{target.pk}", f"user:{learner.pk}"]
    back = re.search(r'href="([^"]*/move/[^"]*)"', text)[1].replace("&amp;", "&")
    assert "Soir" in client.get(back).content.decode()
    client.post(address(target), {"people": learner.pk, "to": source.pk, "confirm": "1"})
    assert CohortMember.objects.get().cohort == source
    client.post(address(target), {"people": learner.pk, "to": source.pk, "confirm": "1"})  # pressed twice
    assert CohortMember.objects.get().joined_at == since


def test_who_is_in_both_leaves_the_old_one_only(groups, learner, trainer, sign_in):
    source, target = groups
    CohortMember.objects.create(cohort=target, user=learner)
    sign_in(trainer).post(address(source), {"people": learner.pk, "to": target.pk, "confirm": "1"})
    assert CohortMember.objects.get(user=learner).cohort == target


def test_only_between_groups_that_one_leads(groups, learner, trainer, sign_in):
    source, target = groups
    other = make_cohort(trainers=(make_user("autre", Role.TRAINER),), name="Autre")
    client = sign_in(trainer)
    form = {"people": learner.pk, "to": other.pk, "confirm": "1"}
    assert client.post(address(source), form).status_code == 404
    assert sign_in(other.trainers.get()).post(address(source), {"to": target.pk}).status_code == 404
    assert "Cochez les personnes" in client.post(address(source), {"to": target.pk}).content.decode()
    assert CohortMember.objects.get().cohort == source


def test_with_no_other_group_it_says_so(site, learner, trainer, sign_in):
    cohort = make_cohort(learner, trainers=(trainer,), name="Seul")
    text = sign_in(trainer).post(address(cohort), {"learner": learner.pk}).content.decode()
    assert "aucun autre groupe" in text
