"""Questions and assessments of a course folder, and the whole course.

Read and checked whole before anything is written; loading again renews only what has changed.
"""

from assessments.loading.courses import load_folder

__all__ = ["load_folder"]
