"""What the database itself refuses, whoever writes."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from courses.models import Cohort, Course, Enrolment, StepProgress
from tests.factories.courses import make_course

pytestmark = pytest.mark.django_db


def test_a_course_takes_some_time():
    make_course()
    for hours in (0, -1):
        with pytest.raises(IntegrityError), transaction.atomic():
            Course.objects.update(hours=hours)


def test_a_group_ends_on_or_after_its_first_day():
    Cohort.objects.create(name="Un jour", starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 2))
    Cohort.objects.create(name="Sans fin", starts_on=date(2026, 3, 2))
    backwards = Cohort(name="À rebours", starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 1))
    with pytest.raises(ValidationError, match="Le dernier jour est avant le premier"):
        backwards.full_clean()
    with pytest.raises(IntegrityError):
        backwards.save()


def test_one_enrolment_a_person_and_course_and_one_row_a_step(learner):
    enrolment = Enrolment.objects.create(user=learner, course=make_course())
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrolment.objects.create(user=learner, course=enrolment.course)
    key = "00000000-0000-0000-0000-000000000001"
    StepProgress.objects.create(enrolment=enrolment, step_key=key, kind="lesson")
    with pytest.raises(IntegrityError):
        StepProgress.objects.create(enrolment=enrolment, step_key=key, kind="assessment")
