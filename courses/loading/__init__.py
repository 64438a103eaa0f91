"""Course folders in, published pages out. A folder is read and checked whole before anything is written.

``load_course`` reads the house's own format (course.yaml and lessons in several languages), ``load_html_folder`` a
plain folder of HTML lessons. Both may be run again: pages keep their keys and get a new revision only when changed.
Kinds of steps that stand on apps above (assessments) come in as ``step_makers``.
"""

from courses.loading.errors import ContentError, Problem
from courses.loading.html_folder import load_html_folder
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
    "load_html_folder",
    "load_skills",
]
