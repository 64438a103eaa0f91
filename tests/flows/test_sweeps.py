"""The law of repeated work: every periodic task is one call of the one helper, and no row of any kind stops another."""

import ast
import inspect
import io
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import DataError
from django.utils import timezone
from django.utils.module_loading import import_string
from PIL import Image
from wagtail.images import get_image_model
from wagtail.models import Page, Revision, UploadedFile

from assessments.models import Attempt
from certificates import services as certificates
from certificates.models import Certificate
from lms.accounts import merging
from lms.accounts.enums import Channel
from lms.accounts.messages import queue_message
from lms.accounts.models import AccountMerge, DataExport, InactivityNotice, OutboundMessage, User
from lms.lib import sweeps
from lms.lib.models import FailedRow
from lms.lib.moments import site_day
from placement.enums import ReferralState as S
from placement.models import AgreedTerms, EmployerCheck, Offer, Referral, SavedSearch, SearchEntry
from placement.services import answers, interviews, mailing, referrals
from tests.assessments.helpers import begin
from tests.factories.assessments import make_assessment, make_question
from tests.factories.certificates import make_completed
from tests.factories.courses import lesson_page, make_cohort, make_course, make_enrolment
from tests.factories.people import make_user
from tests.factories.placement import (
    give_certificate,
    make_candidate,
    make_employer,
    make_hired,
    make_mission,
    make_opportunity,
    make_referral,
    offer_work,
)

pytestmark = pytest.mark.django_db

NO_ROWS = {"lms.accounts.tasks.heartbeat"}
"""Periodic tasks that are no sweep: a sign of life is one write, and the next one repairs it."""


@pytest.mark.parametrize("name", sorted({entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} - NO_ROWS))
def test_a_periodic_task_is_one_call_of_the_helper(name):
    source = textwrap.dedent(inspect.getsource(import_string(name).run))
    (task,) = ast.parse(source).body
    assert isinstance(task, ast.FunctionDef)
    body = [line for line in task.body if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))]
    (line,) = body
    assert isinstance(line, ast.Return | ast.Expr)
    assert isinstance(line.value, ast.Call)
    assert ast.unparse(line.value.func) == "sweeps.run", "see lms/lib/sweeps.py"


def test_every_sweep_belongs_to_a_periodic_task(monkeypatch):
    current_app.loader.import_default_modules()  # as a worker does: this test may run alone
    called: list[str] = []
    monkeypatch.setattr(sweeps, "run", lambda *each, **more: called.extend(sweep.name for sweep in each) or 0)
    for name in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} - NO_ROWS:
        current_app.tasks[name].run()
    assert sorted(called) == sorted(sweeps.SWEEPS)


# -- every kind of row, the middle one poisoned


def user(number: int) -> Any:
    return make_user(f"p{number}", full_name=f"Personne {number}", email=f"p{number}@example.org")


def ago(model: Any, pk: Any, **ages: timedelta) -> None:
    model.objects.filter(pk=pk).update(**{name: timezone.now() - age for name, age in ages.items()})


def message(number: int) -> None:
    queue_message(key=f"k{number}", user=user(number), channel=Channel.EMAIL, kind="test", body="Bonjour")


def code(number: int) -> None:
    address = f"+22177100000{number}"
    queue_message(key=f"k{number}", user=user(number), channel=Channel.SMS, kind="sign-in-code", body="123456",
                  address=address)  # fmt: skip


def open_attempt(number: int) -> None:
    course = make_course(f"c{number}", lessons=1)
    assessment = make_assessment(course, code=f"e{number}", questions=[make_question(code=f"q{number}")])
    attempt = begin(make_enrolment(user(number), course), assessment)
    ago(Attempt, attempt.pk, deadline_at=timedelta(hours=1))


def group_to_enrol(number: int) -> None:
    make_cohort(user(number), courses=(make_course(f"c{number}", lessons=1),))


def missing_pdf(number: int) -> None:
    certificates.issue(enrolment_id=make_completed(user(number), f"c{number}").pk)


def unread_pdf(number: int) -> None:
    missing_pdf(number)
    certificates.generate_pdf(certificate_id=Certificate.objects.latest("pk").pk)


def terms_changed(number):
    referral = make_referral(state=S.FORWARDED)
    AgreedTerms.objects.filter(referral=referral).update(changed_at=timezone.now())
    return referral


def stale_profile(number: int) -> None:
    profile = make_candidate(user(number))
    SearchEntry.objects.filter(pk=profile.pk).update(valid_until=timezone.now())


def expired(number: int) -> None:
    ago(Referral, make_referral().pk, expires_at=timedelta(days=1))


def sent(days: int) -> Callable[[int], None]:
    return lambda number: ago(Referral, make_referral(state=S.FORWARDED).pk, forwarded_at=timedelta(days=days))


def past_its_last_day(number: int) -> None:
    make_opportunity(closes_on=timezone.localdate() - timedelta(days=1))


def ended_work(number: int) -> None:
    referral = make_hired(days=90)
    answers.record_outcome(outcome=referral.outcomes.get(mark="day30"), in_work=False, by="learner")


def planned_first_day(number: int) -> None:
    referral = make_referral(state=S.FORWARDED)
    offer_work(referral)
    referrals.accept_offer(referral=referral, user=referral.profile.user)
    Offer.objects.filter(referral=referral).update(starts_on=timezone.localdate() - timedelta(days=1))


def mailed_link(number: int) -> None:
    queue_message(key=f"k{number}", user=user(number), channel=Channel.EMAIL, kind="referral-forwarded", body="x",
                  link="/r/secret/")  # fmt: skip
    ago(OutboundMessage, OutboundMessage.objects.get(key=f"k{number}").pk, sent_at=timedelta(days=2))


def planned_interview(number: int) -> None:
    referral, at = make_referral(state=S.FORWARDED), timezone.now() + timedelta(hours=20)
    interview = interviews.propose(referral=referral, starts=[at], minutes=30, how="phone")
    interviews.choose(interview=interview, slot=interview.slots.get().pk, user=referral.profile.user)


def held_news(number: int) -> None:
    reader = user(number)
    row = queue_message(key=f"k{number}", user=reader, channel=Channel.EMAIL, kind="test", body="Bonjour")
    ago(OutboundMessage, row.pk, created_at=timedelta(days=2))
    OutboundMessage.objects.filter(pk=row.pk).update(stopped=mailing.HELD)


def expired_page(number: int) -> None:
    ago(Page, lesson_page(make_course(f"c{number}", lessons=1)).pk, expire_at=timedelta(hours=1))


def due_draft(number: int) -> None:
    page = lesson_page(make_course(f"c{number}", lessons=1))
    ago(Revision, page.save_revision().pk, approved_go_live_at=timedelta(hours=1))


def old_upload(number: int) -> None:
    upload = UploadedFile.objects.create(file=ContentFile(b"x", "x.png"))
    os.utime(upload.file.path, (0, 0))


def stored_picture(number: int) -> None:
    file = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(file, "PNG")
    get_image_model().objects.create(title=f"p{number}", file=ContentFile(file.getvalue(), "x.png"))


def merge_whose_time_is_over(number: int) -> None:
    made = merging.merge(kept=user(2 * number + 100), merged=user(2 * number + 101), by=user(2 * number + 500))
    ago(AccountMerge, made.pk, undo_until=timedelta(hours=1))


def merge_to_settle(number: int) -> None:
    made = merging.merge(kept=user(2 * number + 100), merged=user(2 * number + 101), by=user(2 * number + 500))
    ago(AccountMerge, made.pk, at=merging.SETTLED_AFTER)


def due_search(number: int) -> None:
    SavedSearch.objects.create(contact=make_employer(f"E{number}").contacts.get(), name="Pays", query="country=SN",
                               due_at=timezone.now())  # fmt: skip


def ending_check(number: int) -> None:
    EmployerCheck.objects.create(employer=make_employer(f"E{number}"), kind="call", result="good", done_on=site_day(),
                                 valid_until=site_day() + timedelta(days=3))  # fmt: skip


def inactive_learner(number: int) -> User:
    person, then = user(number), timezone.now() - timedelta(days=800)
    User.objects.filter(pk=person.pk).update(date_joined=then, last_login=then)
    return person


def told_long_ago(number: int) -> InactivityNotice:
    person = inactive_learner(number)
    return InactivityNotice.objects.create(user=person, told_at=timezone.now() - timedelta(days=31))


def data_export(number: int) -> DataExport:
    person = user(number)
    return DataExport.objects.create(about=person, by=person, language="fr")


MAKERS: dict[str, Callable[[int], object]] = {
    "accounts.send": message,
    "accounts.send-urgent": code,
    "accounts.exports": data_export,
    "accounts.inactive": inactive_learner,
    "accounts.erase-inactive": told_long_ago,
    "accounts.close-merges": merge_whose_time_is_over,
    "accounts.settle-merges": merge_to_settle,
    "courses.enrol": group_to_enrol,
    "assessments.close": open_attempt,
    "cms.withdraw_page": expired_page,
    "cms.publish": due_draft,
    "cms.uploads": old_upload,
    "cms.pictures": stored_picture,
    "certificates.issue": lambda number: make_completed(user(number), f"c{number}"),
    "certificates.pdf": missing_pdf,
    "certificates.check": unread_pdf,
    "placement.match": lambda number: give_certificate(user(number)),
    "placement.index": stale_profile,
    "placement.propose": lambda number: make_opportunity(proposed_at=None),
    "placement.teams": lambda number: make_mission(),
    "placement.free": lambda number: make_referral(opportunity=make_opportunity(state="filled")),
    "placement.send": lambda number: make_referral(state=S.CONSENTED),
    "placement.terms": terms_changed,
    "placement.expired": expired,
    "placement.reminded-7": sent(8),
    "placement.reminded-15": sent(16),
    "placement.closed": sent(61),
    "placement.ended": past_its_last_day,
    "placement.carried": ended_work,
    "placement.first-days": planned_first_day,
    "placement.asked": lambda number: make_hired(days=30),
    "placement.scrubbed": mailed_link,
    "placement.interviews": planned_interview,
    "placement.digests": held_news,
    "placement.search-alerts": due_search,
    "placement.check-ends": ending_check,
}
"""One row that waits, for each sweep. A new sweep needs a line."""


def test_each_sweep_with_rows_is_tried_below():
    assert {name for name, sweep in sweeps.SWEEPS.items() if sweep.rows} == set(MAKERS)


@pytest.mark.parametrize("name", MAKERS)
def test_the_poisoned_row_of_each_kind_stops_no_other(site, name, monkeypatch):
    monkeypatch.setattr("certificates.pdf.render_pdf", lambda words: b"%PDF")
    monkeypatch.setattr(settings, "VETTING_DAYS", 365)
    sweep = sweeps.SWEEPS[name]
    for number in range(3):
        MAKERS[name](number)
    assert sweep.rows is not None
    keys = list(sweep.rows(timezone.now()).values_list("pk", flat=True))
    assert len(keys) >= 3
    bad = keys[1]

    def work(key, now):
        done = sweep.work(key, now)
        if key == bad:
            raise DataError("value too long for type character varying(200)")
        return done

    assert sweeps.run(replace(sweep, work=work)) == len(keys) - 1
    assert FailedRow.objects.get().key == str(bad)
    if not sweep.leased:  # nothing of it is half done: it still waits
        assert list(sweep.rows(timezone.now()).values_list("pk", flat=True)) == [bad]
        sweeps.retry()
        assert sweeps.run(sweep) == 1
    assert sweeps.run(sweep) == 0


def test_every_process_knows_the_sweeps_that_workers_know():
    """``doctor`` and the pages of managers name them: importing tasks, as a worker does, adds none."""
    code = (
        "import django; django.setup(); from lms.lib.sweeps import SWEEPS; known = set(SWEEPS);"
        "from lms.celery import app; app.loader.import_default_modules(); print(sorted(set(SWEEPS) - known))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert done.stdout.strip().splitlines()[-1:] == ["[]"], done.stdout + done.stderr
