"""Question files of trainers: shown first, then the good ones go into a bank and the others come back to be mended."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from wagtail.models import Locale

from assessments.answers import write_answers
from assessments.formats import gift
from assessments.formats.gift_blocks import ESCAPED, blocks, decode
from assessments.formats.neutral import ImportedQuestion, Rich
from assessments.formats.plain import plain
from assessments.formats.specs import Converted, read_rich, to_spec
from assessments.models import Question, QuestionBank
from assessments.question_types import get_question_type
from cms import foreign
from courses.loading.specs import NAMESPACE
from courses.models import Skill
from lms.accounts.models import User
from lms.lib.problems import Problem

_HIDDEN = {0xF0000 + ord(character): f"\\{character}" for character in ESCAPED}
MOST = 500  # questions in one go
IS_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Entry:
    """One question of the file. ``source`` is its text, to be mended when it is refused."""

    line: int
    title: str
    source: str
    problems: tuple[Problem, ...]
    question: ImportedQuestion | None = None
    converted: Converted | None = None

    @property
    def label(self) -> str:
        """The kind of question, in words."""
        return str(get_question_type(self.converted.type).label) if self.converted and self.usable else ""

    @property
    def usable(self) -> bool:
        return self.question is not None and not any(problem.refused for problem in self.problems)


def read_gift(source: str | bytes) -> list[Entry]:
    """Every block of the file with what is wrong with it, in the order of the file."""
    text = decode(source) if isinstance(source, bytes) else source
    result = gift.loads(text)
    questions = {question.line: question for question in result.questions}
    faults: dict[int, list[Problem]] = {}
    for problem in result.problems:
        faults.setdefault(problem.line, []).append(problem)
    return [
        entry_of(block.line, block.text.translate(_HIDDEN), questions.get(block.line), faults.get(block.line, []))
        for block in blocks(text.removeprefix("\ufeff"))
        if block.lines
    ]


def entry_of(line: int, source: str, question: ImportedQuestion | None, problems: Iterable[Problem]) -> Entry:
    found = list(problems)
    converted = to_spec(question) if question is not None and not found else None
    if converted is not None:
        found += [problem for problem in converted.problems if problem not in found]
    title = plain(question.prompt) if question is not None else source.strip().splitlines()[0]
    return Entry(line, title[:120], source, tuple(found), question, converted)


def refused_file(entries: Iterable[Entry]) -> str:
    """The refused questions as a file to mend: what is wrong stands above each, as comments that readers skip."""
    return "\n\n".join(
        "\n".join([*(f"// {fault.what} {fault.remedy}" for fault in entry.problems), entry.source])
        for entry in entries
        if not entry.usable
    )


@transaction.atomic
def add_to_bank(
    *,
    entries: Iterable[Entry],
    bank: QuestionBank,
    skill: Skill,
    difficulty: int,
    locale: Locale,
    live: bool,
    by: User | None = None,
) -> tuple[int, int]:
    """Put the usable entries into the bank; returns (added, already there).

    A question is known again by its identifier, or else by its text: importing a file twice adds nothing twice.
    """
    added = known = 0
    for entry in entries:
        if not entry.usable or entry.question is None or entry.converted is None:
            continue
        code = code_of(entry.question)
        key = uuid5(NAMESPACE, f"{bank.code}/import/{code or plain(entry.question.prompt)}")
        if is_known(bank, locale, key, {code, entry.question.id} - {""}):
            known += 1
            continue
        question = Question.objects.create(
            bank=bank, code=code, translation_key=key, locale=locale, skill=skill, difficulty=difficulty, live=False,
            prompt=rich_html(entry.question.prompt), feedback=rich_html(entry.question.feedback),
            answers=write_answers(entry.converted.type, entry.converted.spec),
        )  # fmt: skip
        revision = question.save_revision(user=by, log_action=True)
        if live:
            revision.publish(user=by)
        added += 1
    return added, known


def is_known(bank: QuestionBank, locale: Locale, key: UUID, codes: set[str]) -> bool:
    """By its key, by its code as written or as we would write it; our own file names one without a code by its key."""
    keys = {key, *(UUID(code) for code in codes if IS_KEY.fullmatch(code))}
    known = Q(translation_key__in=keys) | Q(code__in=codes)
    return Question.objects.filter(known, bank=bank, locale=locale).exists()


def code_of(question: ImportedQuestion) -> str:
    return slugify(question.id or question.title)[:60]


def rich_html(rich: Rich) -> str:
    """A stranger's text as the HTML we keep: few tags, nothing that runs. `specs.lost_in` names what is not in it."""
    return foreign.as_html(read_rich(rich))
