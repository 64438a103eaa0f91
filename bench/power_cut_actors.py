"""What happens inside the installation of ``bench.power_cut``: ``python -m bench.power_cut_actors NAME ARG``.

Who is told something (an answer is saved, a course is completed) is noted in a file, 16 bytes each, after the service
has returned.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import lms  # noqa: F401  (a sound SQLite first)

ANSWERS, COMPLETIONS = "told.answers", "told.completions"
ANSWERING = "answering"


def record_file(name: str) -> int:
    from django.conf import settings

    return os.open(settings.DATA_DIR / name, os.O_WRONLY | os.O_APPEND)


def seed(learners: str) -> int:
    from django.conf import settings

    from bench.actors import seed_learners, seed_runs
    from tests.assessments.helpers import begin
    from tests.factories.assessments import make_assessment, make_bank, make_question
    from tests.factories.courses import make_course, make_enrolment
    from tests.factories.people import make_user

    for name in (ANSWERS, COMPLETIONS):
        (settings.DATA_DIR / name).touch()
    seed_runs()
    course, questions = make_course(ANSWERING, lessons=1), [make_question(code="q1", bank=make_bank(ANSWERING))]
    begin(make_enrolment(make_user(ANSWERING), course), make_assessment(course, code=ANSWERING, questions=questions))
    return seed_learners(learners)


def answer_for_ever() -> None:
    from assessments.models import Attempt
    from bench.killing import write_for_ever

    attempt = Attempt.objects.select_related("enrolment__user").get(enrolment__course__code=ANSWERING)
    write_for_ever(attempt.pk, attempt.enrolment.user, record_file(ANSWERS), pause=0.05)


def pass_all() -> int:
    """Every learner does every step; the last one completes the course and asks for a certificate."""
    from courses.enums import StepKind
    from courses.models import Course, Enrolment
    from courses.services import mark_step_done
    from tests.factories.courses import step_keys

    course, notes = Course.objects.get(code="chaos"), record_file(COMPLETIONS)
    keys = step_keys(course)
    enrolments = list(Enrolment.objects.filter(course=course).select_related("course", "user").order_by("pk"))
    for enrolment in enrolments:
        for key in keys:
            mark_step_done(enrolment=enrolment, step_key=key, kind=StepKind.LESSON)
        os.write(notes, UUID(int=enrolment.pk).bytes)
    return len(enrolments)


def work(seconds: str) -> None:
    """Workers, beat, somebody who answers and people who finish their course, side by side; all ended at the end."""
    from time import sleep

    from django.db import connection

    from bench.installation import BIN, supervised
    from certificates.models import Certificate

    here = [sys.executable, "-m", "bench.power_cut_actors"]
    workers = [command for name, command in supervised().items() if name.startswith("worker")]
    beat = [str(BIN / "celery"), "-q", "-A", "lms.celery", "beat", "--loglevel", "ERROR", "--pidfile="]
    running = [subprocess.Popen(command) for command in (*workers, beat, [*here, "answer_for_ever"])]
    people = subprocess.Popen([*here, "pass_all"])
    people.wait()
    for _try in range(600):  # a busy machine takes its time, and without certificates none can be damaged
        if Certificate.objects.exclude(pdf="").exists():
            break
        sleep(0.2)
    connection.close()
    sleep(float(seconds))
    for process in running:
        process.send_signal(signal.SIGTERM)
    for process in running:
        process.wait(60)


def look(told: str) -> dict[str, Any]:
    """What a disk holds after its power came back: before any sweep, and as people find it."""
    from django.db import connection

    from assessments.models import Response
    from courses.models import Enrolment

    names = json.loads(Path(told).read_text())
    saved = {str(key) for key in Response.objects.values_list("key", flat=True)}
    done = set(Enrolment.objects.filter(completed_at__isnull=False).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        whole = cursor.execute("PRAGMA integrity_check").fetchone()[0]
    return {
        "integrity": whole,
        "answers lost": len(set(names[ANSWERS]) - saved),
        "completions lost": len({UUID(key).int for key in names[COMPLETIONS]} - done),
        "damaged": damaged_certificates(),
        **served(),
    }


def damaged_certificates() -> int:
    """Rows that name a file which is not the one that was generated."""
    from certificates.models import Certificate

    found = 0
    for row in Certificate.objects.exclude(pdf=""):
        path = Path(row.pdf.path)
        found += not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != row.pdf_sha256
    return found


def served() -> dict[str, int]:
    """Everybody asks for their certificate: the right bytes, or none yet."""
    from django.test import Client
    from django.urls import reverse

    from certificates.models import Certificate

    right = wrong = 0
    for row in Certificate.objects.select_related("user"):
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(row.user)
        answer: Any = client.get(reverse("certificates:download", args=[row.code]))
        if answer.status_code == 302:
            continue
        is_right = hashlib.sha256(b"".join(answer)).hexdigest() == row.pdf_sha256 and answer.status_code == 200
        right, wrong = right + is_right, wrong + (not is_right)
    return {"served": right, "served wrong": wrong}


def count() -> dict[str, Any]:
    from django.core.management import call_command

    from bench.actors import count_certificates, count_runs

    runs = count_runs()
    runs["counted"]["accounts.ImportRun"][-1] -= 1  # the enrolment of who answers
    told = StringIO()
    with suppress(SystemExit):
        call_command("doctor", language="en", stdout=told, no_color=True)
    red = [line for line in told.getvalue().splitlines() if line.startswith("red")]
    return {"certificates": count_certificates(), **runs, "damaged": damaged_certificates(), **served(), "red": red}


def main(name: str, *args: str) -> None:
    import django

    django.setup()
    print(json.dumps(globals()[name](*args)))


if __name__ == "__main__":
    main(*sys.argv[1:])
