"""A course folder with its questions and assessments, in one call."""

from pathlib import Path

from django.conf import settings
from django.db import transaction

from assessments.belonging import settle_course
from assessments.loading.makers import AssessmentMaker, QuizMaker
from courses.loading import Report, load_course, load_html_folder


@transaction.atomic
def load_folder(
    folder: Path | str,
    *,
    code: str = "",
    title: str = "",
    language: str = settings.LANGUAGE_CODE,
    is_demo: bool = False,
) -> tuple[Report, str]:
    """Load the course in ``folder``, whole or not at all; returns what was done with pages, and with questions.

    A folder with course.yaml is in the house's format; otherwise it holds lesson1.html ... and perhaps quiz.gift, and
    ``code``, ``title`` and ``language`` say what it is. Raises ``courses.loading.ContentError``.
    """
    folder = Path(folder)
    if (folder / "course.yaml").is_file():
        maker = AssessmentMaker()
        report = load_course(folder, step_makers={"assessment": maker}, is_demo=is_demo)
        report.problems += maker.problems
        settle_course(report.course)
        return report, maker.summary()
    quiz = QuizMaker()
    report = load_html_folder(
        folder,
        code=code or folder.resolve().name,
        title=title or folder.resolve().name,
        language=language,
        step_makers={"quiz": quiz},
        is_demo=is_demo,
    )
    report.problems += quiz.problems
    settle_course(report.course)
    return report, quiz.summary()
