"""One attempt for whoever teaches: each question as it was shown, the answer, what it earned and why.

What tells the key (the right answer, explanations, what each option said) is only for whoever may see the question
where it is written: an assessment may draw from the bank of another course.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, OuterRef, QuerySet, Subquery
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from assessments.content import QuestionContent, content_of
from assessments.enums import Decision, GradeReason
from assessments.models import Attempt, AttemptItem, Grade, ItemMark, Question, Response
from assessments.pictures import picture_of
from assessments.question_types import Review, get_question_type
from assessments.selectors import skill_names
from assessments.services.corrections import decided
from cms.rows import rows_for
from lms.accounts.models import User
from lms.lib.moments import day, timestamp
from lms.lib.percentages import percent

GRADES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One question of an attempt."""

    item: AttemptItem
    content: QuestionContent
    picture: SafeString
    review: Review
    earned: str  # of its points; a dash where it has no mark
    is_work: bool
    shows_key: bool
    reasons: list[str]  # why it earned that, where the answer alone does not say it
    shown_on: datetime  # when the version was written
    has_changed: bool  # another version is live by now
    saved_at: datetime | None
    saves: int

    @property
    def version(self) -> str:
        """Which version was shown, and whether it is still the same."""
        words = {"day": day(self.shown_on)}
        if self.has_changed:
            return _("Version of %(day)s, changed since.") % words
        return _("Version of %(day)s.") % words

    @property
    def saved(self) -> str:
        if self.saved_at is None:
            return ""
        text = ngettext(
            "Saved %(count)d time, the last: %(time)s.", "Saved %(count)d times, the last: %(time)s.", self.saves
        )
        return text % {"count": self.saves, "time": timestamp(self.saved_at)}


@dataclass(frozen=True, slots=True)
class GradeLine:
    """What the attempt was worth at some time."""

    at: str
    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    lines: list[AnswerLine]
    grades: list[GradeLine]  # the newest first
    reasons: list[str]  # why it has not passed

    @property
    def hides_keys(self) -> bool:
        return not all(line.shows_key for line in self.lines)


def read_sheet(attempt: Attempt, reader: User) -> AnswerSheet:
    """Its number of queries is that of any attempt, however many questions it has."""
    items = list(items_of(attempt))
    contents = content_of(item.revision_id for item in items)
    grades = list(Grade.objects.filter(attempt=attempt).select_related("by").order_by("-at", "-pk")[:GRADES_SHOWN])
    marks = {mark.item_id: mark for mark in ItemMark.objects.filter(grade=grades[0])} if grades else {}
    decisions = decided(attempt.assessment_id, items)
    seen = (
        rows_for(reader, "view", Question) if reader.has_perm("assessments.view_question") else Question.objects.none()
    )
    visible = set(seen.filter(pk__in=[item.question_id for item in items]).values_list("pk", flat=True))
    lines = [
        line_of(item, contents[item.revision_id], marks.get(item.pk), decisions.get(item.pk, ""),
                shows_key=item.question_id in visible, language=attempt.language)
        for item in items
    ]  # fmt: skip
    return AnswerSheet(lines, [grade_line(grade) for grade in grades], why_not_passed(attempt, grades))


def items_of(attempt: Attempt) -> QuerySet[AttemptItem, Any]:
    saved = Response.objects.filter(item=OuterRef("pk")).order_by("-pk")
    counted = saved.order_by().values("item")
    return attempt.items.order_by("position").annotate(
        newest_answer=Subquery(saved.values("answer")[:1]),
        newest_save=Subquery(counted.annotate(last=Max("saved_at")).values("last")),
        saves=Subquery(counted.annotate(number=Count("pk")).values("number")),
        written_at=F("revision__created_at"),
        live_version=F("question__live_revision_id"),
    )


def line_of(
    item: Any, content: QuestionContent, mark: ItemMark | None, decision: str, *, shows_key: bool, language: str
) -> AnswerLine:
    kind = get_question_type(content.type)
    with override(language):
        review = kind.explain(content.spec, item.newest_answer or {})
    reasons = [mark.reason] if mark is not None and mark.reason else []
    if not review["answered"]:
        reasons.append(_("No answer."))
    if decision:
        words = {"decision": Decision(decision).label}
        reasons.append(_("The question was wrong, and it was decided: %(decision)s.") % words)
    return AnswerLine(
        item, content, picture_of(content), review,
        earned=percent(round(100 * mark.fraction)) if mark is not None else "—",
        is_work=kind.is_work, shows_key=shows_key, reasons=reasons, shown_on=item.written_at,
        has_changed=item.live_version != item.revision_id, saved_at=item.newest_save, saves=item.saves or 0,
    )  # fmt: skip


def grade_line(grade: Grade) -> GradeLine:
    words = {
        GradeReason.SUBMITTED: _("handed in"),
        GradeReason.TIME_OVER: _("closed because time ran out"),
        GradeReason.REGRADED: _("marked again"),
    }[GradeReason(grade.reason)]
    if grade.by is not None:
        words = _("%(what)s, by %(name)s") % {"what": words, "name": grade.by.get_full_name()}
    return GradeLine(timestamp(grade.at), percent(int(grade.score)), words)


def why_not_passed(attempt: Attempt, grades: list[Grade]) -> list[str]:
    """The rule that was not met: the mark of the whole, or that of a skill."""
    if attempt.passed or not grades:
        return []
    rules, found = attempt.assessment, []
    if attempt.percent < rules.pass_mark:
        words = {"mark": percent(attempt.percent), "needed": percent(rules.pass_mark)}
        found.append(_("%(mark)s, and %(needed)s is needed.") % words)
    detail = grades[0].detail
    names = skill_names(detail.get("failed", ()))
    for code in detail.get("failed", ()):
        share = percent(int(float(detail["skills"][code]["percent"])))
        words = {"skill": names.get(code, code), "mark": share, "needed": percent(rules.skill_pass_mark)}
        found.append(_("%(skill)s: %(mark)s, and %(needed)s is needed in each skill.") % words)
    return found
