"""``python -m bench.transactions``: the longest write transaction of each bulk service, beside saving one answer.

What counts is the ratio: how many learners' saves would fit into the time that the service holds SQLite's one writer.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.installation import Site


@contextmanager
def longest_transactions() -> Iterator[dict[str, float]]:
    """``rows`` and ``ms`` of the largest and of the longest outermost ``atomic`` block that wrote something inside."""
    from django.db import connection, transaction

    from tests.writes import rows_by_transaction

    found = {"rows": 0.0, "ms": 0.0}
    around = len(connection.atomic_blocks)
    began: list[tuple[float, int]] = []
    with rows_by_transaction() as written:
        enter, leave = transaction.Atomic.__enter__, transaction.Atomic.__exit__

        def timed_enter(block: Any) -> Any:
            is_outer = len(connection.atomic_blocks) == around
            result = enter(block)
            if is_outer:
                began.append((time.perf_counter(), len(written)))
            return result

        def timed_leave(block: Any, *error: Any) -> Any:
            result = leave(block, *error)
            if began and len(connection.atomic_blocks) == around:
                start, number = began.pop()
                if written[number - 1]:
                    found["ms"] = max(found["ms"], 1000 * (time.perf_counter() - start))
            return result

        transaction.Atomic.__enter__, transaction.Atomic.__exit__ = timed_enter, timed_leave  # type: ignore[method-assign]
        try:
            yield found
        finally:
            transaction.Atomic.__enter__, transaction.Atomic.__exit__ = enter, leave  # type: ignore[method-assign]
    found["rows"] = max(written, default=0)


def measured() -> dict[str, dict[str, float]]:
    """In an empty installation: one answer saved, each kind of run, each service of ``bench.bulk``."""
    from django.conf import settings

    from bench import bulk
    from cms.services import ensure_site
    from lms.accounts.enums import Role
    from lms.lib import runs
    from tests.factories.people import make_user
    from tests.factories.runs import work_off
    from tests.flows.test_bulk import KINDS

    settings.PARSE_APART = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    ensure_site()
    calls: dict[str, Callable[[], object]] = {"one answer": saving()}
    for number, (label, (make, _count, _right)) in enumerate(KINDS.items()):
        run = make(make_user(f"trainer-{number}", Role.TRAINER))
        runs.confirm(run)
        calls[label] = lambda run=run: work_off(run)  # type: ignore[misc]
    calls |= {name: make() for name, make in bulk.SERVICES.items()}
    found = {}
    for name, call in calls.items():
        with longest_transactions() as longest:
            call()
        found[name] = longest
    return found


def saving() -> Callable[[], object]:
    """An answer is saved twenty times, each time anew: the longest of them is what the others are compared with."""
    from assessments.form_keys import issue_key
    from assessments.services import save_response
    from tests.assessments.helpers import begin, right_fields
    from tests.factories.assessments import make_assessment, make_question
    from tests.factories.courses import make_course, make_enrolment
    from tests.factories.people import make_user

    course, user = make_course("saved", lessons=1), make_user("saves")
    attempt = begin(
        make_enrolment(user, course), make_assessment(course, code="saved", questions=[make_question(code="saved")])
    )
    raw = right_fields(attempt.items.get())

    def save() -> None:
        for _number in range(20):
            save_response(user=user, attempt_id=attempt.pk, position=1, key=issue_key(), raw=raw)

    return save


def main() -> None:
    with Site() as site:
        found = site.act("longest_writes")
    base = found["one answer"]["ms"]
    print(f"\nlongest write transaction ({site.engine}), beside that of saving an answer")
    print(f"{'':32}{'rows':>6}{'ms':>8}{'answers':>9}")
    for name, longest in found.items():
        print(f"{name:32}{longest['rows']:6.0f}{longest['ms']:8.1f}{longest['ms'] / base:9.1f}")


if __name__ == "__main__":
    main()
