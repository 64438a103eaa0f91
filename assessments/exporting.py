"""The questions of a bank as a GIFT file, for Moodle and others; what such a file cannot hold is named at its head."""

from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import Locale
from wagtail.rich_text import expand_db_html

from assessments.answers import read_answers
from assessments.formats import gift
from assessments.formats.neutral import Rich
from assessments.formats.specs import from_spec
from assessments.importing import Filing
from assessments.models import Question, QuestionBank
from assessments.question_types import QuestionType, Spec, get_question_type


def write_gift(bank: QuestionBank, locale: Locale) -> str:
    """The live questions in one language. Importing the file again adds nothing to the same bank."""
    notes, written = [], []
    live = Question.objects.filter(bank=bank, locale=locale, live=True)
    for question in live.select_related("skill").order_by("code", "pk"):
        kind, spec = typed(question)
        if not kind.in_files:
            notes.append(
                _("Left out: this file format has no such question type (%(type)s)") % {"type": kind.label}
                + f" – {question}"
            )
            continue
        lost = [_("Without its picture")] if question.image_id else []
        notes += [f"{what} – {question}" for what in (*lost, *kind.left_out(spec))]
        written.append(
            from_spec(
                kind.name, spec, prompt=html(question.prompt), feedback=html(question.feedback),
                id=str(question.translation_key), title=question.title or question.code,
                tags=filing(question, spec).tags(),
            )
        )  # fmt: skip
    head = "".join(f"// {' '.join(note.split())}\n" for note in notes)
    return f"{head}\n{gift.dumps(written)}" if head else gift.dumps(written)


def typed(question: Question) -> tuple[QuestionType[Any], Spec]:
    name, spec = read_answers(question.answers.get_prep_value())
    return get_question_type(name), spec


def filing(question: Question, spec: Spec) -> Filing:
    return Filing(
        question.skill.code, question.difficulty, question.points, spec.get("shuffle"), question.code,
        spec.get("unit", ""), spec.get("decimals"),
    )  # fmt: skip


def html(text: str) -> Rich:
    return Rich(expand_db_html(text), "html")
