"""Questions and assessments of a course folder (questions.yaml, assessments.yaml, or quiz.gift), and the whole course.

Read and checked whole before anything is written; loading again renews only what has changed.
"""

from assessments.loading.courses import load_folder
from assessments.loading.makers import AssessmentMaker, QuizMaker

__all__ = ["load_folder", "AssessmentMaker", "QuizMaker"]
