"""Course folders in, published pages out. A folder is read and checked whole before anything is written.

One format (docs/course-folders.md): course.yaml and lessons in Markdown, in one or several languages; and plain folders
of HTML lessons of others. Both may be loaded again: pages keep their keys and get a new revision only when changed.
Kinds of steps that stand on apps above (assessments) come in as ``step_makers``; ``assessments.loading.load_folder``
loads a folder with its questions.
"""

from courses.loading.errors import ContentError, Problem
from courses.loading.skills import load_skills
from courses.loading.specs import Report, StepMaker, StepPlace
from courses.loading.writing import load_course

__all__ = [
    "ContentError",
    "Problem",
    "Report",
    "StepMaker",
    "StepPlace",
    "load_course",
    "load_skills",
]
