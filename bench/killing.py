"""Two processes save answers and are killed with SIGKILL, round after round: is each acknowledged answer there?

``python -m bench.killing ROUNDS`` inside an installation (see bench/chaos.py). An answer counts as acknowledged when
the service has returned, that is after the commit; the writer then says so through a pipe.
"""

import json
import os
import random
import select
import signal
import sys
import time
import traceback
from typing import Any
from uuid import UUID

import lms  # noqa: F401  (a sound SQLite first)


def write_for_ever(attempt_id: UUID, user: Any, pipe: int, *, pause: float = 0) -> None:
    """Answer the questions of one attempt in turn, each time otherwise, and say which keys were saved."""
    from assessments.content import content_of
    from assessments.form_keys import issue_key
    from assessments.models import Attempt
    from assessments.presentation import presentation_of
    from assessments.services import save_response

    attempt = Attempt.objects.get(pk=attempt_id)
    items = list(attempt.items.order_by("position"))
    contents = content_of(item.revision_id for item in items)
    presentations = {item.position: presentation_of(attempt, item, contents[item.revision_id]) for item in items}
    turn, key = 0, None
    while True:
        turn += 1
        for position, presentation in presentations.items():
            key, options = issue_key(after=key), presentation["options"]
            raw = {presentation["field"]: [options[turn % len(options)]["token"]]}
            save_response(user=user, attempt_id=attempt_id, position=position, key=key, raw=raw)
            if turn > 1:  # the first answer after a restart may be the one that stands already: nothing to write
                os.write(pipe, key.bytes)
            time.sleep(pause)


def fork_writer(attempt_id: UUID, user: Any) -> tuple[int, int]:
    """(process id, the end of the pipe to read). The parent has no open database connection to share."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        try:
            write_for_ever(attempt_id, user, writing)
        except BaseException:  # noqa: BLE001  (a writer that cannot write says why)
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(writing)
    return pid, reading


def one_round(writers: list[tuple[UUID, Any]], chance: random.Random) -> set[UUID]:
    """Start the writers, let them work a moment, kill them; the keys they had acknowledged."""
    running = [fork_writer(attempt, user) for attempt, user in writers]
    select.select([reading for _pid, reading in running], [], [], 30)
    time.sleep(chance.uniform(0.05, 0.3))
    for pid, _reading in running:
        os.kill(pid, signal.SIGKILL)
    acknowledged: set[UUID] = set()
    for pid, reading in running:
        os.waitpid(pid, 0)
        with os.fdopen(reading, "rb") as pipe:
            data = pipe.read()
        acknowledged |= {UUID(bytes=data[start : start + 16]) for start in range(0, len(data) // 16 * 16, 16)}
    return acknowledged


def main(rounds: int, seed: int = 1) -> dict[str, Any]:
    import django

    django.setup()
    from django.db import connection, connections

    from assessments.models import Attempt, Response
    from bench.actors import seed_site

    seed_site("2")
    attempts = list(Attempt.objects.filter(enrolment__course__code="banc").select_related("enrolment__user"))
    writers = [(attempt.pk, attempt.enrolment.user) for attempt in attempts]
    connections.close_all()
    chance, acknowledged = random.Random(seed), set()
    for _number in range(rounds):
        acknowledged |= one_round(writers, chance)
    kept = set(Response.objects.values_list("key", flat=True))
    whole = "ok"
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            whole = cursor.execute("PRAGMA integrity_check").fetchone()[0]
    return {"rounds": rounds, "acknowledged": len(acknowledged), "lost": len(acknowledged - kept), "integrity": whole}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
