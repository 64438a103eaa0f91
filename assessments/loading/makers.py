"""What makes the steps of kind "assessment" and "quiz" while a course folder is loaded."""

import hashlib
from collections import Counter
from pathlib import Path

from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from assessments.formats import gift
from assessments.formats.neutral import ImportedQuestion
from assessments.formats.specs import to_spec
from assessments.importing import identity_of, rich_html
from assessments.loading.reading import read_folder
from assessments.loading.specs import AssessmentSpec, BankSpec, QuestionSpec, SectionSpec
from assessments.loading.writing import write_assessment, write_bank, write_page
from assessments.models import Assessment, AssessmentPage, QuestionBank
from courses.loading import ContentError, Problem, StepPlace
from lms.lib.problems import in_file

QUIZ_SKILL = "digcomp.1.2"
QUIZ_LENGTH = 10


class Maker:
    """Counts what it writes."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        self.problems: list[Problem] = []  # what was not kept as it was

    def summary(self) -> str:
        made, renewed, kept = (self.done[name] for name in ("created", "updated", "unchanged"))
        return f"questions: {made} made, {renewed} renewed, {kept} as before"


class AssessmentMaker(Maker):
    """Reads questions.yaml and assessments.yaml once, at the first assessment of a folder."""

    def __init__(self) -> None:
        super().__init__()
        self.bank: QuestionBank | None = None
        self.specs: dict[str, AssessmentSpec] = {}
        self.made: dict[str, Assessment] = {}

    def __call__(self, place: StepPlace) -> AssessmentPage:
        if self.bank is None:
            bank, specs = read_folder(place.folder, list(place.course.titles))
            self.specs = {spec.key: spec for spec in specs}
            self.bank = write_bank(bank, place.folder, self.done, is_demo=place.is_demo)
        spec = self.specs.get(place.key)
        if spec is None:
            what = f"no assessment {place.key} in assessments.yaml"
            raise ContentError([Problem("course.yaml", place.key, what, "Add it there, or correct the key")])
        if place.key not in self.made:
            code = f"{place.course.code}-{place.key}"
            self.made[place.key] = write_assessment(spec, code, self.bank, is_demo=place.is_demo)
        return write_page(
            place,
            self.made[place.key],
            title=spec.titles[place.language],
            slug=spec.slugs[place.language],
            intro=spec.intros.get(place.language, ""),
            minutes=spec.minutes,
            is_required=spec.is_required,
        )


class QuizMaker(Maker):
    """Makes a bank and an assessment of ten questions from a GIFT file, in the one language of the folder."""

    def __init__(self, skill: str = QUIZ_SKILL) -> None:
        super().__init__()
        self.skill = skill

    def __call__(self, place: StepPlace) -> AssessmentPage:
        file = f"{place.key}.gift"
        questions = self.read(place.folder / file, place.language)
        titles = {place.language: place.course.title}
        bank = write_bank(
            BankSpec(place.course.code, titles, questions), place.folder, self.done, is_demo=place.is_demo
        )
        with translation.override(place.language):
            title = _("Assessment")
        spec = AssessmentSpec(
            key=place.key,
            titles={place.language: title},
            slugs={place.language: place.key},
            intros={},
            rules={},
            minutes=max(1, len(questions)),
            is_required=True,
            sections=[SectionSpec({}, min(QUIZ_LENGTH, len(questions)), "", None, ())],
        )
        code = f"{place.course.code}-{place.key}"
        assessment = write_assessment(spec, code, bank, is_demo=place.is_demo)
        return write_page(place, assessment, title=title, slug=place.key, minutes=spec.minutes)

    def read(self, path: Path, language: str) -> list[QuestionSpec]:
        """Every question of the file. Raises ``ContentError`` with the line of each that cannot be used."""
        result = gift.loads(path.read_bytes())
        converted = [(question, to_spec(question)) for question in result.questions]
        faults = [*result.problems, *(problem for _question, spec in converted for problem in spec.problems)]
        refused = dict.fromkeys(problem for problem in faults if problem.refused)
        if refused or not converted:
            raise ContentError(in_file(path.name, refused) or [empty(path.name)])
        self.problems += in_file(path.name, faults)
        return [
            QuestionSpec(
                id=short_name(question),
                type=spec.type,
                skill=self.skill,
                difficulty=2,
                prompts={language: rich_html(question.prompt)},
                answers={language: spec.spec},
                feedback={language: rich_html(question.feedback)},
            )
            for question, spec in converted
        ]


def short_name(question: ImportedQuestion) -> str:
    """Its identifier as written where that is a code, else a name made from its identity: never its title or place."""
    return question.id if question.id and slugify(question.id)[:60] == question.id else name_from(identity_of(question))


def name_from(identity: str) -> str:
    return "q-" + hashlib.sha256(identity.encode()).hexdigest()[:16]


def empty(file: str) -> Problem:
    return Problem(file, "file", "no question in the file", "Write questions in the GIFT format")
