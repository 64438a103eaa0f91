"""Reading the questions and assessments of a course folder. All problems are reported at once, by file and line."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.text import slugify
from django.utils.translation import gettext as _

from assessments.drawing import DrawableQuestion, DrawError, Section, draw
from assessments.formats.entities import has_entity
from assessments.formats.specs import Illustration
from assessments.illustrations import InFolder
from assessments.import_entries import identity_of, read_gift
from assessments.import_tags import filing_of
from assessments.importing import rich_html, title_of
from assessments.loading.question_names import short_name
from assessments.loading.schema import QUESTION_ROWS, AssessmentFile, AssessmentRow, QuestionFile, QuestionRow
from assessments.loading.specs import AssessmentSpec, BankSpec, QuestionSpec, SectionSpec
from assessments.question_types import QUESTION_TYPES
from cms import foreign
from cms.foreign import from_markdown, read_markdown, rich_from_markdown
from courses.loading.folder import Folder
from courses.loading.reading import COURSE, read_outline
from courses.loading.specs import CourseSpec
from lms.lib.problems import ProblemKind
from lms.lib.translated import pick
from lms.lib.yaml_lines import Lines

QUESTIONS, ASSESSMENTS = "questions.yaml", "assessments.yaml"
LONGEST_CODE = 80  # of an assessment: the course's code, a hyphen, and its key
ACCEPTED = ("pass_mark", "skill_pass_mark", "max_attempts", "pause_minutes", "time_limit_minutes")


def read_folder(path: Path) -> tuple[CourseSpec, BankSpec, list[AssessmentSpec], Folder]:
    """The whole course in a folder. Raises ``ContentError`` with every problem found."""
    folder = Folder(path)
    course = read_outline(folder)
    languages = course.languages if course else []
    bank = Questions(folder, languages).bank(course)
    assessments = Assessments(folder, languages, bank).read(course)
    if course is not None:
        place_assessments(folder, course, assessments)
    folder.refuse_faults()
    assert course is not None  # noqa: S101  (without one there is a fault)
    return course, bank, assessments, folder


def rules_in(row: AssessmentRow) -> dict[str, Any]:
    """Fields of ``Assessment``. What a folder of before there was practice does not say stays as it is."""
    rules = {**{name: getattr(row, name) for name in ACCEPTED}, "show_answers": row.show_answers}
    later = {"purpose": row.purpose, "evidence": row.evidence, "about": row.about and dict(row.about)}
    return {name: value for name, value in {**rules, **later}.items() if value is not None}


def place_assessments(folder: Folder, course: CourseSpec, assessments: list[AssessmentSpec]) -> None:
    """Each assessment that the course names is there, and stands in the languages of its title."""
    known = {spec.key: spec for spec in assessments}
    named = set()
    for step in (step for module in course.modules for step in module.steps if step.kind == "assessment"):
        named.add(step.key)
        if step.key in known:
            step.languages = list(known[step.key].titles)
        elif not any(problem.file == ASSESSMENTS for problem in folder.faults):
            what = _("There is no assessment %(key)s in %(file)s") % {"key": step.key, "file": ASSESSMENTS}
            folder.add(COURSE, step.line, what, _("Add it there, or correct the key"))
    for spec in assessments:
        if spec.key not in named:
            what = _("No module in course.yaml lists the assessment %(key)s") % {"key": spec.key}
            remedy = _("Add - assessment: %(key)s to the steps of a module, or delete it here") % {"key": spec.key}
            folder.add(ASSESSMENTS, spec.line, what, remedy)


class Questions:
    """questions.yaml, and questions.gift, questions.fr.gift ... beside it."""

    def __init__(self, folder: Folder, languages: list[str]) -> None:
        self.folder, self.languages = folder, languages
        self.found: dict[str, QuestionSpec] = {}
        self.skill = ""

    def bank(self, course: CourseSpec | None) -> BankSpec:
        data, lines = QuestionFile(), Lines()
        if self.folder.path.joinpath(QUESTIONS).exists():
            read, lines = self.folder.read_yaml(QUESTIONS, QuestionFile)
            data = read or data
        self.skill = data.bank.skill or (course.skills[0][0] if course and course.skills else "")
        for number, row in enumerate(data.questions):
            self.read_row(number, row, lines)
        for path in sorted(self.folder.path.glob("questions*.gift")):
            self.read_gift(path.name)
        code = data.bank.code or (course.code if course else "")
        titles = data.bank.title or (course.titles if course else {})
        return BankSpec(code, dict(titles), list(self.found.values()), data.bank.shared)

    def read_row(self, number: int, row: dict[str, Any], lines: Lines) -> None:
        place = ("questions", number)
        line = lines.of(place)
        kind = row.get("type")
        if not isinstance(kind, str) or kind not in QUESTION_ROWS:
            what = _("There is no type of question “%(type)s”") % {"type": str(kind)[:80]}
            remedy = _("Use one of: %(kinds)s") % {"kinds": ", ".join(QUESTION_ROWS)}
            named = f"{row['id'][:60]}: {what}" if isinstance(row.get("id"), str) else what
            self.folder.add(QUESTIONS, lines.of((*place, "type")), named, remedy)
            return
        read = self.folder.validate(QUESTIONS, lines, QUESTION_ROWS[kind], place)
        if read is None:
            return
        if read.id in self.found:
            what = _("The id “%(id)s” is used twice") % {"id": read.id}
            self.folder.add(QUESTIONS, line, what, _("Give each question its own id"))
            return
        languages = [language for language in read.prompt if self.is_ours(language, QUESTIONS, line)]
        for texts in (read.prompt, read.feedback or {}):
            for text in texts.values():
                document = read_markdown(text)
                self.folder.add_all(QUESTIONS, [replace(fault, line=1) for fault in document.problems], first_line=line)
                for picture in document.pictures:
                    what = foreign.lost_picture(picture).what
                    self.folder.add(
                        QUESTIONS, line, what, _("Write it under image: {file: ..., alt: ...}"), ProblemKind.LOST
                    )
        image = read.image
        if image is not None:
            self.folder.has_media(image.file, "image", QUESTIONS, lines.of((*place, "image", "file")))
            self.wants(languages, image.alt, "alt", lines.of((*place, "image", "alt")))
        if read.feedback:
            self.wants(languages, read.feedback, "feedback", lines.of((*place, "feedback")))
        answers = {code: self.answers(read, row, code, line) for code in languages}
        for text in sorted({text for spec in answers.values() for text in texts_in(spec) if looks_marked_up(text)}):
            what = _("%(id)s: learners see “%(text)s” as it is written, with its marks.")
            told = what % {"id": read.id, "text": text[:80]}
            remedy = _(
                "Answers are plain text: write é, ², < directly. If the marks are intended, there is nothing to do."
            )
            self.folder.add(QUESTIONS, line, told, remedy, ProblemKind.CHANGED)
        report_unread_languages(self.folder, QUESTIONS, lines, place, row, languages)
        titles = (
            {}
            if read.title is None
            else read.title
            if isinstance(read.title, dict)
            else dict.fromkeys(languages, read.title)
        )
        self.found[read.id] = QuestionSpec(
            id=read.id,
            type=kind,
            titles=dict(titles),
            skill=read.skill or self.skill,
            difficulty=read.difficulty,
            prompts={code: rich_from_markdown(read.prompt[code]) for code in languages},
            answers=answers,
            feedback={code: rich_from_markdown(text) for code, text in (read.feedback or {}).items()},
            image=image.file if image else "",
            image_alts=dict(image.alt) if image else {},
            points=read.points,
            file=QUESTIONS,
            line=line,
        )

    def is_ours(self, language: str, file: str, line: int) -> bool:
        if self.languages and language not in self.languages:
            what = _("The course has no title in the language %(language)s") % {"language": language}
            self.folder.add(file, line, what, _("Add it in course.yaml, or take the language out here"))
            return False
        return True

    def wants(self, languages: list[str], texts: dict[str, str], key: str, line: int) -> None:
        for language in languages:
            if language not in texts:
                what = _("%(key)s is missing in the language %(language)s") % {"key": key, "language": language}
                self.folder.add(QUESTIONS, line, what, _("Write it beside the others"))

    def answers(self, read: QuestionRow, row: dict[str, Any], language: str, line: int) -> dict[str, Any]:
        """The engine's spec in one language, checked by its type."""
        kind = QUESTION_TYPES[read.type]
        try:
            spec = kind.from_folder(row, language)
        except KeyError:
            what = _("The text of an answer is missing in the language %(language)s") % {"language": language}
            self.folder.add(QUESTIONS, line, f"{read.id}: {what}", _("Write it beside the others"))
            return {}
        for problem in kind.validate(spec):
            what = f"{read.id} ({language}), {problem.field}: {problem.what}"
            self.folder.add(QUESTIONS, line, what, problem.remedy)
        return spec

    def read_gift(self, name: str) -> None:
        """A GIFT file in one language; the same question in two languages has the same [id:...] in two files."""
        language = name.removeprefix("questions").removesuffix(".gift").removeprefix(".")
        if not language and len(self.languages) == 1:
            language = self.languages[0]
        if language not in self.languages:
            what = _("The name of the file does not show a language of the course")
            self.folder.add(name, 1, what, _("Call it questions.fr.gift"))
            return
        for spec in read_gift_file(self.folder, name, language, self.skill):
            known = self.found.get(spec.id)
            if known is None:
                self.found[spec.id] = spec
            elif language in known.answers:
                what = _("The id “%(id)s” is used twice") % {"id": spec.id}
                self.folder.add(name, spec.line, what, _("Give each question its own id"))
            elif not fits(known, spec):
                what = _("%(id)s is another type of question than in %(file)s, or has other answers")
                told = what % {"id": spec.id, "file": known.file}
                self.folder.add(name, spec.line, told, _("Write the same answers in the same order"))
            else:
                known.prompts.update(spec.prompts)
                known.answers.update(spec.answers)
                known.feedback.update(spec.feedback)
                known.titles.update(spec.titles)
                known.image_alts.update(spec.image_alts)
                known.image = known.image or spec.image


def report_unread_languages(
    folder: Folder, file: str, lines: Lines, place: tuple[Any, ...], row: Any, languages: list[str]
) -> None:
    """Nobody would ever see a title or an answer in a language in which the question, or the assessment, is not."""
    for path in unread_languages(row, languages):
        what = _("%(key)s is written in the language %(language)s, but the rest is not: nobody sees it")
        told = what % {"key": ".".join(str(part) for part in path[:-1]), "language": path[-1]}
        remedy = _("Write the question, or the title of the assessment, in that language too, or take the text out")
        folder.add(file, lines.of((*place, *path)), told, remedy, ProblemKind.LOST)


def unread_languages(value: Any, languages: list[str], place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where texts by language hold one that is not among ``languages``: the way there, its code last."""
    if isinstance(value, dict) and value and value.keys() <= dict(settings.LANGUAGES).keys():
        yield from ((*place, code) for code in value if code not in languages and place != ("prompt",))
        return
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from unread_languages(each, languages, (*place, key))


def texts_in(value: Any) -> Iterator[str]:
    """Every text in what is stored of a question."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts_in(inner)


def looks_marked_up(text: str) -> bool:
    return has_entity(text) or re.search(r"</?(?:sup|sub|b|i|u|em|strong|br|p|span|img)\b[^<>]*+>", text) is not None


def fits(one: QuestionSpec, other: QuestionSpec) -> bool:
    """Whether two specs can be one question in two languages: what is right is found by the names of the answers."""

    def shape(spec: QuestionSpec) -> list[Any]:
        answers = next(iter(spec.answers.values()))
        return [spec.type, *([row.get("id") for row in answers.get(name) or []] for name in ("options", "pairs"))]

    return shape(one) == shape(other)


def read_gift_file(folder: Folder, name: str, language: str, skill: str) -> Iterator[QuestionSpec]:
    """Every question of the file that can be used; the others, and what is lost of them, are in ``folder``."""
    source = folder.read(name)
    if source is None:
        return
    entries = read_gift(source, InFolder(folder.path, (folder.path / name).parent))
    if not entries:
        folder.add(name, 1, _("There is no question in the file"), _("Write questions in the GIFT format"))
    for entry in entries:
        folder.add_all(name, entry.problems)
        question, converted = entry.question, entry.converted
        if not entry.usable or question is None or converted is None:
            continue
        told = filing_of(question)
        yield QuestionSpec(
            id=short_name(told.code or question.id, identity_of(question)),
            type=converted.type,
            skill=told.skill or skill,
            difficulty=told.level or 2,
            prompts={language: rich_html(question.prompt)},
            answers={language: {**converted.spec, **told.of_answers(converted.spec)}},
            feedback={language: rich_html(question.feedback)},
            image=picture_path(folder, name, converted.picture),
            image_alts={language: converted.picture.alt} if converted.picture else {},
            titles={language: title_of(question, told)},
            points=told.points or 1,
            file=name,
            line=entry.line,
        )


def picture_path(folder: Folder, name: str, picture: Illustration | None) -> str:
    """The picture named from the folder; none for one that stands in the text itself, which has no file."""
    if picture is None:
        return ""
    path = InFolder(folder.path, (folder.path / name).parent).path(picture.src)
    return path.relative_to(folder.path.resolve()).as_posix() if path else ""


class Assessments:
    """assessments.yaml"""

    def __init__(self, folder: Folder, languages: list[str], bank: BankSpec) -> None:
        self.folder, self.languages, self.questions = folder, languages, bank.questions

    def read(self, course: CourseSpec | None) -> list[AssessmentSpec]:
        steps = [step for module in course.modules for step in module.steps] if course else []
        if not self.folder.path.joinpath(ASSESSMENTS).exists() and not any(s.kind == "assessment" for s in steps):
            return []
        data, lines = self.folder.read_yaml(ASSESSMENTS, AssessmentFile)
        specs: dict[str, AssessmentSpec] = {}
        for number, row in enumerate(data.root if data else []):
            line = lines.of((number,))
            if row.key in specs:
                what = _("The key %(key)s is also used by %(file)s") % {"key": row.key, "file": ASSESSMENTS}
                self.folder.add(ASSESSMENTS, line, what, _("Write another value after key: in one of them"))
            if course and len(f"{course.code}-{row.key}") > LONGEST_CODE:
                what = _("%(key)s is too long") % {"key": "key"}
                self.folder.add(ASSESSMENTS, line, what, _("Shorten it, or the code of the course"))
            specs[row.key] = spec = self.spec(row, line)
            written = row.model_dump(exclude_unset=True, include={"slug", "intro", "sections"})
            report_unread_languages(self.folder, ASSESSMENTS, lines, (number,), written, list(spec.titles))
        return list(specs.values())

    def spec(self, row: AssessmentRow, line: int) -> AssessmentSpec:
        titles = {code: title for code, title in row.title.items() if not self.languages or code in self.languages}
        if len(titles) < len(row.title):
            what = _("The course has no title in the language %(language)s")
            told = what % {"language": ", ".join(set(row.title) - set(titles))}
            self.folder.add(ASSESSMENTS, line, told, _("Add it in course.yaml, or take the language out here"))
        for code, text in (row.intro or {}).items():
            document = read_markdown(text)
            for fault in (*document.problems, *map(foreign.lost_picture, document.pictures)):
                self.folder.add(ASSESSMENTS, line, f"intro ({code}): {fault.what}", fault.remedy, ProblemKind.LOST)
        spec = AssessmentSpec(
            key=row.key,
            titles=dict(titles),
            slugs={code: row.slug.get(code) or slugify(text)[:80] or slugify(row.key) for code, text in titles.items()},
            intros={code: from_markdown(text) for code, text in (row.intro or {}).items()},
            rules=rules_in(row),
            minutes=row.minutes,
            is_required=row.required,
            sections=[
                SectionSpec(dict(part.title or {}), part.draw, part.skill or "", part.difficulty, tuple(part.questions))
                for part in row.sections
            ],
            line=line,
        )
        self.check_draw(spec, line)
        return spec

    def check_draw(self, spec: AssessmentSpec, line: int) -> None:
        """Named questions exist, and the bank holds enough of the others."""
        if any(problem.file.startswith("questions") for problem in self.folder.faults):
            return  # the bank is not whole
        known = {question.id for question in self.questions}
        unknown = [name for section in spec.sections for name in section.questions if name not in known]
        if unknown:
            what = _("%(key)s names questions that do not exist: %(names)s")
            told = what % {"key": spec.key, "names": ", ".join(unknown)}
            self.folder.add(ASSESSMENTS, line, told, _("Correct the ids"))
            return
        pool = tuple(DrawableQuestion(entry.id, (entry.skill,), entry.difficulty) for entry in self.questions)
        sections = [
            Section(pick(part.titles), part.questions, part.draw, pool, part.skill, part.difficulty)
            for part in spec.sections
        ]
        try:
            if not draw(sections, 0):
                what = _("The assessment %(key)s has no question") % {"key": spec.key}
                self.folder.add(ASSESSMENTS, line, what, _("Write draw: or questions: in its sections"))
        except DrawError as error:
            remedy = _("Change draw: in its sections, or add questions")
            self.folder.add(ASSESSMENTS, line, f"{spec.key}: {error}", remedy)
