"""A course with its questions and assessments as the folder that ``load_folder`` reads again without change."""

import difflib
import shutil
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _
from pydantic import ValidationError

from assessments.answers import read_answers
from assessments.loading.reading import ACCEPTED, ASSESSMENTS, QUESTIONS, read_folder
from assessments.loading.schema import QUESTION_ROWS
from assessments.models import (
    Assessment,
    AssessmentPage,
    AssessmentSection,
    Question,
    QuestionBank,
    SectionQuestion,
)
from assessments.question_types import QUESTION_TYPES, UnknownQuestionType
from assessments.question_types.base import Unlike
from cms.foreign import from_markdown, rich_from_markdown
from courses.loading.exporting import CourseExport, Losses, as_yaml, friendly_key, in_languages, normal
from courses.loading.reading import COURSE
from courses.loading.rich_markdown import markdown_of, raw_html
from courses.models import Course
from lms.lib.problems import Problem, ProblemKind

EXPORTED: dict[type[Model], set[str]] = {
    QuestionBank: {"code", "titles", "is_shared"},
    Question: {"bank", "code", "title", "prompt", "image", "image_alt", "answers", "feedback", "skill", "difficulty",
               "points"},
    Assessment: {"code", "titles", *ACCEPTED, "purpose", "evidence", "about", "show_answers", "sections"},
    AssessmentSection: {"assessment", "titles", "bank", "draw", "skill", "difficulty", "sort_order", "named"},
    SectionQuestion: {"section", "question", "sort_order"},
    AssessmentPage: {"assessment", "intro", "minutes", "is_required"},
}  # fmt: skip
"""What the folder says of each, beside title, slug, language and key."""
VERSIONED = dict.fromkeys(
    ["live", "has_unpublished_changes", "first_published_at", "last_published_at", "go_live_at", "expire_at", "expired",
     "latest_revision", "live_revision", "locale", "translation_key"],
    "what is published is written",
)  # fmt: skip
LEFT_OUT: dict[type[Model], dict[str, str]] = {
    QuestionBank: {"course": "that of the folder", "is_demo": "load_course --demo says it"},
    Question: VERSIONED,
    Assessment: {
        "course": "that of the folder",
        "is_demo": "load_course --demo says it",
        "sample": "named as lost: in a folder all questions are of one bank, from which assessments draw",
    },
}
"""What it need not say, and why."""


class ExportError(Exception):
    """The course cannot be exported; the message says what to do."""


def export_folder(code: str, folder: Path) -> list[Problem]:
    """Write the course of that code to ``folder``, which is new or empty, whole or not at all.

    Returns what the folder cannot say. Raises ``ExportError``, and ``ContentError`` for a course that would be
    refused when it is loaded.
    """
    course = Course.objects.filter(code=code).first()
    if course is None:
        raise ExportError(no_course(code))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExportError(_("%(folder)s is not empty. Name a folder that does not exist yet.") % {"folder": folder})
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".export-", dir=folder.resolve().parent))
    try:
        root = beside / "course"
        root.mkdir()
        losses = Losses()
        FolderExport(course, root, losses).write()
        read_folder(root)
        if folder.exists():
            folder.rmdir()
        root.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return losses.problems


def no_course(code: str) -> str:
    codes = list(Course.objects.values_list("code", flat=True))
    near = difflib.get_close_matches(code, codes, n=3, cutoff=0.5) or sorted(codes)[:10]
    if not near:
        return _("There is no course %(code)s. This site has no course yet.") % {"code": code}
    return _("There is no course %(code)s. Use one of: %(codes)s.") % {"code": code, "codes": ", ".join(near)}


def as_markdown(html: str, *, embeds: bool = True) -> str | None:
    """The text as Markdown that is read as the same; None when there is none."""
    read = rich_from_markdown if embeds else from_markdown
    return next((text for text in (markdown_of(html), raw_html(html)) if normal(read(text)) == normal(html)), None)


class FolderExport:
    """Writes the files of ``course`` below ``root``."""

    def __init__(self, course: Course, root: Path, losses: Losses) -> None:
        self.course, self.root, self.losses = course, root, losses
        self.pages = CourseExport(course, root, losses, self.names_assessment)
        self.placed: list[tuple[str, dict[str, AssessmentPage]]] = []
        if not self.pages.languages:
            what = _("The course %(code)s has no page that is published. Publish it, then export it.")
            raise ExportError(what % {"code": course.code})

    def write(self) -> None:
        outline = self.pages.write()
        bank = self.bank()
        ids = self.write_questions(bank) if bank else {}
        rows = [self.assessment(key, pages, bank, ids) for key, pages in self.placed]
        if rows:
            self.save(ASSESSMENTS, rows)
        self.save(COURSE, outline)
        for title in self.pages.media.missing:
            what = _("The file of “%(title)s” cannot be opened") % {"title": title}
            self.losses.add(self.course.code, what, _("Upload it again"))

    def save(self, name: str, data: Any) -> None:
        (self.root / name).write_text(as_yaml(data), encoding="utf-8")

    def text(self, place: str, html: str, *, embeds: bool = True) -> str:
        """A rich text as Markdown; told where it is not read as the same."""
        found = as_markdown(html, embeds=embeds)
        if found is None:
            what = _("The text is not written exactly, for example because of a link to a page of this site")
            self.losses.add(place, what, _("Compare it where the course is loaded, and correct it there"))
        return markdown_of(html) if found is None else found

    # -- questions

    def bank(self) -> QuestionBank | None:
        """A folder has one bank: that of the course's code, else that which its assessments draw from."""
        banks = list(QuestionBank.objects.filter(course=self.course).order_by("code"))
        drawn = list(
            AssessmentSection.objects.filter(
                assessment__pages__in=[page.pk for _key, pages in self.placed for page in pages.values()]
            ).values_list("bank_id", flat=True)
        )
        banks.sort(key=lambda bank: (bank.code != self.course.code, -drawn.count(bank.pk), bank.code))
        for bank in banks[1:]:
            what = _("A folder has one bank; this one is not in it")
            self.losses.add(bank.code, what, _("Export its questions in the administration"))
        return banks[0] if banks else None

    def write_questions(self, bank: QuestionBank) -> dict[UUID, str]:
        """Their ids, by key, of those that are written."""
        found: dict[UUID, dict[str, Question]] = {}
        rows = Question.objects.filter(bank=bank).select_related("locale", "skill", "bank").order_by("pk")
        for question in rows:
            code = question.locale.language_code
            place = self.place(question)
            if not question.live:
                remedy = _("Publish it and export again, or leave it as it is")
                self.losses.add(place, _("It is unpublished or retired"), remedy)
            elif code not in self.pages.languages:
                what = _("The course has no page in the language %(language)s") % {"language": code}
                self.losses.add(place, what, _("Publish the course in that language and export again"))
            else:
                if question.has_unpublished_changes:
                    remedy = _("Publish or discard it and export again")
                    self.losses.add(place, _("It has a draft that is not published"), remedy)
                found.setdefault(question.translation_key, {})[code] = question
        ids, written = {}, []
        for key, versions in found.items():
            row = self.question(bank, key, in_languages(versions))
            if row is not None:
                ids[key] = row["id"]
                written.append(row)
        titles = {code: title for code, title in bank.titles.items() if title}
        self.save(
            QUESTIONS,
            {
                "bank": {"code": bank.code, "title": in_languages(titles), "shared": bank.is_shared},
                "questions": written,
            },
        )
        return ids

    def place(self, question: Question) -> str:
        name = question.code or question.title or str(question)
        return f"{question.locale.language_code}: {question.bank.code}/{name}"

    def question(self, bank: QuestionBank, key: UUID, versions: dict[str, Question]) -> dict[str, Any] | None:
        first = next(iter(versions.values()))
        place = self.place(first)
        row: dict[str, Any] = {"id": friendly_key(bank.code, "question", key, [first.code])}
        if first.code and row["id"] != first.code:
            what = _("Its code %(code)s is not kept: it was created on this site") % {"code": first.code}
            remedy = _("Write the code again where the course is loaded, if you need it")
            self.losses.add(place, what, remedy, ProblemKind.CHANGED)
        try:
            specs = {code: read_answers(version.answers.get_prep_value()) for code, version in versions.items()}
            kind = next(iter(specs.values()))[0]
            row["type"] = kind
            own = self.answers(kind, specs)
        except (UnknownQuestionType, Unlike, LookupError, ValueError, ArithmeticError, TypeError, ValidationError):
            what = _(
                "Its answers cannot be written as a row of questions.yaml, or do not have the same parts in every "
                "language"
            )
            self.losses.add(place, what, _("Export the bank in the administration, or give the answers the same parts"))
            return None
        titles = {code: version.title for code, version in versions.items() if version.title}
        feedback = {code: self.text(place, version.feedback) for code, version in versions.items() if version.feedback}
        if feedback and len(feedback) < len(versions):
            what = _("The explanation is missing in at least one language")
            self.losses.add(place, what, _("Write it in every language, and export again"))
            feedback = {}
        for name in ("skill_id", "difficulty", "points", "image_id"):
            if len({getattr(version, name) for version in versions.values()}) > 1:
                what = _("It is not the same in every language: %(field)s")
                field = Question._meta.get_field(name.removesuffix("_id")).verbose_name
                self.losses.add(
                    place, what % {"field": field}, _("Make it the same in every language, and export again")
                )
        row |= {
            **({"title": titles} if titles else {}),
            "skill": first.skill.code,
            "difficulty": first.difficulty,
            "points": first.points,
            "prompt": {code: self.text(place, version.prompt) for code, version in versions.items()},
            **({"feedback": feedback} if feedback else {}),
            **self.picture(place, first, versions),
        }
        return {**row, **own}

    def picture(self, place: str, first: Question, versions: dict[str, Question]) -> dict[str, Any]:
        image = first.image
        file = self.pages.media.copy(image)
        if image is None or not file:
            return {}
        alts = {code: version.image_alt or image.title for code, version in versions.items()}
        if not all(version.image_alt for version in versions.values()):
            what = _("The picture has no description; its title is written instead")
            self.losses.add(place, what, _("Write what the picture shows"), ProblemKind.CHANGED)
        return {"image": {"file": file, "alt": alts}}

    def answers(self, kind: str, specs: dict[str, tuple[str, dict[str, Any]]]) -> dict[str, Any]:
        """The keys of the type, which are read as the same answers in each language. Raises what says they are not."""
        if any(name != kind for name, _spec in specs.values()):
            raise Unlike
        plain = {code: spec for code, (_name, spec) in specs.items()}
        own = QUESTION_TYPES[kind].to_folder(plain)
        own = {name: value for name, value in own.items() if value not in ([], None, "")}
        row = {"id": "x", "type": kind, "prompt": dict.fromkeys(plain, "x"), **own}
        QUESTION_ROWS[kind].model_validate(row)
        for code, spec in plain.items():
            if QUESTION_TYPES[kind].from_folder(row, code) != spec:
                raise Unlike
        return own

    # -- assessments

    def names_assessment(self, key: UUID, pages: list[Any]) -> str | None:
        found: dict[str, AssessmentPage] = dict(pages)
        code = next(iter(found.values())).assessment.code
        begin = f"{self.course.code}-"
        name = code.removeprefix(begin) if code.startswith(begin) else ""
        named = friendly_key(self.course.code, "assessment", key, [name])
        self.placed.append((named, found))
        return named

    def assessment(
        self, key: str, pages: dict[str, AssessmentPage], bank: QuestionBank | None, ids: dict[UUID, str]
    ) -> dict[str, Any]:
        first = next(iter(pages.values()))
        rules, place = first.assessment, first.assessment.code
        for code, page in pages.items():
            differs = page.assessment_id != rules.pk or page.minutes != first.minutes
            if differs or page.is_required != first.is_required:
                what = _(
                    "In the language %(language)s the assessment, its minutes, or whether it is required are different"
                )
                self.losses.add(
                    place, what % {"language": code}, _("Make it the same in every language, and export again")
                )
            if rules.titles.get(code) != page.title:
                what = _("The assessment is called “%(title)s” there, but its page is not") % {
                    "title": rules.titles.get(code, "")
                }
                self.losses.add(
                    f"{place} ({code})", what, _("Give the page the title of the assessment, and publish it")
                )
        if rules.sample is not None:
            what = _("Its public sample is not kept: %(question)s") % {"question": rules.sample}
            self.losses.add(place, what, _("Choose a sample again where the course is loaded"))
        intros = {code: self.text(place, page.intro, embeds=False) for code, page in pages.items() if page.intro}
        return {
            "key": key,
            "title": {code: page.title for code, page in pages.items()},
            "slug": {code: page.slug for code, page in pages.items()},
            **({"intro": intros} if intros else {}),
            "purpose": str(rules.purpose),
            "evidence": str(rules.evidence),
            **({"about": dict(rules.about)} if rules.about else {}),
            **{name: getattr(rules, name) for name in ACCEPTED},
            "show_answers": str(rules.show_answers),
            "minutes": first.minutes,
            "required": first.is_required,
            "sections": [self.section(row, place, bank, ids) for row in rules.sections.order_by("sort_order")],
        }

    def section(
        self, section: AssessmentSection, place: str, bank: QuestionBank | None, ids: dict[UUID, str]
    ) -> dict[str, Any]:
        draw = section.draw if section.bank_id else 0
        if draw and (bank is None or section.bank_id != bank.pk):
            what = _("The section draws from another bank: %(bank)s") % {"bank": section.bank}
            self.losses.add(place, what, _("Move the questions into the bank of the course, and export again"))
            draw = 0
        named = []
        for row in section.named.order_by("sort_order").select_related("question"):
            key = row.question.translation_key
            if key in ids:
                named.append(ids[key])
            else:
                what = _("It names a question that is not in the folder: %(question)s") % {"question": row.question}
                self.losses.add(place, what, _("Publish it in the bank of the course, and export again"))
        titles = in_languages({code: title for code, title in section.titles.items() if title})
        return {
            **({"title": titles} if titles else {}),
            **({"questions": named} if named else {}),
            **({"draw": draw} if draw else {}),
            **({"skill": section.skill.code} if section.skill else {}),
            **({"difficulty": section.difficulty} if section.difficulty else {}),
        }
