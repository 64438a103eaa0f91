"""Starting an attempt: may they, which questions, in which language."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.drawing import DrawableQuestion, DrawError, DrawnItem, Section, draw
from assessments.enums import AllowanceKind, Purpose
from assessments.models import (
    Allowance,
    Assessment,
    AssessmentPage,
    AssessmentSection,
    Attempt,
    AttemptItem,
    Question,
    QuestionBank,
)
from assessments.seeds import new_seed
from assessments.selectors import attempts_on
from assessments.services.allowances import unused, use
from assessments.services.grades import submit
from courses.models import Enrolment
from lms.lib.leases import database_now
from lms.lib.locks import hold
from lms.lib.moments import relative_time
from lms.lib.translated import pick

logger = logging.getLogger(__name__)

REMEMBERED = 10  # earlier attempts whose questions come again only when there are no others


class AttemptRefusedError(Exception):
    """Why they cannot start now, in their language, with what to do. ``again_at``: from when they may."""

    def __init__(self, message: str, again_at: datetime | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.again_at = again_at


@dataclass(frozen=True, slots=True)
class QuestionTranslation:
    """A live question in one language, as far as drawing needs it."""

    id: int
    key: str
    language: str
    revision_id: int
    bank_id: int
    skill: str
    difficulty: int
    points: int


def start(*, enrolment: Enrolment, page: AssessmentPage, language: str) -> Attempt:
    """Their open attempt, or a new one. Two calls at the same moment give one attempt.

    Raises AttemptRefusedError.
    """
    try:
        return start_once(enrolment, page, language)
    except IntegrityError:  # another request was faster, on a database that let both look
        return Attempt.objects.get(enrolment=enrolment, assessment=page.assessment_id, submitted_at=None)


@transaction.atomic
def start_once(enrolment: Enrolment, page: AssessmentPage, language: str) -> Attempt:
    hold(Enrolment.objects.filter(pk=enrolment.pk))
    assessment = page.assessment
    earlier = attempts_on(enrolment, assessment)
    current = next((attempt for attempt in earlier if attempt.submitted_at is None), None)
    if current is not None and current.is_overdue():
        earlier[earlier.index(current)] = submit(attempt=current)
    elif current is not None:
        return current
    allowances = unused(enrolment, assessment)
    check_may_start(assessment, earlier, has_more=has_attempt(allowances))
    attempt = Attempt(
        enrolment=enrolment,
        assessment=assessment,
        step_key=page.translation_key,
        number=max((attempt.number for attempt in earlier), default=0) + 1,
        seed=new_seed(),
        language=language,
        started_at=database_now(),
    )
    if assessment.time_limit_minutes:
        more = sum(row.minutes for row in allowances)
        attempt.deadline_at = attempt.started_at + timedelta(minutes=assessment.time_limit_minutes + more)
    items = draw_items(attempt, seen_keys(earlier))
    attempt.save(force_insert=True)
    AttemptItem.objects.bulk_create(items)
    use(attempt, allowances, beyond_limit=is_used_up(assessment, earlier))
    return attempt


def has_attempt(allowances: Iterable[Allowance]) -> bool:
    return any(row.kind == AllowanceKind.ATTEMPT for row in allowances)


def is_used_up(assessment: Assessment, earlier: Iterable[Attempt]) -> bool:
    """As many attempts have ended as the assessment allows. Open attempts do not count."""
    ended = sum(attempt.submitted_at is not None for attempt in earlier)
    return bool(assessment.max_attempts) and ended >= assessment.max_attempts


def check_may_start(assessment: Assessment, earlier: Iterable[Attempt], *, has_more: bool = False) -> None:
    """Raise AttemptRefusedError when they have no attempt left, or have to wait. Open attempts do not count.

    ``has_more``: they were given one beside the rules, which they have not used.
    """
    ended = [attempt for attempt in earlier if attempt.submitted_at is not None]
    if is_used_up(assessment, ended) and not has_more:
        message = ngettext(
            "You have used your %(count)s attempt. Talk to your trainer.",
            "You have used your %(count)s attempts. Talk to your trainer.",
            assessment.max_attempts,
        )
        raise AttemptRefusedError(message % {"count": assessment.max_attempts})
    if ended and assessment.pause_minutes:
        last = max(attempt.submitted_at for attempt in ended if attempt.submitted_at)
        again_at = last + timedelta(minutes=assessment.pause_minutes)
        if again_at > timezone.now():
            message = _("Take a break and read the lessons again. You can try again: %(time)s.")
            raise AttemptRefusedError(message % {"time": relative_time(again_at)}, again_at)


def seen_keys(earlier: Sequence[Attempt]) -> set[str]:
    """Questions of the newest ``REMEMBERED`` attempts: who met one longer ago may meet it again."""
    keys = AttemptItem.objects.filter(attempt__in=[attempt.pk for attempt in earlier[-REMEMBERED:]]).order_by()
    return {str(key) for key in keys.values_list("question_key", flat=True)}


def draw_items(attempt: Attempt, seen: Collection[str]) -> list[AttemptItem]:
    """The questions of this attempt, in their language as far as they exist in it. Raises AttemptRefusedError."""
    sections = sections_of(attempt.assessment)
    translations = may_come(attempt.assessment, sections)
    try:
        drawn = draw_sections(sections, translations, attempt.seed, seen)
    except DrawError as error:
        logger.error("assessment %s cannot be drawn: %s", attempt.assessment.code, error)
        drawn = []
    if not drawn:
        raise AttemptRefusedError(_("This assessment is not ready yet. Tell your trainer, and come back later."))
    return [
        as_item(attempt, position, entry, sections, translations[entry.key])
        for position, entry in enumerate(drawn, start=1)
    ]


def draw_sections(
    sections: list[AssessmentSection],
    translations: dict[str, list[QuestionTranslation]],
    seed: int,
    seen: Collection[str],
) -> list[DrawnItem]:
    places = enumerate(sections, 1)
    return draw([section_for_draw(section, translations, number) for number, section in places], seed, seen=seen)


def try_draw(assessment: Assessment) -> int:
    """How many questions an attempt would have. Raises DrawError, worded for the trainer, when it has none."""
    sections = sections_of(assessment)
    drawn = draw_sections(sections, may_come(assessment, sections), 0, ())
    if not drawn:
        raise DrawError(_("It has no published question. Publish questions, or choose some."))
    return len(drawn)


def sections_of(assessment: Assessment) -> list[AssessmentSection]:
    named = Prefetch("named__question", Question.objects.only("translation_key"))
    return list(assessment.sections.order_by("sort_order").select_related("skill").prefetch_related(named))


def named_keys(section: AssessmentSection) -> list[str]:
    return [str(row.question.translation_key) for row in section.named.all()]


def live_translations(sections: Iterable[AssessmentSection]) -> dict[str, list[QuestionTranslation]]:
    """Every question that may come, by key, with its versions in all languages. One query."""
    sections = list(sections)
    banks = {section.bank_id for section in sections if section.bank_id and section.draw}
    named = {key for section in sections for key in named_keys(section)}
    rows = Question.objects.filter(Q(bank__in=banks) | Q(translation_key__in=named), live=True).exclude(
        live_revision=None
    )
    columns = ("locale__language_code", "live_revision_id", "bank_id", "skill__code", "difficulty", "points")
    found: dict[str, list[QuestionTranslation]] = defaultdict(list)
    for pk, key, *rest in rows.order_by("pk").values_list("pk", "translation_key", *columns):
        found[str(key)].append(QuestionTranslation(pk, str(key), *rest))
    return found


def may_come(assessment: Assessment, sections: list[AssessmentSection]) -> dict[str, list[QuestionTranslation]]:
    """``live_translations``; for practice without what may certify, unless its bank is marked as shared."""
    found = live_translations(sections)
    if not assessment.is_practice:
        return found
    banks = {row.bank_id for rows in found.values() for row in rows}
    closed = set(QuestionBank.objects.filter(pk__in=banks, is_shared=False).values_list("pk", flat=True))
    certifying = certifying_keys(found, closed) if closed else set()
    return {key: rows for key, rows in found.items() if key not in certifying}


def certifying_keys(found: dict[str, list[QuestionTranslation]], banks: Collection[int]) -> set[str]:
    """Of these questions those in these banks that an assessment which certifies names or may draw. Two queries."""
    sections = AssessmentSection.objects.filter(assessment__purpose=Purpose.CERTIFYING)
    named = sections.filter(named__question__bank__in=banks).values_list("named__question__translation_key", flat=True)
    draws = set(sections.filter(bank__in=banks, draw__gt=0).values_list("bank_id", "skill__code", "difficulty"))
    keys = {str(key) for key in named}
    for key, rows in found.items():
        for row in rows:
            wanted = {(row.bank_id, skill, level) for skill in (None, row.skill) for level in (None, row.difficulty)}
            if row.bank_id in banks and wanted & draws:
                keys.add(key)
    return keys


def section_for_draw(
    section: AssessmentSection, translations: dict[str, list[QuestionTranslation]], number: int
) -> Section:
    """A section as the engine draws it. Named questions that are withdrawn are left out."""
    pool = [rows[0] for rows in translations.values() if rows[0].bank_id == section.bank_id]
    return Section(
        title=pick(section.titles) or str(number),
        questions=tuple(key for key in named_keys(section) if key in translations),
        draw=section.draw if section.bank_id else 0,
        candidates=tuple(
            DrawableQuestion(translation.key, (translation.skill,), translation.difficulty) for translation in pool
        ),
        skill=section.skill.code if section.skill else "",
        difficulty=section.difficulty,
    )


def as_item(
    attempt: Attempt,
    position: int,
    entry: DrawnItem,
    sections: list[AssessmentSection],
    translations: list[QuestionTranslation],
) -> AttemptItem:
    translation = best_translation(translations, attempt.language)
    return AttemptItem(
        attempt=attempt,
        position=position,
        question_id=translation.id,
        question_key=UUID(translation.key),
        revision_id=translation.revision_id,
        section_titles=sections[entry.section].titles,
        points=translation.points,
    )


def best_translation(translations: list[QuestionTranslation], language: str) -> QuestionTranslation:
    """In their language, else in the site's, else in any."""
    order = {language: 0, settings.LANGUAGE_CODE: 1}
    return min(translations, key=lambda translation: order.get(translation.language, 2))
