"""Bulk work writes little at a time, survives its workers, and does nothing twice. Each kind of run is held to it."""

import ast
import inspect
import pickle
import textwrap
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from wagtail.models import Locale

from assessments.models import Attempt, Grade, Question, QuestionImportRun
from assessments.question_imports import start_question_import
from assessments.services import start_regrade, submit
from bench import bulk
from courses import group_messages
from courses.models import CohortMember, Enrolment
from lms.accounts.enums import Role
from lms.accounts.models import AuditEvent, OutboundMessage, User
from lms.lib import leases, runs
from lms.lib.runs import ROWS_AT_ONCE, Run, RunState
from tests.assessments.helpers import answer_all, begin, wrong_fields
from tests.assessments.test_services import correct
from tests.factories.assessments import make_assessment, make_bank, make_question
from tests.factories.courses import make_cohort, make_course, make_enrolment, make_skill
from tests.factories.people import make_user
from tests.factories.runs import check_import, work_off
from tests.worlds import Files, built, put_back
from tests.writes import rows_by_transaction

MANY, MARKED, QUESTIONS, WRITTEN = 90, 45, 12, 90


def name(number: int) -> str:
    return f"Awa {chr(97 + number // 26)}{chr(97 + number % 26)}diaye"


def learners(by: User) -> Run:
    """Into a group with two courses: the most expensive rows."""
    cohort = make_cohort(trainers=(by,), courses=(make_course("a", lessons=1), make_course("b", lessons=1)))
    rows = [f"{name(number)};77 100 {number:02d} 00;{cohort.name}" for number in range(MANY)]
    return check_import("\n".join(["Nom complet;Téléphone;Groupe", *rows, "X1;;"]), by)


def marks(by: User) -> Run:
    """Everybody was wrong, and is right by the corrected key."""
    course = make_course("saisie", lessons=1)
    question = make_question("single", code="q1")
    assessment = make_assessment(course, questions=[question])
    first = None
    for number in range(MARKED):
        user = make_user(f"l{number}", created_by=by)
        attempt = begin(make_enrolment(user, course), assessment)
        answer_all(user, attempt, wrong_fields)
        first = first or submit(attempt=attempt)
        submit(attempt=attempt)
    correct(first)
    return work_off(start_regrade(assessment=assessment, by=by))


def messages(by: User) -> Run:
    """By all three ways, after which each learner has three rows, and the log one."""
    people = [
        make_user(f"m{number:02}", email=f"m{number}@example.org", phone=f"+22177200{number:04}")
        for number in range(WRITTEN)
    ]
    cohort = make_cohort(*people, trainers=(by,))
    run = group_messages.start(
        pk=uuid4(), cohort=cohort, people=[user.pk for user in people], texts={"fr": "Bonjour {name}"}, by_email=True,
        by_sms=True, by=by,
    )  # fmt: skip
    return work_off(run)


def count_messages() -> list[int]:
    rows = OutboundMessage.objects.filter(kind=group_messages.TRAINER_MESSAGE)
    return [rows.count(), AuditEvent.objects.filter(verb="write-to-learner").count()]


def count_marks() -> list[int]:
    regraded = Grade.objects.filter(reason="regraded").count()
    told = OutboundMessage.objects.filter(kind="attempt-regraded", channel="app").count()
    return [regraded, told, Attempt.objects.filter(passed=True).count()]


def questions(by: User) -> Run:
    text = "\n\n".join(f"::N{number}::Deux et {number} ?{{={number} ~x}}" for number in range(QUESTIONS))
    locale = Locale.objects.get(language_code="fr")
    filing = {"bank": make_bank(), "skill": make_skill(), "difficulty": 1, "locale": locale, "live": True}
    return work_off(start_question_import(content=f"{text}\n\n::Q::Racontez.{{}}".encode(), by=by, **filing))


def count_questions() -> list[int]:
    return [
        Question.objects.filter(live=True).exclude(code="q1").count(),
        sum(QuestionImportRun.objects.values_list("added", flat=True)),
    ]


def count_learners() -> list[int]:
    """Without those of ``marks``, ``messages`` and ``bench.chaos``, which works on everything at once."""
    people = User.objects.filter(created_by__isnull=False).exclude(enrolments__course__code="saisie")
    created = AuditEvent.objects.filter(verb="create-learner").count()
    enrolments = Enrolment.objects.exclude(course__code__in=["saisie", "chaos"])
    members = CohortMember.objects.filter(user__created_by__isnull=False)
    return [people.count(), created, members.count(), enrolments.count()]


KINDS: dict[str, tuple[Callable[[User], Run], Callable[[], list[int]], list[int]]] = {
    "accounts.ImportRun": (learners, count_learners, [MANY, MANY, MANY, 2 * MANY]),
    "assessments.RegradeRun": (marks, count_marks, [MARKED] * 3),
    "courses.MessageRun": (messages, count_messages, [2 * WRITTEN, WRITTEN]),
    "assessments.QuestionImportRun": (questions, count_questions, [QUESTIONS] * 2),
}  # how to make one that waits for its last word, what to count, and what is right in the end


def test_every_kind_of_run_is_tried_here():
    assert set(KINDS) == set(runs.KINDS) == {model._meta.label for model in runs.models_of_runs()}


def test_each_kind_is_registered_by_its_own_app():
    """``AppConfig.ready`` names the module: a worker knows the kind though it imports no page and no list."""
    missing = []
    for kind in runs.KINDS.values():
        module = type(kind).__module__
        config = apps.get_containing_app_config(module)
        assert config
        ready = ast.parse(textwrap.dedent(inspect.getsource(type(config).ready)))
        imported = {
            f"{node.module}.{alias.name}"
            for node in ast.walk(ready)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        missing += [f"{config.name}: {module}"] if module not in imported else []
    assert missing == []


def slices(run: Run) -> int:
    """Work on it, one task for each slice; how many."""
    number = 1
    while runs.work(label=run._meta.label, run_id=run.pk, seconds=0):
        number += 1
    run.refresh_from_db()
    return number


class Killed(BaseException):
    """As sudden as kill -9: nothing behind it runs, and the lease stays."""


class TestEachKind:
    """Made once for each kind, and put back as it was before each test: to make it costs more than to try it."""

    @pytest.fixture(scope="class", params=KINDS)
    def made(self, request, django_db_setup, django_db_blocker) -> Iterator[tuple[bytes, Files]]:
        (make, _count, _right), files = KINDS[request.param], Files()
        with django_db_blocker.unblock(), built(lambda: make(make_user("moussa", Role.TRAINER))) as run:
            assert run.state == RunState.READY, run.note
            files.keep()
            yield pickle.dumps((request.param, run)), files

    @pytest.fixture
    def case(self, made, django_db_blocker) -> Iterator[tuple[Run, Callable[[], list[int]], list[int]]]:
        with django_db_blocker.unblock(), put_back():
            kind, run = pickle.loads(made[0])  # noqa: S301  (made a moment ago, in this process)
            yield run, *KINDS[kind][1:]
        made[1].put_back()

    def test_no_transaction_writes_many_rows(self, case):
        run, count, right = case
        runs.confirm(run)
        with rows_by_transaction() as written:
            number = slices(run)
        assert (run.state, count()) == (RunState.DONE, right)
        assert max(written) <= ROWS_AT_ONCE, sorted(written)[-3:]
        assert number > 2
        with rows_by_transaction() as written:
            runs.delete(run)
        assert max(written) <= ROWS_AT_ONCE + 1, sorted(written)[-3:]

    def test_a_worker_killed_anywhere_doubles_and_loses_nothing(self, case, monkeypatch):
        """Once before each slice is committed, and once after."""
        run, count, right = case
        runs.confirm(run)
        real = Run.advance
        kills = {"before": 0, "after": 0}

        @contextmanager
        def advance(self, **changes):
            with real(self, **changes):
                yield
                if kills["before"] <= kills["after"]:
                    kills["before"] += 1
                    raise Killed
            kills["after"] += 1
            raise Killed

        monkeypatch.setattr(Run, "advance", advance)
        for _life in range(500):
            try:
                runs.work(label=run._meta.label, run_id=run.pk)
                break
            except Killed:
                rows = type(run).objects.filter(pk=run.pk)
                rows.update(lease_until=None, tries=0)
        run.refresh_from_db()
        assert (run.state, count()) == (RunState.DONE, right), kills
        assert kills["after"] > 2

    def test_the_lease_of_a_dead_worker_runs_out_and_the_sweep_finds_the_run(self, case, settings):
        run, count, right = case
        runs.confirm(run)
        assert leases.claim(type(run).objects.filter(pk=run.pk))
        assert not runs.work(label=run._meta.label, run_id=run.pk)
        assert not runs.due(type(run))
        type(run).objects.filter(pk=run.pk).update(lease_until=leases.Now())
        assert [found.pk for found in runs.due(type(run))] == [run.pk]
        assert work_off(run).state == RunState.DONE
        assert count() == right

    def test_stopping_at_any_moment_ends_it(self, case):
        run, count, right = case
        runs.confirm(run)
        runs.work(label=run._meta.label, run_id=run.pk, seconds=0)
        assert runs.stop(run)
        assert work_off(run).state == RunState.STOPPED
        assert not runs.stop(run)
        assert not runs.confirm(run)
        assert all(some <= whole for some, whole in zip(count(), right, strict=True))

    def test_a_slice_that_fails_is_tried_later_and_given_up_in_the_end(self, case, monkeypatch, sign_in, caplog):
        run, _count, _right = case
        runs.confirm(run)
        kind = runs.kind_of(run)
        monkeypatch.setattr(type(kind), "work", lambda self, run: 1 / 0)
        for _try in range(leases.MAX_TRIES):
            type(run).objects.filter(pk=run.pk).update(due_at=leases.Now())
            assert not runs.work(label=run._meta.label, run_id=run.pk)
        run.refresh_from_db()
        assert run.is_given_up
        client, page = sign_in(run.by), f"/cms/runs/{run.pk}/"
        assert "Réessayer" in client.get(page).content.decode()
        monkeypatch.undo()
        client.post(page, {"step": "again"})
        assert work_off(run).state == RunState.DONE

    def test_whoever_lost_the_right_meanwhile_is_refused(self, case):
        run, count, _right = case
        before = count()
        runs.confirm(run)
        User.objects.filter(pk=run.by_id).update(role="learner")
        assert work_off(run).state == RunState.REFUSED
        assert count() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("label", KINDS)
def test_two_workers_at_once_do_it_once(label, site, trainer):
    """The lease is taken from the first one in mid-work, as after a long sleep of its machine."""
    make, count, right = KINDS[label]
    run = make(trainer)
    runs.confirm(run)

    def other() -> None:
        try:
            for _time in range(3):
                type(run).objects.filter(pk=run.pk).update(lease_until=None)
                runs.work(label=label, run_id=run.pk, seconds=0)
        finally:
            connection.close()

    threads = [threading.Thread(target=other) for _worker in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work_off(run)
    type(run).objects.filter(pk=run.pk).update(lease_until=None, due_at=leases.Now())
    assert (work_off(run).state, count()) == (RunState.DONE, right)


@pytest.mark.django_db
@pytest.mark.parametrize("label", ["accounts.ImportRun", "assessments.QuestionImportRun"])
def test_a_busy_machine_refuses_no_file(label, site, trainer, settings):
    """It is looked at again later, as it was sent."""
    settings.PARSE_APART, settings.PARSE_SECONDS = True, 0.01
    run = KINDS[label][0](trainer)
    assert (run.state, run.tries, run.has("upload")) == (RunState.CHECKING, 1, True)
    settings.PARSE_APART = False
    type(run).objects.filter(pk=run.pk).update(due_at=leases.Now())
    assert work_off(run).state == RunState.READY


@pytest.mark.django_db
@pytest.mark.parametrize("name", bulk.SERVICES)
def test_no_service_writes_many_rows_at_once(name, site):
    call = bulk.SERVICES[name]()
    with rows_by_transaction() as written:
        call()
    assert max(written) <= ROWS_AT_ONCE, sorted(written)[-3:]
