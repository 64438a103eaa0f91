"""Which course an assessment and a bank belong to, where nobody has said it: the one in which they stand alone."""

from django.db.models import Q

from assessments.models import Assessment, AssessmentPage, QuestionBank
from courses.models import Course, CoursePage


def set_course_of_banks(course: Course) -> None:
    """Give the course the assessments placed in it, and the banks from which it alone draws, that have none yet."""
    for path in CoursePage.objects.filter(course=course).values_list("path", flat=True):
        placed = AssessmentPage.objects.filter(path__startswith=path).values("assessment")
        Assessment.objects.filter(pk__in=placed, course=None).update(course=course)
    for bank in QuestionBank.objects.filter(course=None):
        users = set(
            Assessment.objects.filter(Q(sections__bank=bank) | Q(sections__named__question__bank=bank)).values_list(
                "course_id", flat=True
            )
        )
        if users == {course.pk}:
            QuestionBank.objects.filter(pk=bank.pk).update(course=course)
