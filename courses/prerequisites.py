"""What comes before a course, whoever writes it."""

from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from courses.models import Course
from courses.rules import check_prerequisites
from lms.lib.locks import hold


@transaction.atomic
def check_in_turn(course: Course, chosen: Iterable[Course]) -> None:
    """Raises ValidationError when the course would wait for itself. Until the end of the caller's transaction, which
    writes ``chosen``, nobody else changes what comes before any course: two at once would close a circle together.
    """
    hold(ContentType.objects.filter(app_label="courses", model="course"))
    check_prerequisites(course, chosen)
