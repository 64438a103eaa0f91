"""The one function that says how a learner stands: a plain table, no database."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from courses.standing import SILENT_AFTER, STUCK_AFTER, Facts, Failure, Status, standing_of

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def failed(count: int, days: float = 1) -> Failure:
    return Failure("Examen", count, ago(days + 1), ago(days))


A_WEEK = SILENT_AFTER / timedelta(days=1)
CASES = [
    # facts, status, sentence
    (Facts(), Status.NOT_BEGUN, "Not on this course yet."),
    (Facts(ago(1)), Status.NOT_BEGUN, "Enrolled on 28 November 2026, not started yet."),
    (Facts(ago(A_WEEK)), Status.SILENT, "Enrolled on 22 November 2026, not started yet."),
    (Facts(ago(20), ago(1)), Status.ON_TRACK, "Last active on 28 November 2026."),
    (Facts(ago(20), ago(1), open_step="Tri"), Status.ON_TRACK, "Last active on 28 November 2026, in “Tri”."),
    (Facts(ago(20), ago(A_WEEK - 0.1)), Status.ON_TRACK, "Last active on 22 November 2026."),
    (Facts(ago(20), ago(A_WEEK)), Status.SILENT, "Last active on 22 November 2026."),
    # seen on the site, not in the course: silence is about the course, unless a step is open
    (Facts(ago(20), ago(10), seen_at=ago(0)), Status.SILENT, "Last active on 19 November 2026."),
    (Facts(ago(20), ago(5), open_step="Tri", seen_at=ago(5)), Status.ON_TRACK,
     "Last active on 24 November 2026, in “Tri”."),
    (Facts(ago(20), ago(5), open_step="Tri", seen_at=ago(1)), Status.STUCK,
     "Opened “Tri” on 24 November 2026, was here again on 28 November 2026, and has not finished it."),
    (Facts(ago(40), ago(30), open_step="Tri", seen_at=ago(8)), Status.SILENT,
     "Last active on 30 October 2026, in “Tri”."),
    # failures
    (Facts(ago(20), ago(1), failure=failed(1)), Status.ON_TRACK, "Last active on 28 November 2026."),
    (Facts(ago(20), ago(1), failure=failed(2)), Status.STUCK, "Failed “Examen” 2 times since 27 November 2026."),
    (Facts(ago(40), ago(30), failure=failed(3, 30)), Status.STUCK, "Failed “Examen” 3 times since 29 October 2026."),
    # completion wins
    (Facts(ago(20), ago(15), ago(15)), Status.FINISHED, "Finished on 14 November 2026."),
    (Facts(ago(20), ago(15), ago(15), "Tri", ago(1), failed(5)), Status.FINISHED, "Finished on 14 November 2026."),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "status", "sentence"), CASES)
def test_the_first_rule_that_holds_decides(facts, status, sentence):
    with translation.override("en"):
        assert standing_of(facts, NOW) == (status, sentence)


def test_a_step_is_open_for_some_days_before_anybody_is_stuck():
    opened = ago(6)
    for seen, status in ((opened + STUCK_AFTER, Status.STUCK), (opened + STUCK_AFTER * 0.99, Status.ON_TRACK)):
        assert standing_of(Facts(ago(20), opened, open_step="Tri", seen_at=seen), NOW).status == status


def test_the_sentence_is_in_the_language_of_the_reader():
    with translation.override("fr"):
        sentence = standing_of(Facts(ago(20), ago(1), failure=failed(2)), NOW).sentence
        assert sentence == "2 échecs à «\u00a0Examen\u00a0» depuis le 27 novembre 2026."
