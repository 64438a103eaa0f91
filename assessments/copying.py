"""What belongs to a copied course: its assessments, once for all languages, and its banks if they are wanted."""

from typing import Any

from assessments.models import (
    Assessment,
    AssessmentPage,
    AssessmentSection,
    Question,
    QuestionBank,
    SectionQuestion,
)
from courses.copying import Copying

OWN = {"id", "translation_key", "bank", "live", "has_unpublished_changes", "latest_revision", "live_revision"}
OWN |= {"first_published_at", "last_published_at", "go_live_at", "expire_at", "expired"}
"""Fields that a copied question has for itself."""


def assessment_of_copy(page: AssessmentPage, copying: Copying) -> dict[str, Any]:
    return {"assessment": copied_assessment(page.assessment, copying)}


def copied_assessment(old: Assessment, copying: Copying) -> Assessment:
    done = copying.made.get((Assessment, old.pk))
    if done is not None:
        return done
    plain = {
        field.name: getattr(old, field.name)
        for field in Assessment._meta.concrete_fields
        if field.name not in {"id", "code", "course", "is_demo"}
    }
    code = free_code(Assessment, f"{copying.course.code}-{old.code}", 80)
    new = Assessment.objects.create(**plain, code=code, course=copying.course)
    copying.made[Assessment, old.pk] = new
    for section in AssessmentSection.objects.filter(assessment=old):
        bank = copied_bank(section.bank, copying) if section.bank and copying.with_banks else section.bank
        copied = AssessmentSection.objects.create(
            assessment=new, sort_order=section.sort_order, titles=section.titles, bank=bank, draw=section.draw,
            skill=section.skill, difficulty=section.difficulty,
        )  # fmt: skip
        for named in SectionQuestion.objects.filter(section=section).select_related("question__bank"):
            question = named.question
            if copying.with_banks:
                copied_bank(question.bank, copying)
                question = copying.made[Question, question.pk]
            SectionQuestion.objects.create(section=copied, sort_order=named.sort_order, question=question)
    return new


def copied_bank(old: QuestionBank, copying: Copying) -> QuestionBank:
    done = copying.made.get((QuestionBank, old.pk))
    if done is not None:
        return done
    code = free_code(QuestionBank, f"{copying.course.code}-{old.code}", 60)
    new = QuestionBank.objects.create(code=code, titles=old.titles, course=copying.course, is_shared=old.is_shared)
    copying.made[QuestionBank, old.pk] = new
    for question in Question.objects.filter(bank=old).order_by("pk"):
        copying.made[Question, question.pk] = copied_question(question, new, copying)
    return new


def copied_question(old: Question, bank: QuestionBank, copying: Copying) -> Question:
    """Live where the original is, or the copied assessment could not be started; learners see neither before the
    pages are published.
    """
    source = old if old.live or not old.latest_revision_id else old.get_latest_revision_as_object()
    plain = {
        field.name: getattr(source, field.name) for field in Question._meta.concrete_fields if field.name not in OWN
    }
    new = Question.objects.create(**plain, bank=bank, translation_key=copying.key(old.translation_key), live=False)
    revision = new.save_revision(user=copying.by)
    if old.live:
        revision.publish(user=copying.by)
    return new


def free_code(model: type[Any], wanted: str, most: int) -> str:
    wanted = wanted[: most - 4].strip("-")
    taken = set(model.objects.filter(code__startswith=wanted).values_list("code", flat=True))
    return next(code for code in (wanted, *(f"{wanted}-{number}" for number in range(2, 100))) if code not in taken)
