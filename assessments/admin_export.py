"""The screen that gives a course as a file: first what the file cannot say, then the file."""

import io

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.course_files import pack_course
from assessments.loading.exporting import ExportError
from courses.loading import ContentError
from courses.models import Course
from lms.accounts.http import SignedInRequest
from lms.lib.http import private
from lms.lib.problems import Problem

MAX_PROBLEMS = 200
"""Lines that the page shows."""


@require_http_methods(["GET", "HEAD", "POST"])
@private
def export(request: SignedInRequest, pk: int) -> HttpResponse | FileResponse:
    """GET: what is in the file and what is not. POST: the file."""
    course = get_object_or_404(Course, pk=pk)
    refused, content = "", b""
    problems: list[Problem] = []
    try:
        content, problems = pack_course(course)
    except (ExportError, ContentError) as error:
        refused = str(error)
    if request.method == "POST" and not refused:
        return FileResponse(io.BytesIO(content), as_attachment=True, filename=f"{course.code}.zip",
                            content_type="application/zip")  # fmt: skip
    context = {
        "course": course, "refused": refused, "problems": problems[:MAX_PROBLEMS], "size": len(content),
        "title": _("A course as a file"),
    }  # fmt: skip
    return render(request, "assessments/admin/export.html", context, status=422 if refused else 200)
