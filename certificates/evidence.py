"""What stands behind each skill of an enrolment: read when a certificate is issued, from the grades of that day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count

from assessments.enums import Purpose
from assessments.models import Assessment, Attempt, ItemMark
from certificates.bands import band_of
from courses.models import Enrolment
from lms.lib.moments import site_day


@dataclass(frozen=True, slots=True)
class Piece:
    """What one assessment says of one skill."""

    skill: str
    assessment: Assessment
    questions: int
    band: int
    on: date


def best_attempts(enrolment: Enrolment) -> list[Attempt]:
    """Of each certifying assessment the best one that passed; of equal ones the first."""
    rows = Attempt.objects.filter(enrolment=enrolment, passed=True, assessment__purpose=Purpose.CERTIFYING)
    best: dict[int, Attempt] = {}
    for attempt in rows.select_related("assessment").order_by("-score", "submitted_at"):
        best.setdefault(attempt.assessment_id, attempt)
    return list(best.values())


def pieces_of(enrolment: Enrolment) -> Iterator[Piece]:
    """One for each skill that a certifying assessment asked about."""
    for attempt in best_attempts(enrolment):
        grade = attempt.grades.last()
        if grade is None or attempt.submitted_at is None:
            continue
        marks = ItemMark.objects.filter(grade=grade).values_list("item__question__skill__code")
        counts = dict(marks.annotate(Count("pk")).order_by())
        for skill, row in grade.detail.get("skills", {}).items():
            questions = row.get("questions") or counts.get(skill)  # grades of before did not count them
            if questions:
                band = band_of(Decimal(row["percent"]))
                yield Piece(skill, attempt.assessment, questions, band, site_day(attempt.submitted_at))
