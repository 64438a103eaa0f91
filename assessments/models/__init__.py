"""``bank``: what trainers write. ``records``: what learners answered; records outlive questions' later versions."""

from assessments.models.bank import (
    Assessment,
    AssessmentPage,
    AssessmentSection,
    Question,
    QuestionBank,
    SectionQuestion,
)
from assessments.models.records import Attempt, AttemptItem, Grade, Response

__all__ = [
    "QuestionBank",
    "Question",
    "Assessment",
    "AssessmentSection",
    "SectionQuestion",
    "AssessmentPage",
    "Attempt",
    "AttemptItem",
    "Response",
    "Grade",
]
