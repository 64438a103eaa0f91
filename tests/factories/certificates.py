"""Certificates for tests: a completed enrolment, and what was issued for it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from certificates import services
from certificates.models import Certificate
from courses.enums import Framework
from courses.models import Course, CourseSkill, Enrolment, Skill
from lms.accounts.models import User


def make_skill(code: str = "dw.data-entry", fr: str = "Saisie de données", en: str = "Data entry") -> Skill:
    names = {"fr": fr, "en": en}
    return Skill.objects.get_or_create(code=code, defaults={"framework": Framework.DIGITAL_WORK, "names": names})[0]


def make_completed(user: User, code: str = "saisie", **fields: Any) -> Enrolment:
    titles = {"fr": "Saisie et qualité des données", "en": "Data entry and data quality"}
    course, made = Course.objects.get_or_create(code=code, defaults={"titles": titles, "hours": 6})
    if made:
        CourseSkill.objects.create(course=course, skill=make_skill(), level=2)
    now = timezone.now() - timedelta(seconds=1)
    return Enrolment.objects.create(user=user, course=course, completed_at=now, **{"language": "fr", **fields})


def make_certificate(user: User, code: str = "saisie", **fields: Any) -> Certificate:
    certificate = services.issue(enrolment_id=make_completed(user, code, **fields).pk)
    assert certificate is not None
    return certificate
