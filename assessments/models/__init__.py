"""``bank``: what trainers write. ``records``: what learners answered; records outlive questions' later versions.
``allowances``: what one learner was given beside the rules. ``runs``: bulk work on both.
"""

from assessments.models.allowances import Allowance
from assessments.models.bank import (
    Assessment,
    AssessmentPage,
    AssessmentSection,
    Question,
    QuestionBank,
    SectionQuestion,
)
from assessments.models.records import Attempt, AttemptItem, Correction, Grade, ItemMark, Response
from assessments.models.runs import QuestionImportRun, RegradedMark, RegradeRun

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
    "Correction",
    "Allowance",
    "Grade",
    "ItemMark",
    "RegradeRun",
    "RegradedMark",
    "QuestionImportRun",
]
