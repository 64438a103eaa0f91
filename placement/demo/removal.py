"""Taking the demo away: its people, employers and courses, and whatever hangs on them. What a real person did stays."""

from typing import Any

from django.db import models, transaction
from django.db.models import ProtectedError, RestrictedError

from assessments.models import Assessment, QuestionBank
from courses.loading.media import collection_of
from courses.models import Cohort, Course, CoursePage, Enrolment
from lms.accounts.models import User
from placement.models import CandidateProfile, Employer, Opportunity, PlacementCountry, Referral


@transaction.atomic
def remove() -> dict[str, int]:
    """How many people, employers and courses went. A demo course that real people take stays, and becomes ordinary."""
    kept = set(Enrolment.objects.filter(course__is_demo=True, user__is_demo=False).values_list("course", flat=True))
    Course.objects.filter(pk__in=kept).update(is_demo=False)
    people = User.objects.filter(is_demo=True)
    counts = {"people": people.count(), "employers": Employer.objects.filter(is_demo=True).count()}
    delete_with_dependents(Referral.objects.filter(opportunity__is_demo=True))
    delete_with_dependents(Referral.objects.filter(profile__user__is_demo=True))
    delete_with_dependents(Opportunity.objects.filter(employer__is_demo=True))
    delete_with_dependents(Employer.objects.filter(is_demo=True))
    delete_with_dependents(CandidateProfile.objects.filter(user__is_demo=True))
    delete_with_dependents(PlacementCountry.objects.filter(is_demo=True))
    delete_with_dependents(people)
    courses = Course.objects.filter(is_demo=True)
    counts["courses"] = courses.count()
    for course in courses:
        remove_course(course)
    delete_with_dependents(Cohort.objects.filter(is_demo=True))
    return counts


def remove_course(course: Course) -> None:
    for page in CoursePage.objects.filter(course=course):
        page.delete()
    delete_with_dependents(Enrolment.objects.filter(course=course))
    delete_with_dependents(Assessment.objects.filter(is_demo=True, code__startswith=course.code))
    delete_with_dependents(QuestionBank.objects.filter(is_demo=True, code__startswith=course.code))
    delete_with_dependents(Course.objects.filter(pk=course.pk))
    collection = collection_of(course.code)
    for name in ("image_set", "document_set", "media_set"):
        files = getattr(collection, name, None)
        for file in files.all() if files is not None else ():
            file.delete()
    collection.delete()


def delete_with_dependents(rows: models.QuerySet[Any]) -> None:
    """Delete rows together with those that protect them, which belong to the demo as well."""
    for _layer in range(12):
        try:
            rows.delete()
            return
        except ProtectedError as error:
            blocking = error.protected_objects
        except RestrictedError as error:
            blocking = error.restricted_objects
        by_model: dict[type[models.Model], list[Any]] = {}
        for row in blocking:
            by_model.setdefault(type(row), []).append(row.pk)
        for model, keys in by_model.items():
            delete_with_dependents(model._default_manager.filter(pk__in=keys))
    raise RuntimeError(f"cannot remove {rows.model.__name__}: too many layers protect it")
