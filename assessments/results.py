"""How an assessment does: attempts, marks, and which question fails. No person is named in here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, Subquery, Sum

from assessments.models import Assessment, Attempt, Grade, ItemMark, Question
from assessments.psychometrics import QuestionFigures
from assessments.verdicts import Verdict, verdict_of
from lms.lib.translated import pick

NEWEST = 2000  # attempts that are looked at
BARS = 10


@dataclass
class QuestionResult:
    """How one question did, in all languages together."""

    key: UUID
    shown: int = 0
    answered: int = 0
    points: float = 0.0
    text: str = ""
    skill: str = ""
    pk: int | None = None
    figures: QuestionFigures | None = None  # of first attempts, where it was shown in one

    @property
    def agreement(self) -> float | None:
        """The item-rest correlation to two decimals, once enough people have had it."""
        known = self.figures and self.verdict != Verdict.UNKNOWN and self.figures.discrimination is not None
        return round(self.figures.discrimination, 2) if known else None  # type: ignore[union-attr, arg-type]

    @property
    def verdict(self) -> Verdict:
        return verdict_of(self.figures) if self.figures else Verdict.UNKNOWN

    @property
    def percent(self) -> int:
        """Of what could be earned where it was shown."""
        return round(100 * self.points / self.shown) if self.shown else 0

    @property
    def unanswered(self) -> int:
        return self.shown - self.answered


@dataclass
class Results:
    attempts: int
    learners: int
    passed: int
    learners_passed: int
    mean: float
    bars: list[int]  # attempts by score: 0-9 %, 10-19 % ... 90-100 %
    questions: list[QuestionResult] = field(default_factory=list)  # hardest first

    @property
    def pass_rate(self) -> int:
        return round(100 * self.learners_passed / self.learners) if self.learners else 0

    @property
    def columns(self) -> list[dict[str, Any]]:
        """For the picture: place and height of each bar, its name and its number."""
        most = max([*self.bars, 1])
        return [
            {
                "x": 10 + number * 36,
                "height": round(100 * count / most),
                "y": 110 - round(100 * count / most),
                "count": count,
                "label": f"{number * 10}",
                "to": 100 if number == BARS - 1 else number * 10 + 9,
            }
            for number, count in enumerate(self.bars)
        ]


def results_of(assessment: Assessment) -> Results:
    """From the newest submitted attempts; three queries, whatever their number, and a row for each question."""
    newest = Grade.objects.filter(attempt=OuterRef("pk")).order_by("-at", "-pk").values("pk")[:1]
    attempts: list[Any] = list(
        Attempt.objects.filter(assessment=assessment, submitted_at__isnull=False)
        .annotate(grade=Subquery(newest))
        .order_by("-submitted_at")[:NEWEST]
        .values("enrolment_id", "score", "passed", "grade")
    )
    results = sum_up(attempts)
    results.questions = with_titles(by_question([row["grade"] for row in attempts]))
    return results


def sum_up(attempts: Sequence[Any]) -> Results:
    bars = [0] * BARS
    for row in attempts:
        bars[min(int(row["score"]) // BARS, BARS - 1)] += 1
    return Results(
        attempts=len(attempts),
        learners=len({row["enrolment_id"] for row in attempts}),
        passed=sum(bool(row["passed"]) for row in attempts),
        learners_passed=len({row["enrolment_id"] for row in attempts if row["passed"]}),
        mean=sum(float(row["score"]) for row in attempts) / len(attempts) if attempts else 0.0,
        bars=bars,
    )


def by_question(grades: Collection[int]) -> list[QuestionResult]:
    """The marks of each question in these grades added up, hardest first."""
    marks = ItemMark.objects.filter(grade__in=grades).values_list("item__question_key")
    counts = {"shown": Count("pk"), "answered_ones": Count("pk", filter=Q(answered=True)), "points": Sum("fraction")}
    sums = marks.annotate(**counts).order_by()
    found = [QuestionResult(key, shown, answered, float(points)) for key, shown, answered, points in sums]
    return sorted(found, key=lambda row: (row.percent, -row.shown, row.key))


def with_titles(questions: list[QuestionResult]) -> list[QuestionResult]:
    """With the words of each question, in the reader's language where there is one."""
    from courses.outline import active_language

    language = active_language()
    rows = Question.objects.filter(translation_key__in=[row.key for row in questions])
    translations: dict[UUID, Question] = {}
    for question in rows.select_related("skill", "locale").defer("answers", "feedback"):
        if question.translation_key not in translations or question.locale.language_code == language:
            translations[question.translation_key] = question
    for row in questions:
        if row.key in translations:
            row.text, row.pk = str(translations[row.key]), translations[row.key].pk
            row.skill = pick(translations[row.key].skill.names)
    return questions
