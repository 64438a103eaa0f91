"""Writing banks, questions and assessments so that writing the same again changes nothing."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from wagtail.models import Locale

from assessments.answers import read_answers, write_answers
from assessments.loading.reading import QUESTIONS
from assessments.loading.specs import AssessmentSpec, BankSpec, QuestionSpec
from assessments.models import (
    Assessment,
    AssessmentPage,
    AssessmentSection,
    Question,
    QuestionBank,
    SectionQuestion,
)
from courses.loading import ContentError, Problem, StepPlace, load_skills
from courses.loading.media import Shelf
from courses.loading.specs import stable_key
from courses.models import Skill

Done = Counter[str]  # "created", "updated", "unchanged" questions, in each language


def write_bank(spec: BankSpec, folder: Path, done: Done, *, is_demo: bool) -> QuestionBank:
    bank, _new = QuestionBank.objects.update_or_create(
        code=spec.code,
        defaults={"titles": spec.titles},
        create_defaults={"titles": spec.titles, "is_demo": is_demo},
    )
    skills = known_skills(spec)
    shelf = Shelf(folder, spec.code)
    for question in spec.questions:
        image = shelf.image(question.image) if question.image else None
        for language in question.answers:
            write_question(bank, question, language, skills[question.skill], image, done)
    return bank


def known_skills(spec: BankSpec) -> dict[str, Skill]:
    """The skills that the questions test. Raises ``ContentError`` naming the questions whose skill nobody knows."""
    codes = {question.skill for question in spec.questions}
    if Skill.objects.filter(code__in=codes).count() < len(codes):
        load_skills()
    found = {skill.code: skill for skill in Skill.objects.filter(code__in=codes)}
    problems = [
        Problem(
            QUESTIONS, question.id, f"unknown skill “{question.skill}”", "Correct its code, or add it to the skills"
        )
        for question in spec.questions
        if question.skill not in found
    ]
    if problems:
        raise ContentError(problems)
    return found


def write_question(
    bank: QuestionBank, spec: QuestionSpec, language: str, skill: Skill, image: Any, done: Done
) -> Question:
    """The published question in one language; a new revision only when something differs."""
    fields = {
        "bank": bank,
        "code": spec.id,
        "prompt": spec.prompts[language],
        "feedback": spec.feedback.get(language, ""),
        "image": image,
        "image_alt": spec.image_alts.get(language, "")[:250],
        "skill": skill,
        "difficulty": spec.difficulty,
        "points": spec.points,
    }
    locale = Locale.objects.get_or_create(language_code=language)[0]
    key = stable_key(bank.code, "question", spec.id)
    question = Question.objects.filter(translation_key=key, locale=locale).first()
    answers = write_answers(spec.type, spec.answers[language])
    if question is None:
        question = Question.objects.create(translation_key=key, locale=locale, answers=answers, live=False, **fields)
        done["created"] += 1
    elif is_same(question, answers, fields):
        done["unchanged"] += 1
        return question
    else:
        for name, value in {**fields, "answers": answers}.items():
            setattr(question, name, value)
        done["updated"] += 1
    question.save_revision().publish()
    return question


def is_same(question: Question, answers: str, fields: dict[str, Any]) -> bool:
    if not question.live or any(getattr(question, name) != value for name, value in fields.items()):
        return False
    return read_answers(question.answers.get_prep_value()) == read_answers(answers)


def write_assessment(spec: AssessmentSpec, code: str, bank: QuestionBank, *, is_demo: bool) -> Assessment:
    fields = {"titles": spec.titles, **spec.rules}
    assessment, _new = Assessment.objects.update_or_create(
        code=code, defaults=fields, create_defaults={**fields, "is_demo": is_demo}
    )
    wanted = [section_fields(section, bank) for section in spec.sections]
    if [stored_fields(section) for section in assessment.sections.order_by("sort_order")] != wanted:
        AssessmentSection.objects.filter(assessment=assessment).delete()
        for number, (section, named) in enumerate(wanted):
            row = AssessmentSection.objects.create(assessment=assessment, sort_order=number, **section)
            SectionQuestion.objects.bulk_create(
                SectionQuestion(section=row, question_id=pk, sort_order=place) for place, pk in enumerate(named)
            )
    return Assessment.objects.get(pk=assessment.pk)


def section_fields(spec: Any, bank: QuestionBank) -> tuple[dict[str, Any], list[int]]:
    """(fields of the section, questions it names)"""
    fields = {
        "titles": spec.titles,
        "bank_id": bank.pk if spec.draw else None,
        "draw": spec.draw,
        "skill_id": Skill.objects.get(code=spec.skill).pk if spec.skill else None,
        "difficulty": spec.difficulty,
    }
    rows = Question.objects.filter(bank=bank, code__in=spec.questions).select_related("locale")
    by_code: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row.locale.language_code == settings.LANGUAGE_CODE):
        by_code[row.code] = row.pk  # the site's language last, so that it wins
    return fields, [by_code[name] for name in spec.questions]


def stored_fields(section: AssessmentSection) -> tuple[dict[str, Any], list[int]]:
    names = ("titles", "bank_id", "draw", "skill_id", "difficulty")
    named = section.named.order_by("sort_order").values_list("question_id", flat=True)
    return {name: getattr(section, name) for name in names}, list(named)


def write_page(place: StepPlace, assessment: Assessment, **fields: Any) -> AssessmentPage:
    """The published page of an assessment at its place; a new revision only when something differs."""
    fields["assessment"] = assessment
    locale = Locale.objects.get(language_code=place.language)
    page = AssessmentPage.objects.filter(translation_key=place.step_key, locale=locale).first()
    if page is None:
        page = AssessmentPage(translation_key=place.step_key, locale=locale, live=False, **fields)
        place.module.add_child(instance=page)
    elif page.live and all(getattr(page, name) == value for name, value in fields.items()):
        return page
    else:
        for name, value in fields.items():
            setattr(page, name, value)
    page.full_clean()
    page.save_revision().publish()
    return AssessmentPage.objects.get(pk=page.pk)
