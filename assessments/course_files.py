"""A course as one file: its folder (docs/course-folders.md), packed. The same course gives the same bytes."""

import io
import tempfile
import zipfile
from pathlib import Path

from assessments.loading.exporting import export_folder
from courses.models import Course
from lms.lib.problems import Problem

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""Hours of files would make each archive another."""


def pack_course(course: Course) -> tuple[bytes, list[Problem]]:
    """The archive, and what it cannot say. Raises ``ExportError`` and ``ContentError`` as ``export_folder`` does."""
    with tempfile.TemporaryDirectory(prefix="course-") as beside:
        folder = Path(beside) / course.code
        problems = export_folder(course.code, folder)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                entry = zipfile.ZipInfo(f"{course.code}/{path.relative_to(folder).as_posix()}", LONG_AGO)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(entry, path.read_bytes())
    return out.getvalue(), problems
