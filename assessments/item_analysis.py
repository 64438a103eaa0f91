"""How each question of an assessment does its work, from the first attempt of each learner. No person is named here."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import OuterRef, Subquery
from django.utils.translation import get_language_info

from assessments.content import QuestionContent, content_of
from assessments.models import Assessment, Attempt, AttemptItem, Grade, ItemMark, Response
from assessments.psychometrics import QuestionFigures, TestFigures, analyse
from assessments.question_types import get_question_type
from assessments.verdicts import LanguageFigures, LineCount, OptionCount, Verdict, verdict_of
from lms.lib.sort_order import sort_key

ATTEMPTS_ANALYSED = 1000  # the newest: more change no figure by what could be seen
ANSWERS_SHOWN = 10  # of a question with typed answers
PASS_MARKS = tuple(range(40, 100, 5))


@dataclass(frozen=True)
class Analysis:
    attempts: list[dict[str, Any]]
    keys: list[UUID]
    marks: Any  # attempts by questions: the share of the points, NaN where not shown
    points: Any
    figures: TestFigures

    @property
    def by_key(self) -> dict[UUID, QuestionFigures]:
        return dict(zip(self.keys, self.figures.questions, strict=True))

    def verdict(self, key: UUID) -> Verdict:
        return verdict_of(self.by_key[key])

    def pass_rates(self) -> list[tuple[int, int]]:
        """(pass mark, how many percent of these attempts would have reached it)."""
        scores = [float(row["score"]) for row in self.attempts]
        return [(mark, round(100 * sum(score >= mark for score in scores) / len(scores))) for mark in PASS_MARKS]


def analysis_of(assessment: Assessment) -> Analysis:
    """Two queries, whatever the number of questions. Later attempts of a learner have met the questions before: they
    are left out.
    """
    newest = Grade.objects.filter(attempt=OuterRef("pk")).order_by("-at", "-pk").values("pk")[:1]
    attempts: list[Any] = list(
        Attempt.objects.filter(assessment=assessment, submitted_at__isnull=False, number=1)
        .annotate(grade=Subquery(newest))
        .order_by("-submitted_at", "-pk")[:ATTEMPTS_ANALYSED]
        .values("pk", "score", "language", "grade")
    )
    rows = {row["grade"]: place for place, row in enumerate(attempts)}
    marks = ItemMark.objects.filter(grade__in=rows).order_by()
    found = list(marks.values_list("grade_id", "item__question_key", "fraction", "item__points"))
    keys = sorted({key for _grade, key, _fraction, _points in found})
    columns = {key: place for place, key in enumerate(keys)}
    table, points = np.full((2, len(attempts), len(keys)), np.nan)
    for grade, key, fraction, worth in found:
        table[rows[grade], columns[key]] = fraction
        points[rows[grade], columns[key]] = worth
    return Analysis(attempts, keys, table, points, analyse(table, points))


def pass_rate_bars(analysis: Analysis, assessment: Assessment) -> list[dict[str, Any]]:
    """For the picture: a bar for each pass mark there could be, and which one there is."""
    return [
        {"mark": mark, "rate": rate, "x": 10 + place * 31, "y": 110 - rate, "now": mark == assessment.pass_mark}
        for place, (mark, rate) in enumerate(analysis.pass_rates())
    ]


def languages_of(analysis: Analysis, key: UUID) -> list[LanguageFigures]:
    """The same question in each language in which it was taken."""
    column = analysis.marks[:, analysis.keys.index(key)]
    shares: dict[str, list[float]] = defaultdict(list)
    for row, share in zip(analysis.attempts, column, strict=True):
        if not np.isnan(share):
            shares[row["language"]].append(float(share))
    return [
        LanguageFigures(str(get_language_info(code)["name_translated"]), len(known), sum(known) / len(known))
        for code, known in sorted(shares.items())
    ]


def thirds(analysis: Analysis, key: UUID) -> tuple[set[Any], set[Any]]:
    """Attempts of the lowest and of the highest third by what they earned in the rest."""
    place = analysis.keys.index(key)
    earned = np.nan_to_num(analysis.marks * analysis.points)
    possible = np.nan_to_num(analysis.points)
    rest = earned.sum(axis=1) - earned[:, place]
    of = possible.sum(axis=1) - possible[:, place]
    known = [
        (rest[row] / of[row], str(attempt["pk"]), attempt["pk"])
        for row, attempt in enumerate(analysis.attempts)
        if of[row] > 0 and not np.isnan(analysis.marks[row, place])
    ]
    ordered = [pk for _share, _tie, pk in sorted(known)]
    size = len(ordered) // 3
    return set(ordered[:size]), set(ordered[len(ordered) - size :])


def answers_to(analysis: Analysis, key: UUID) -> list[tuple[Any, QuestionContent, dict[str, Any]]]:
    """(attempt, the question as it was shown, the newest answer) of each attempt in which it was asked."""
    newest = Response.objects.filter(item=OuterRef("pk")).order_by("-pk").values("answer")[:1]
    items = list(
        AttemptItem.objects.filter(attempt__in=[row["pk"] for row in analysis.attempts], question_key=key)
        .order_by()
        .annotate(newest_answer=Subquery(newest))
        .values_list("attempt_id", "revision_id", "newest_answer")
    )
    contents = content_of({revision for _attempt, revision, _answer in items})
    return [(attempt, contents[revision], answer or {}) for attempt, revision, answer in items]


def options_of(analysis: Analysis, key: UUID) -> list[OptionCount]:
    """What was chosen or typed, right ones first, then by how often; of typed answers the most frequent.

    An option that was written anew counts under its words of then. Work has none: ``lines_of``.
    """
    low, high = thirds(analysis, key)
    counts: dict[tuple[str, bool, bool], Counter[str]] = defaultdict(Counter)
    for attempt, content, answer in answers_to(analysis, key):
        for label, right, chosen, typed in choices(content.type, content.spec, answer):
            tally = counts[label, right, typed]
            tally["all"] += chosen
            tally["low"] += chosen and attempt in low
            tally["high"] += chosen and attempt in high
    rows = [
        OptionCount(label, right, tally["all"], tally["low"], tally["high"], typed)
        for (label, right, typed), tally in counts.items()
    ]
    return sorted(rows, key=lambda row: (not row.right, -row.count, sort_key(row.label)))


def choices(kind: str, spec: Any, answer: dict[str, Any]) -> list[tuple[str, bool, bool, bool]]:
    """(words, right, chosen, typed): every option of a question with options, else the one answer that was given."""
    if get_question_type(kind).is_work:
        return []
    review = get_question_type(kind).explain(spec, answer)
    lines = review["lines"]
    if lines and not any(line["given"] or line["expected"] for line in lines):
        return [(line["label"], line["right"], line["chosen"], False) for line in lines]
    return [(review["answer"], review["correct"], True, True)] if review["answered"] else []


def lines_of(analysis: Analysis, key: UUID) -> list[LineCount]:
    """Of work: how each of its fields or items does, the hardest first. A wrong answer is named when several people
    gave it: one that somebody alone wrote could name them.
    """
    low, high = thirds(analysis, key)
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    wrong: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for attempt, content, answer in answers_to(analysis, key):
        kind = get_question_type(content.type)
        for line in kind.counted(content.spec, answer) if kind.is_work else ():
            tally = counts[line["label"], line["expected"]]
            tally["shown"] += 1
            tally["right"] += line["right"]
            tally["low"] += line["right"] and attempt in low
            tally["high"] += line["right"] and attempt in high
            if not line["right"]:
                wrong[line["label"], line["expected"]][line["given"]] += 1
    rows = []
    for (label, expected), tally in counts.items():
        given, often = max(wrong[label, expected].items(), key=lambda pair: pair[1], default=("", 0))
        named = (given, often) if often > 1 else ("", 0)
        rows.append(LineCount(label, expected, tally["shown"], tally["right"], tally["low"], tally["high"], *named))
    return sorted(rows, key=lambda row: (row.right / row.shown, sort_key(row.label)))


def shown_options(options: Sequence[OptionCount]) -> list[OptionCount]:
    """At most ``ANSWERS_SHOWN``, and no wrong one that somebody alone wrote: it could name them."""
    return [row for row in options if row.right or not row.typed or row.count > 1][:ANSWERS_SHOWN]


def bars(options: Sequence[OptionCount], shown: int) -> list[dict[str, Any]]:
    """For the picture: how many percent chose each, in all and among the weakest and the best third."""
    third = shown // 3
    rows = []
    for option in options:
        groups = {"all": (option.count, shown), "low": (option.low, third), "high": (option.high, third)}
        shares = {name: round(100 * part / whole) if whole else 0 for name, (part, whole) in groups.items()}
        rows.append({"option": option, **shares})
    return rows
