"""Writing banks, questions and assessments so that writing the same again changes nothing."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.models import Locale

from assessments.answers import read_answers, write_answers
from assessments.loading.reading import ASSESSMENTS, QUESTIONS
from assessments.loading.specs import AssessmentSpec, BankSpec, QuestionSpec
from assessments.models import (
    Assessment,
    AssessmentPage,
    AssessmentSection,
    Question,
    QuestionBank,
    SectionQuestion,
)
from courses.loading import ContentError, Problem, load_skills
from courses.loading.ledger import Ledger, as_seen
from courses.loading.media import MediaStore
from courses.loading.specs import key_of, own_key, stable_key
from courses.models import Course, CoursePage, Skill
from lms.lib.problems import at_line, in_file

Done = Counter[str]  # "created", "updated", "unchanged" questions, in each language


def bank_of(spec: BankSpec, ledger: Ledger, *, is_demo: bool) -> QuestionBank:
    """The bank of that code, with the folder's titles unless they were edited here."""
    bank, new = QuestionBank.objects.get_or_create(
        code=spec.code, defaults={"titles": spec.titles, "is_demo": is_demo, "course": ledger.course}
    )
    if not new and bank.course_id not in (None, ledger.course.pk):
        what = _("The bank %(code)s belongs to another course") % {"code": spec.code}
        problems = [at_line(1, what, _("Write another value after code: under bank:"))]
        raise ContentError(in_file(QUESTIONS, problems))
    if spec.is_shared is not None and bank.is_shared != spec.is_shared:
        bank.is_shared = spec.is_shared
        bank.save(update_fields=["is_shared"])
    key = stable_key(bank.code, "bank")
    if new or bank.titles == spec.titles or ledger.may_write("bank", key, "", spec.code, {"titles": bank.titles}):
        QuestionBank.objects.filter(pk=bank.pk).exclude(titles=spec.titles).update(titles=spec.titles)
        ledger.wrote("bank", key, "", {"titles": spec.titles})
    return bank


def write_questions(
    bank: QuestionBank, spec: BankSpec, folder: Path, skills: dict[str, Skill], ledger: Ledger, done: Done
) -> None:
    media = MediaStore(folder, spec.code)
    for question in spec.questions:
        image = media.image(question.image) if question.image else None
        for language in question.answers:
            write_question(bank, question, language, skills[question.skill], image, ledger, done)


def known_skills(spec: BankSpec) -> dict[str, Skill]:
    """The skills that the questions test. Raises ``ContentError`` naming the questions whose skill nobody knows."""
    codes = {question.skill for question in spec.questions}
    if Skill.objects.filter(code__in=codes).count() < len(codes):
        load_skills()
    found = {skill.code: skill for skill in Skill.objects.filter(code__in=codes)}
    problems: list[Problem] = []
    for question in spec.questions:
        if question.skill not in found:
            what = _("%(id)s: there is no skill “%(code)s” on this site") % {"id": question.id, "code": question.skill}
            remedy = _("Correct the code, or add the skill in the administration")
            problems += in_file(question.file or QUESTIONS, [at_line(question.line, what, remedy)])
    if problems:
        raise ContentError(problems)
    return found


def write_question(
    bank: QuestionBank, spec: QuestionSpec, language: str, skill: Skill, image: Any, ledger: Ledger, done: Done
) -> None:
    """The published question in one language; a new revision only when something differs."""
    fields = {
        "bank": bank,
        **({} if own_key(spec.id) else {"code": spec.id}),  # a question that has no code keeps having none
        **({"title": spec.titles[language]} if spec.titles.get(language) else {}),  # else that given here stays
        "prompt": spec.prompts[language],
        "feedback": spec.feedback.get(language, ""),
        "image": image,
        "image_alt": spec.image_alts.get(language, "")[:250],
        "skill": skill,
        "difficulty": spec.difficulty,
        "points": spec.points,
    }
    locale = Locale.objects.get_or_create(language_code=language)[0]
    key = key_of(bank.code, "question", spec.id)
    question = Question.objects.filter(translation_key=key, locale=locale).first()
    answers = write_answers(spec.type, spec.answers[language])
    if question is None:
        clash = Question.objects.filter(bank=bank, code=spec.id, locale=locale).first()
        if clash is not None:
            what = _("The bank has a question “%(id)s” that was created on this site") % {"id": spec.id}
            problem = at_line(spec.line, what, _("Give it another id, or change the code of that question"))
            raise ContentError(in_file(spec.file or QUESTIONS, [problem]))
        question = Question(translation_key=key, locale=locale, answers=answers, live=False, **fields)
        question.save()
        done["created"] += 1
    else:
        refuse_stranger(question, bank, spec, ledger)
        newest = question.get_latest_revision_as_object() if question.latest_revision_id else question
        if question.live and is_same(newest, answers, fields):
            done["unchanged"] += 1
            ledger.wrote("question", key, language, kept_values(newest, fields))
            return
        name = f"{language}: {bank.code}/{spec.id}"
        by_person = bool(question.latest_revision and question.latest_revision.user_id)
        now = kept_values(newest, fields)
        if not ledger.may_write("question", key, language, name, now, live=question.live, by_person=by_person):
            return
        part = ledger.part("question", key, language)
        if part is not None and part.is_retired:
            ledger.report.revived.append(name)
        question = newest
        for field, value in {**fields, "answers": answers}.items():
            setattr(question, field, value)
        done["updated"] += 1
    question.save_revision(clean=False).publish()
    written = Question.objects.get(pk=question.pk)
    ledger.wrote("question", key, language, kept_values(written, fields))


def refuse_stranger(question: Question, bank: QuestionBank, spec: QuestionSpec, ledger: Ledger) -> None:
    """A folder may name a question by its UUID: one that no load of this course wrote stays in the bank it is in."""
    known = ledger.part("question", question.translation_key, question.locale.language_code)
    if question.bank_id != bank.pk and known is None:
        what = _("The question “%(id)s” belongs to another bank") % {"id": spec.id}
        problem = at_line(spec.line, what, _("Write another id, or load it with the code of that bank"))
        raise ContentError(in_file(spec.file or QUESTIONS, [problem]))


def kept_values(question: Question, fields: dict[str, Any]) -> dict[str, Any]:
    """As the ledger compares them: answers by what they say."""
    kept = {name: getattr(question, name) for name in fields}
    return {**kept, "answers": list(read_answers(question.answers.get_prep_value()))}


def is_same(question: Question, answers: str, fields: dict[str, Any]) -> bool:
    if any(as_seen(getattr(question, name)) != as_seen(value) for name, value in fields.items()):
        return False
    return read_answers(question.answers.get_prep_value()) == read_answers(answers)


def retire_questions(ledger: Ledger, bank: QuestionBank | None, spec: BankSpec, done: Done) -> None:
    """Withdraw the questions that an earlier load wrote and the folder has no longer."""
    wanted = (
        set()
        if bank is None
        else {
            (key_of(bank.code, "question", question.id), language)
            for question in spec.questions
            for language in question.answers
        }
    )
    loaded = {key for kind, key, _language in ledger.parts if kind == "question"}
    banks = {bank.pk: bank.code for bank in QuestionBank.objects.filter(course=ledger.course)}
    for question in Question.objects.filter(bank__in=banks, live=True).select_related("locale"):
        bank_code = banks[question.bank_id]
        key, language = question.translation_key, question.locale.language_code
        was_loaded = key in loaded or key == stable_key(bank_code, "question", question.code)
        if (key, language) in wanted or not was_loaded:
            continue
        name = f"{language}: {bank_code}/{question.code}"
        if ledger.keep:
            ledger.report.left_in.append(name)
            continue
        newest = question.get_latest_revision_as_object() if question.latest_revision_id else question
        part = ledger.part("question", key, language)
        now = kept_values(newest, {name: 0 for name in part.fields if name != "answers"}) if part else {}
        by_person = bool(question.latest_revision and question.latest_revision.user_id)
        if ledger.may_write("question", key, language, name, now, by_person=by_person):
            question.unpublish(log_action=True)
            ledger.retired("question", key, language)
            ledger.report.retired.append(name)
            done["retired"] += 1


def write_assessment(spec: AssessmentSpec, bank: QuestionBank, ledger: Ledger, *, is_demo: bool) -> Assessment:
    """Its rules and sections, unless they were edited here."""
    code = code_of(spec, ledger.course)
    fields: dict[str, Any] = {"titles": spec.titles, **spec.rules}
    assessment, new = Assessment.objects.get_or_create(code=code, defaults={**fields, "is_demo": is_demo})
    if not new and not is_of_course(assessment, ledger.course):
        what = _("The assessment %(code)s belongs to another course") % {"code": code}
        remedy = _("Write another key, or load it with the code of that course")
        raise ContentError(in_file(ASSESSMENTS, [at_line(spec.line, what, remedy)]))
    sections = [section_fields(section, bank) for section in spec.sections]
    wanted = {**fields, "sections": sections}
    now = {name: getattr(assessment, name) for name in fields}
    now["sections"] = [stored_fields(section) for section in assessment.sections.order_by("sort_order")]
    key = stable_key(ledger.course.code, "assessment-rules", spec.key)
    if now != wanted:
        if not new and not ledger.may_write("assessment", key, "", code, now):
            return assessment
        Assessment.objects.filter(pk=assessment.pk).update(**fields)
        AssessmentSection.objects.filter(assessment=assessment).delete()
        for number, (section, named) in enumerate(sections):
            row = AssessmentSection.objects.create(assessment_id=assessment.pk, sort_order=number, **section)
            SectionQuestion.objects.bulk_create(
                SectionQuestion(section=row, question_id=pk, sort_order=place) for place, pk in enumerate(named)
            )
    ledger.wrote("assessment", key, "", wanted)
    return Assessment.objects.get(pk=assessment.pk)


def is_of_course(assessment: Assessment, course: Course) -> bool:
    """It is said to be this course's, or stands nowhere else."""
    if assessment.course_id is not None:
        return assessment.course_id == course.pk
    places = [page.path for page in CoursePage.objects.filter(course=course)]
    pages = assessment.pages.values_list("path", flat=True)
    return all(any(path.startswith(place) for place in places) for path in pages)


def code_of(spec: AssessmentSpec, course: Course) -> str:
    """That of the assessment which stands at the step already, where the folder names the step by its UUID."""
    key = own_key(spec.key)
    page = AssessmentPage.objects.filter(translation_key=key).select_related("assessment").first() if key else None
    return page.assessment.code if page else f"{course.code}-{spec.key}"


def section_fields(spec: Any, bank: QuestionBank) -> tuple[dict[str, Any], list[int]]:
    """(fields of the section, questions it names)"""
    fields = {
        "titles": spec.titles,
        "bank_id": bank.pk if spec.draw else None,
        "draw": spec.draw,
        "skill_id": Skill.objects.get(code=spec.skill).pk if spec.skill else None,
        "difficulty": spec.difficulty,
    }
    keys = {key: name for name in spec.questions if (key := own_key(name))}
    wanted = Q(code__in=spec.questions) | Q(translation_key__in=keys)
    rows = Question.objects.filter(wanted, bank=bank).select_related("locale")
    by_code: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row.locale.language_code == settings.LANGUAGE_CODE):
        by_code[keys.get(row.translation_key, row.code)] = row.pk  # the site's language last, so that it wins
    return fields, [by_code[name] for name in spec.questions]


def stored_fields(section: AssessmentSection) -> tuple[dict[str, Any], list[int]]:
    names = ("titles", "bank_id", "draw", "skill_id", "difficulty")
    named = section.named.order_by("sort_order").values_list("question_id", flat=True)
    return {name: getattr(section, name) for name in names}, list(named)
