"""Banks, questions of every type and assessments placed in a course, for tests.

French and English; every right answer, wrong answer and feedback holds a marker, so that leaks can be found.
"""

from typing import Any
from uuid import UUID, uuid4

from wagtail.models import Locale

from assessments.answers import write_answers
from assessments.models import (
    Assessment,
    AssessmentPage,
    AssessmentSection,
    Question,
    QuestionBank,
    SectionQuestion,
)
from courses.models import Course, CoursePage
from tests.factories.courses import make_skill, module_page
from tests.factories.publishing import add_page, publish

SECRET = "zsecretz"
"""Stands in everything that must not reach a learner before they may know it: feedback, and answers only we know."""

SPECS: dict[str, dict[str, Any]] = {
    "single": {
        "options": [
            {"id": "a", "text": "Oui", "correct": True, "feedback": f"{SECRET} bien"},
            {"id": "b", "text": "Non", "correct": False, "feedback": f"{SECRET} relisez"},
            {"id": "c", "text": "Jamais", "correct": False, "feedback": f"{SECRET} non plus"},
        ],
        "shuffle": True,
    },
    "multiple": {
        "options": [
            {"id": "a", "text": "Rouge", "correct": True, "feedback": f"{SECRET} oui"},
            {"id": "b", "text": "Bleu", "correct": True, "feedback": f"{SECRET} oui"},
            {"id": "c", "text": "Table", "correct": False, "feedback": f"{SECRET} non"},
        ],
        "shuffle": True,
    },
    "true_false": {"answer": True, "feedback_true": f"{SECRET} oui", "feedback_false": f"{SECRET} non"},
    "numeric": {"answer": "98765.5", "tolerance": "0.5", "unit": "FCFA", "feedback": f"{SECRET} oui"},
    "short_text": {"accepted": [{"text": f"{SECRET}-clavier", "credit": 100, "feedback": f"{SECRET} oui"}]},
    "cloze": {
        "text": f"Le clavier a [[#98765.5:0.5|9#{SECRET} non]] touches, dont [[{SECRET}-clavier#{SECRET} oui]] et "
        f"[[?Entrée|Sortie#{SECRET} non]]."
    },
    "matching": {
        "pairs": [
            {"id": "p1", "left": "Dakar", "right": "Sénégal"},
            {"id": "p2", "left": "Bamako", "right": "Mali"},
        ],
        "distractors": [{"id": "d1", "text": "Ghana"}],
    },
    "categorise": {
        "categories": [
            {"id": "c1", "text": "Afrique", "items": [{"id": "i1", "text": "Dakar", "feedback": f"{SECRET} non"}]},
            {"id": "c2", "text": "Europe", "items": [{"id": "i2", "text": "Paris", "feedback": f"{SECRET} non"}]},
        ]
    },
    "grid": {
        "categories": [
            {"id": "c1", "text": "Vrai", "items": [{"id": "i1", "text": "Ligne un", "feedback": f"{SECRET} non"}]},
            {"id": "c2", "text": "Faux", "items": [{"id": "i2", "text": "Ligne deux"}]},
        ]
    },
    "ordering": {
        "items": [{"id": "i1", "text": "Lire"}, {"id": "i2", "text": "Saisir"}, {"id": "i3", "text": "Relire"}]
    },
    "data_entry": {
        "fields": [
            {"id": "a", "label": "Nom", "kind": "text", "gold": f"{SECRET} Seck", "feedback": f"{SECRET} relisez"},
            {"id": "b", "label": "Date", "kind": "date", "gold": "05/11/2026"},
            {"id": "c", "label": "Total", "kind": "amount", "gold": "98765", "critical": True},
        ]
    },
    "classify": {
        "categories": [
            {
                "id": "h",
                "text": "Haine",
                "harm": True,
                "items": [{"id": "i1", "text": "Taisez-vous tous", "feedback": f"{SECRET} une insulte"}],
            },
            {"id": "o", "text": "Rien", "items": [{"id": "i2", "text": "Bonjour", "feedback": f"{SECRET} poli"}]},
        ],
        "score": "lower",
        "missed": 0,
    },
    "transcribe": {
        "language": "fr",
        "gold": f"{SECRET} rappelez madame Seck au 12 rue de Thiès",
        "critical": "Seck",
        "same": "12 = douze",
        "wer": 20,
        "cer": 20,
    },
}
RIGHT: dict[str, dict[str, Any]] = {
    "single": {"choice": "a"},
    "multiple": {"choices": ["a", "b"]},
    "true_false": {"choice": True},
    "numeric": {"text": "98765,5", "value": "98765.5"},
    "short_text": {"text": f"{SECRET}-clavier"},
    "cloze": {
        "gaps": {"1": {"text": "98765,5", "value": "98765.5"}, "2": {"text": f"{SECRET}-clavier"}, "3": {"choice": "1"}}
    },
    "matching": {"pairs": {"p1": "p1", "p2": "p2"}},
    "categorise": {"sorted": {"i1": "c1", "i2": "c2"}},
    "grid": {"sorted": {"i1": "c1", "i2": "c2"}},
    "ordering": {"places": {"i1": 1, "i2": 2, "i3": 3}},
    "data_entry": {"fields": {"a": f"{SECRET} seck", "b": "05/11/2026", "c": "98765"}},
    "classify": {"sorted": {"i1": "h", "i2": "o"}},
    "transcribe": {"text": f"{SECRET} rappelez Madame Seck au douze, rue de Thiès."},
}
"""Stored responses that earn the full mark."""


def make_bank(code: str = "banque", **fields: Any) -> QuestionBank:
    defaults = {"titles": {"fr": "Banque", "en": "Bank"}, **fields}
    return QuestionBank.objects.get_or_create(code=code, defaults=defaults)[0]


def make_question(
    kind: str = "single",
    *,
    bank: QuestionBank | None = None,
    language: str = "fr",
    key: UUID | None = None,
    skill: str = "dw.data-entry",
    spec: dict[str, Any] | None = None,
    live: bool = True,
    **fields: Any,
) -> Question:
    """One published question in one language; give the ``key`` of another to make its translation."""
    words = fields.pop("prompt", f"<p>{'Question' if language == 'fr' else 'Item'} {kind} {fields.get('code', '')}</p>")
    question = Question.objects.create(
        bank=bank or make_bank(),
        prompt=words,
        answers=write_answers(kind, spec or SPECS[kind]),
        feedback=f"<p>{SECRET} explication</p>",
        skill=make_skill(skill),
        locale=Locale.objects.get_or_create(language_code=language)[0],
        translation_key=key or uuid4(),
        live=False,
        **fields,
    )
    if live:
        publish(question)
    else:
        question.save_revision()
    question.refresh_from_db()
    return question


def make_in_both_languages(kind: str = "single", **fields: Any) -> tuple[Question, Question]:
    """The same question in French and in English."""
    french = make_question(kind, language="fr", **fields)
    return french, make_question(kind, language="en", key=french.translation_key, **fields)


def make_assessment(
    course: Course | None = None,
    *,
    code: str = "evaluation",
    questions: list[Question] | None = None,
    bank: QuestionBank | None = None,
    draw: int = 0,
    **rules: Any,
) -> Assessment:
    """One section that names ``questions`` and draws ``draw`` from ``bank``; with a page in ``course`` if given.

    Pages have the slugs ``evaluation`` and ``assessment``; see ``assessment_page``.
    """
    assessment = Assessment.objects.create(code=code, titles={"fr": "Évaluation", "en": "Assessment"}, **rules)
    section = AssessmentSection.objects.create(
        assessment=assessment, titles={"fr": "Partie 1", "en": "Part 1"}, bank=bank, draw=draw
    )
    for number, question in enumerate(questions or ()):
        SectionQuestion.objects.create(section=section, question=question, sort_order=number)
    if course is not None:
        place_assessment(assessment, course)
    return assessment


def place_assessment(assessment: Assessment, course: Course, suffix: str = "") -> UUID:
    """A page in each language of the course, published at the end of its first module; returns their step key."""
    key = uuid4()
    for language in CoursePage.objects.filter(course=course).values_list("locale__language_code", flat=True):
        module = module_page(course, language)
        page = AssessmentPage(
            title={"fr": "Évaluation", "en": "Assessment"}[language],
            slug={"fr": "evaluation", "en": "assessment"}[language] + suffix,
            assessment=assessment,
            locale=module.locale,
            translation_key=key,
            minutes=10,
        )
        add_page(module, page)
        publish(page)
    course.refresh_from_db()
    return key


def assessment_page(assessment: Assessment, language: str = "fr") -> AssessmentPage:
    return AssessmentPage.objects.get(assessment=assessment, locale__language_code=language)
