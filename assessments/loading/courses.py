"""A course folder with its questions and assessments, in one call."""

from collections import Counter
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from assessments.bank_courses import set_course_of_banks
from assessments.drawing import DrawError
from assessments.loading.makers import QUIZ_SKILL, AssessmentMaker, quiz_spec
from assessments.loading.reading import read_folder, read_gift_file
from assessments.loading.specs import BankSpec
from assessments.loading.writing import bank_of, known_skills, retire_questions, write_assessment, write_questions
from assessments.models import Assessment
from assessments.services.starting import try_draw
from courses.loading import Report
from courses.loading.folder import Folder
from courses.loading.html_folder import QUIZ, read_html_folder
from courses.loading.ledger import Ledger
from courses.loading.media import forget_files
from courses.loading.reading import COURSE
from courses.loading.specs import StepMaker
from courses.loading.writing import open_ledger, write_course
from lms.lib.problems import ProblemKind, at_line, in_file


def load_folder(
    folder: Path | str,
    *,
    code: str = "",
    title: str = "",
    language: str = settings.LANGUAGE_CODE,
    quiz: str = "",
    is_demo: bool = False,
    keep: bool = False,
    overwrite: bool = False,
) -> tuple[Report, str]:
    """Load the course in ``folder``, whole or not at all; returns what was done with pages, and with questions.

    A folder with course.yaml is in our own format; otherwise it holds lesson1.html ... and perhaps quiz.gift, and
    ``code``, ``title``, ``language`` and ``quiz`` say what it is. What it has no longer is retired, unless ``keep``;
    what was edited here since the last load stays, unless ``overwrite``. Raises ``courses.loading.ContentError``.
    """
    path, choices = Path(folder), {"keep": keep, "overwrite": overwrite}
    with forget_files(), transaction.atomic():
        if (path / COURSE).exists():
            return load_own_format(path, is_demo=is_demo, **choices)
        name = path.resolve().name
        return load_html(path, code or name, title or name, language, quiz, is_demo=is_demo, **choices)


def load_own_format(path: Path, *, is_demo: bool, keep: bool, overwrite: bool) -> tuple[Report, str]:
    spec, bank_spec, assessments, reader = read_folder(path)
    skills = known_skills(bank_spec)
    ledger = open_ledger(spec, is_demo=is_demo, keep=keep, overwrite=overwrite)
    ledger.report.problems += reader.problems
    done = Counter[str]()
    makers: dict[str, StepMaker] = {}
    bank = None
    if bank_spec.questions or assessments:
        bank = bank_of(bank_spec, ledger, is_demo=is_demo)
        write_questions(bank, bank_spec, path, skills, ledger, done)
        written = {row.key: write_assessment(row, bank, ledger, is_demo=is_demo) for row in assessments}
        makers["assessment"] = AssessmentMaker(assessments, written)
    write_course(spec, ledger, step_makers=makers, is_demo=is_demo)
    set_course_of_banks(ledger.course)
    retire_questions(ledger, bank, bank_spec, done)
    return finish(ledger), summary(done)


def load_html(
    path: Path, code: str, title: str, language: str, quiz: str, *, is_demo: bool, keep: bool, overwrite: bool
) -> tuple[Report, str]:
    reader = Folder(path)
    name = quiz or (QUIZ if reader.find(QUIZ) else "")  # one that is named must be there
    questions = list(read_gift_file(reader, name, language, QUIZ_SKILL)) if name else []
    spec = read_html_folder(reader, code=code, title=title, language=language, quiz=name)
    ledger = open_ledger(spec, is_demo=is_demo, keep=keep, overwrite=overwrite)
    ledger.report.problems += reader.problems
    done = Counter[str]()
    bank, bank_spec = None, BankSpec(spec.code, spec.titles, questions)
    makers: dict[str, StepMaker] = {}
    if name:
        skills = known_skills(bank_spec)
        bank = bank_of(bank_spec, ledger, is_demo=is_demo)
        write_questions(bank, bank_spec, path, skills, ledger, done)
        row = quiz_spec(Path(name).stem, language, len(questions))
        makers["quiz"] = AssessmentMaker([row], {row.key: write_assessment(row, bank, ledger, is_demo=is_demo)})
    write_course(spec, ledger, step_makers=makers, is_demo=is_demo)
    set_course_of_banks(ledger.course)
    retire_questions(ledger, bank, bank_spec, done)
    return finish(ledger), summary(done)


def finish(ledger: Ledger) -> Report:
    """The report, with the assessments of the course that can no longer be drawn."""
    for assessment in Assessment.objects.filter(course=ledger.course):
        try:
            try_draw(assessment)
        except DrawError as error:
            remedy = _("Change its sections, or load with --keep")
            ledger.report.problems += in_file(assessment.code, [at_line(0, str(error), remedy, ProblemKind.CHANGED)])
    return ledger.report


def summary(done: Counter[str]) -> str:
    made, renewed, kept, retired = (done[name] for name in ("created", "updated", "unchanged", "retired"))
    words = f"questions: {made} made, {renewed} renewed, {kept} as before"
    return f"{words}, {retired} retired" if retired else words
