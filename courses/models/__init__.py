"""Records outlive pages: ``records`` point at language-neutral rows and step keys; ``pages`` is what trainers write."""

from courses.models.notes import LearnerNote, NoteWording
from courses.models.pages import CoursePage, LessonPage, ModulePage, StepPage
from courses.models.records import (
    Cohort,
    CohortMember,
    Course,
    CourseRole,
    CourseSkill,
    Enrolment,
    LoadedPart,
    Skill,
    StepProgress,
)
from courses.models.runs import MessageRun
from courses.models.trash import TrashedPage

__all__ = [
    "Skill",
    "Course",
    "CourseRole",
    "CourseSkill",
    "Cohort",
    "CohortMember",
    "Enrolment",
    "LoadedPart",
    "StepProgress",
    "CoursePage",
    "ModulePage",
    "StepPage",
    "LessonPage",
    "LearnerNote",
    "NoteWording",
    "MessageRun",
    "TrashedPage",
]
