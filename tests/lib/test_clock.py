"""A clock that jumps closes nothing, and what it has closed is opened again by one act."""

import os
import shutil
import subprocess
import sys
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from assessments.enums import GradeReason
from assessments.models import Assessment, Attempt, Response
from assessments.services import CLOSE, reopen, submit
from lms.accounts.models import AuditEvent, OutboundMessage
from lms.lib import checkup, clock, sweeps
from lms.lib.leases import database_now
from lms.lib.models import SeenTime
from tests.assessments.helpers import answer_all, begin
from tests.factories.assessments import make_assessment, make_question
from tests.factories.courses import make_course, make_enrolment

pytestmark = pytest.mark.django_db
DAY = 86_400.0


class Clock:
    """The clocks of this machine and, where it is the same one, of its database."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, database: bool) -> None:
        self.ahead = self.passed = 0.0
        wall, counted, now, asked = time.time, time.monotonic, timezone.now, database_now
        monkeypatch.setattr(clock.time, "time", lambda: wall() + self.ahead + self.passed)
        monkeypatch.setattr(clock.time, "monotonic", lambda: counted() + self.passed)
        shifted = lambda: now() + timedelta(seconds=self.ahead + self.passed)  # noqa: E731
        for module in ("lms.lib.clock", "assessments.services.grades", "lms.lib.sweeps"):
            monkeypatch.setattr(f"{module}.timezone.now", shifted)
        by_database = lambda: asked() + timedelta(seconds=self.passed + (self.ahead if database else 0))  # noqa: E731
        for module in ("lms.lib.clock", "assessments.services.grades"):
            monkeypatch.setattr(f"{module}.database_now", by_database)


@pytest.fixture(params=[True, False], ids=["database too", "host only"])
def hands(request, monkeypatch) -> Clock:
    return Clock(monkeypatch, database=request.param)


@pytest.fixture
def attempts(learner, stranger) -> list[Attempt]:
    """Open for an hour."""
    made = []
    for number, user in enumerate((learner, stranger)):
        course = make_course(f"c{number}", lessons=1)
        assessment = make_assessment(course, code=f"e{number}", questions=[make_question(code=f"q{number}")])
        Assessment.objects.filter(pk=assessment.pk).update(time_limit_minutes=60)
        assessment.refresh_from_db()
        made.append(begin(make_enrolment(user, course), assessment))
    return made


def is_open(attempt: Attempt) -> bool:
    return Attempt.objects.get(pk=attempt.pk).submitted_at is None


def answer(user: Any, attempt: Attempt) -> None:
    answer_all(user, attempt)


def test_an_attempt_begins_and_ends_by_the_clock_of_the_database(attempts):
    attempt = attempts[0]
    assert attempt.deadline_at == attempt.started_at + timedelta(minutes=60)
    assert abs(database_now() - attempt.started_at) < timedelta(seconds=60)
    Attempt.objects.update(deadline_at=database_now() - timedelta(minutes=2))
    assert sweeps.run(CLOSE) == 2
    assert not is_open(attempt)


def test_a_day_ahead_for_a_minute_closes_nothing(hands, attempts, learner):
    assert sweeps.run(CLOSE) == 0
    hands.ahead = DAY
    assert sweeps.run(CLOSE) == 0
    answer(learner, attempts[0])  # a page asked for meanwhile, and its answer
    assert all(is_open(attempt) for attempt in attempts)
    assert any("clock" in one.text or "horloge" in one.text for one in checkup.examine(only="assessments.doctor"))
    hands.ahead = 0
    assert sweeps.run(CLOSE) == 0
    assert all(is_open(attempt) for attempt in attempts)
    assert submit(attempt=attempts[0]).grades.get().reason == GradeReason.SUBMITTED


def test_a_process_begun_while_the_clock_is_wrong_asks_when_it_was_last_seen(hands, attempts):
    sweeps.run(CLOSE)
    clock._watch.__init__()
    hands.ahead = DAY
    assert sweeps.run(CLOSE) == 0
    assert all(is_open(attempt) for attempt in attempts)
    assert SeenTime.objects.get().at < timezone.now() - timedelta(hours=20)
    assert SeenTime.objects.get().doubted_at


def test_after_a_quarter_of_an_hour_the_time_is_believed(hands, attempts, monkeypatch):
    sweeps.run(CLOSE)
    hands.passed = 2 * 3600.0  # the site was stopped for two hours
    clock._watch.__init__()
    assert sweeps.run(CLOSE) == 0
    hands.passed += clock.PAUSE + 1
    assert sweeps.run(CLOSE) == 2
    assert not SeenTime.objects.get().reason


def closed_wrongly(attempt: Attempt) -> Attempt:
    """As the versions before did: by a clock of tomorrow."""
    Attempt.objects.filter(pk=attempt.pk).update(deadline_at=database_now() - timedelta(minutes=2))
    closed = submit(attempt=attempt)
    Attempt.objects.filter(pk=attempt.pk).update(deadline_at=attempt.deadline_at, submitted_at=attempt.deadline_at)
    return closed


def test_one_act_opens_them_again_with_their_answers(attempts, learner):
    attempt = attempts[0]
    item = attempt.items.get()
    Response.objects.create(item=item, key=attempt.pk, answer={"choice": "x"})
    for one in attempts:
        closed_wrongly(one)
    since = timezone.localtime(timezone.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    told = StringIO()
    call_command("reopen_attempts", "--since", since, stdout=told)
    assert told.getvalue().count("would be opened") == 2
    assert not is_open(attempt)
    call_command("reopen_attempts", "--since", since, "--apply", stdout=told)
    assert "2 open again, 0 refused" in told.getvalue()
    fresh = Attempt.objects.get(pk=attempt.pk)
    assert fresh.submitted_at is fresh.score is fresh.passed is None
    assert timedelta(minutes=55) < fresh.deadline_at - database_now() <= timedelta(minutes=60)
    assert Response.objects.filter(item=item).count() == 1
    assert AuditEvent.objects.filter(verb="reopen-attempt").count() == 2
    assert OutboundMessage.objects.filter(kind="attempt-reopened", user=learner).exists()
    call_command("reopen_attempts", "--since", since, "--apply", stdout=told)
    assert sweeps.run(CLOSE) == 0


def test_what_was_handed_in_stays_closed(attempts):
    submit(attempt=attempts[0])
    with pytest.raises(ValidationError):
        reopen(attempt=attempts[0], by=None)
    with pytest.raises(ValidationError):
        reopen(attempt=attempts[1], by=None)
    with pytest.raises(CommandError):
        call_command("reopen_attempts", "--since", "yesterday")


JUMP = """
import django; django.setup()
from lms.lib import clock
import os, time
print(clock.believed_now() is not None, flush=True)
open(os.environ["FAKETIME_TIMESTAMP_FILE"], "w").write("+1d")
until = time.monotonic() + 3  # it looks again after more than one whole second; sleep() does not work under it
while time.monotonic() < until:
    pass
print(clock.believed_now() is not None, clock.doubt(), flush=True)
"""


def test_with_a_clock_that_really_jumps(tmp_path):
    """Debian's faketime turns the clock of a running process; its count of seconds goes on."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
    if library is None or shutil.which("faketime") is None:
        pytest.skip("no faketime on this machine (apt-get install faketime)")
    turned = tmp_path / "clock"
    turned.write_text("+0")
    env = {
        **os.environ, "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "lms.settings.base", "SECRET_KEY": "x" * 50,
        "DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3", "PYTHONPATH": str(settings.BASE_DIR),
    }  # fmt: skip
    run = {"env": env, "cwd": settings.BASE_DIR, "capture_output": True, "text": True, "check": True}
    subprocess.run([sys.executable, "manage.py", "migrate", "house", "-v0"], **run)
    env |= {
        "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(turned), "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_CACHE_DURATION": "1",
    }  # fmt: skip
    told = subprocess.run([sys.executable, "-c", JUMP], **run).stdout.splitlines()
    assert told[0] == "True"
    assert told[1].startswith("False the clock of this machine jumped by 86")
