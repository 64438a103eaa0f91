"""Reading questions.yaml and assessments.yaml. Every problem is told at once, by file, question and line."""

from pathlib import Path
from typing import Any

from django.utils.text import slugify

from assessments.drawing import Candidate, DrawError, Section, draw
from assessments.enums import Answers, Difficulty
from assessments.loading.specs import AssessmentSpec, BankSpec, QuestionSpec, SectionSpec, Texts
from assessments.question_types import QUESTION_TYPES
from courses.loading import ContentError, Problem
from courses.loading.markup import from_markdown
from courses.loading.reader import Map, UnreadableError, load_yaml
from lms.lib.translated import pick

QUESTIONS, ASSESSMENTS = "questions.yaml", "assessments.yaml"
RULES = ("pass_mark", "max_attempts", "pause_minutes", "time_limit_minutes")


class Reader:
    """Reads the two files of one folder for the languages of its course, and gathers what is wrong."""

    def __init__(self, folder: Path, languages: list[str]) -> None:
        self.folder = folder
        self.languages = languages
        self.problems: list[Problem] = []
        self.file = ""

    def add_problem(self, where: str, row: Any, what: str, remedy: str) -> None:
        place = f"{where}, line {row.line}" if isinstance(row, Map) else where
        self.problems.append(Problem(self.file, place, what.rstrip("."), remedy.rstrip(".")))

    def load(self, name: str) -> Any:
        """What the file holds; None, and a problem noted, when it cannot be read."""
        self.file = name
        try:
            return load_yaml(self.folder / name)
        except FileNotFoundError:
            self.add_problem("file", None, "the file is missing", "Add it, or take the assessments out of course.yaml")
        except UnreadableError as error:
            self.add_problem(f"line {error.line}", None, error.what, error.remedy)
        return None

    def texts(self, row: Map, name: str, where: str, *, optional: bool = False) -> Texts:
        """A text in each language of the course."""
        value = row.get(name)
        if value is None and optional:
            return {}
        if not isinstance(value, dict) or any(not str(value.get(code) or "").strip() for code in self.languages):
            wanted = ", ".join(f"{code}: ..." for code in self.languages)
            self.add_problem(where, row, f"{name} is not there in every language", f"Write {name}: {{{wanted}}}")
            return dict.fromkeys(self.languages, "")
        return {code: str(value[code]) for code in self.languages}

    # -- the bank

    def bank(self) -> BankSpec:
        data = self.load(QUESTIONS)
        if not isinstance(data, Map) or not isinstance(data.get("bank"), Map):
            if data is not None:
                self.add_problem("bank", data, "the bank is not named", "Begin with bank: {code: ..., title: {...}}")
            return BankSpec("", {}, [])
        bank, questions, seen = data["bank"], [], set()
        for number, row in enumerate(data.get("questions") or [], 1):
            name = str(row.get("id") or "") if isinstance(row, Map) else ""
            if not name or name in seen:
                what = f"the id “{name}” is used twice" if name else "the question has no id"
                self.add_problem(f"question {number}", row, what, "Give each question its own id")
                continue
            seen.add(name)
            questions.append(self.question(name, row))
        code = slugify(str(bank.get("code") or ""))
        if not code:
            self.add_problem("bank", bank, "the bank has no code", "Write code: with a-z, 0-9 and -")
        return BankSpec(code, self.texts(bank, "title", "bank"), [row for row in questions if row is not None])

    def question(self, name: str, row: Map) -> QuestionSpec | None:
        kind = str(row.get("type"))
        if kind not in QUESTION_TYPES:
            self.add_problem(name, row, f"unknown type “{kind}”", f"Use one of: {', '.join(QUESTION_TYPES)}")
            return None
        given = row.get("image")
        image = given if isinstance(given, Map) else Map()
        if image and not is_inside(self.folder, image.get("file")):
            remedy = "Add the file, or correct its name (case counts)"
            self.add_problem(name, row, f"no picture {image.get('file')} in the folder", remedy)
        if row.get("difficulty", Difficulty.MEDIUM) not in Difficulty.values:
            self.add_problem(name, row, "unknown difficulty", "Write 1, 2 or 3")
        prompts, feedback = self.texts(row, "prompt", name), self.texts(row, "feedback", name, optional=True)
        return QuestionSpec(
            id=name,
            type=kind,
            skill=str(row.get("skill") or ""),
            difficulty=row.get("difficulty", Difficulty.MEDIUM),
            prompts={code: from_markdown(text) for code, text in prompts.items()},
            answers={code: self.answers(name, kind, row, code) for code in self.languages},
            feedback={code: from_markdown(text) for code, text in feedback.items()},
            image=str(image.get("file") or ""),
            image_alts=self.texts(image, "alt", name) if image else {},
            points=row.get("points", 1),
        )

    def answers(self, name: str, kind: str, row: Map, language: str) -> dict[str, Any]:
        """The engine's spec in one language, checked by its type."""
        try:
            spec = QUESTION_TYPES[kind].from_folder(row, language)
        except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError):
            self.add_problem(
                name, row, f"the answers are not written as a “{kind}” wants", "Compare with a similar question"
            )
            return {}
        for problem in QUESTION_TYPES[kind].validate(spec):
            self.add_problem(f"{name} ({language}), {problem.field}", row, problem.what, problem.remedy)
        return spec

    # -- assessments

    def assessments(self, bank: BankSpec) -> list[AssessmentSpec]:
        rows = self.load(ASSESSMENTS)
        if not isinstance(rows, list):
            if rows is not None:
                self.add_problem("file", rows, "not a list of assessments", "Begin with - key: final")
            return []
        return [self.assessment(row, bank) for row in rows if isinstance(row, Map)]

    def assessment(self, row: Map, bank: BankSpec) -> AssessmentSpec:
        key = str(row.get("key") or "")
        titles = self.texts(row, "title", key)
        intros = self.texts(row, "intro", key, optional=True)
        slugs = row.get("slug") or {}
        rules = {name: row[name] for name in RULES if name in row}
        if row.get("show_answers", Answers.PASSED) not in Answers.values:
            self.add_problem(key, row, "unknown show_answers", f"Write one of: {', '.join(Answers.values)}")
        if any(isinstance(value, bool) or not isinstance(value, int) or value < 0 for value in rules.values()):
            self.add_problem(key, row, "a rule is not a whole number", f"Write numbers for {', '.join(RULES)}")
        spec = AssessmentSpec(
            key=key,
            titles=titles,
            slugs={code: slugify(slugs.get(code) or text) for code, text in titles.items()},
            intros={code: from_markdown(text) for code, text in intros.items()},
            rules={**rules, "show_answers": row.get("show_answers", Answers.PASSED)},
            minutes=int(row.get("minutes") or 10),
            is_required=bool(row.get("required", True)),
            sections=[self.section(part, key) for part in row.get("sections") or [] if isinstance(part, Map)],
        )
        self.check_draw(spec, row, bank)
        return spec

    def section(self, row: Map, where: str) -> SectionSpec:
        return SectionSpec(
            titles=self.texts(row, "title", where, optional=True),
            draw=int(row.get("draw") or 0),
            skill=str(row.get("skill") or ""),
            difficulty=row.get("difficulty"),
            questions=tuple(map(str, row.get("questions") or [])),
        )

    def check_draw(self, spec: AssessmentSpec, row: Map, bank: BankSpec) -> None:
        """Named questions exist, and the bank holds enough of the others."""
        known = {question.id for question in bank.questions}
        unknown = [name for section in spec.sections for name in section.questions if name not in known]
        if unknown:
            self.add_problem(spec.key, row, f"no question {', '.join(unknown)} in {QUESTIONS}", "Correct the ids")
            return
        pool = tuple(Candidate(entry.id, (entry.skill,), entry.difficulty) for entry in bank.questions)
        sections = [
            Section(pick(part.titles), part.questions, part.draw, pool, part.skill, part.difficulty)
            for part in spec.sections
        ]
        try:
            if not draw(sections, 0):
                self.add_problem(
                    spec.key, row, "the assessment has no question", "Write sections with draw: or questions:"
                )
        except DrawError as error:
            self.add_problem(spec.key, row, str(error), "See the sections of this assessment")


def read_folder(folder: Path, languages: list[str]) -> tuple[BankSpec, list[AssessmentSpec]]:
    """The bank and the assessments of a folder. Raises ``ContentError`` with every problem found."""
    reader = Reader(folder, languages)
    bank = reader.bank()
    assessments = reader.assessments(bank)
    if reader.problems:
        raise ContentError(reader.problems)
    return bank, assessments


def is_inside(folder: Path, name: object) -> bool:
    if not isinstance(name, str) or not name:
        return False
    path = (folder / name).resolve()
    return path.is_relative_to(folder.resolve()) and path.is_file()
