"""Signal tells, row remembers, sweep repairs."""

import pytest
from django.db import transaction

from certificates import services, tasks
from certificates.models import Certificate
from courses.signals import course_completed
from lms.accounts.models import OutboundMessage
from tests.factories.certificates import make_completed
from tests.factories.people import make_user


@pytest.fixture(autouse=True)
def quick_pdf(monkeypatch):
    monkeypatch.setattr("certificates.pdf.render_pdf", lambda words: b"%PDF")


def test_news_of_a_completion_wakes_the_worker(learner, monkeypatch, django_capture_on_commit_callbacks):
    enrolment = make_completed(learner)
    woken: list[tuple] = []
    monkeypatch.setattr(tasks.issue_certificate, "apply_async", lambda args, retry: woken.append(args))
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        course_completed.send(None, enrolment_id=enrolment.pk)
    assert woken == [(enrolment.pk,)]


def test_the_task_may_be_delivered_twice(learner):
    enrolment = make_completed(learner)
    tasks.issue_certificate(enrolment.pk)
    tasks.issue_certificate(enrolment.pk)
    assert Certificate.objects.exclude(pdf="").count() == 1
    assert OutboundMessage.objects.filter(kind="certificate-ready").count() == 1


def test_the_sweep_finds_what_nobody_heard_of(learner):
    make_completed(learner)
    assert tasks.sweep_certificates() == 2  # issued, and its PDF generated
    assert tasks.sweep_certificates() == 1  # the file was found whole
    assert tasks.sweep_certificates() == 0


def test_the_sweep_generates_what_a_dead_worker_left(learner, django_assert_max_num_queries):
    certificate = services.issue(enrolment_id=make_completed(learner).pk)
    Certificate.objects.filter(pk=certificate.pk).update(tries=1, lease_until="2020-01-01T00:00:00Z")
    assert tasks.sweep_certificates() == 1


def test_a_sweep_with_nothing_to_do_asks_four_questions(db, django_assert_num_queries):
    with django_assert_num_queries(4):
        tasks.sweep_certificates()


def test_one_broken_pdf_stops_no_other(db, monkeypatch):
    enrolments = [make_completed(make_user(f"p{n}", full_name=f"P{n}")) for n in range(3)]

    def render(words):
        if words.holder_name == "P1":
            raise ValueError("glyph")
        return b"%PDF"

    monkeypatch.setattr("certificates.pdf.render_pdf", render)
    assert tasks.sweep_certificates() == 5  # three issued, two PDFs generated
    assert Certificate.objects.get(enrolment=enrolments[1]).last_error == "ValueError: glyph"
