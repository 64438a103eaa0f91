"""Messages: one row, one sending, whatever fails; the bill and the refusal are kept."""

import threading
from datetime import timedelta

import pytest
from celery import current_app
from django.conf import settings
from django.core import mail
from django.db import connection
from django.utils import timezone

from lms.accounts import channels, messages, tasks
from lms.accounts.enums import Channel
from lms.accounts.messages import queue_message
from lms.accounts.models import OutboundMessage


class Spy:
    sent: list[str]
    error: Exception | None = None

    def send(self, message: OutboundMessage) -> channels.Receipt:
        if self.error:
            raise self.error
        Spy.sent.append(message.key)
        return channels.Receipt("spy", "id-1", 25_000, "XOF")


@pytest.fixture
def spy(settings, monkeypatch):
    settings.MESSAGE_BACKENDS = {**settings.MESSAGE_BACKENDS, "sms": "tests.accounts.test_messages.Spy"}
    monkeypatch.setattr(messages, "get_channel", lambda name: Spy())
    Spy.sent, Spy.error = [], None
    return Spy


def text(user, key="k", **fields) -> OutboundMessage:
    user.phone = user.phone or "+221771234567"
    return messages.queue_message(key=key, user=user, channel=Channel.SMS, kind="test", body="Bonjour", **fields)


def test_sent_once_with_its_bill(learner, spy):
    message = text(learner)
    assert messages.send_message(message_id=message.pk)
    assert not messages.send_message(message_id=message.pk)
    message.refresh_from_db()
    assert (message.provider, message.provider_id) == ("spy", "id-1")
    assert (message.cost_micros, message.cost_currency) == (25_000, "XOF")
    assert spy.sent == ["k"]


def test_the_same_key_twice_is_one_row(learner, spy):
    assert text(learner).pk == text(learner).pk
    assert tasks.sweep_messages() == 1
    assert tasks.sweep_messages() == 0


def test_opted_out_and_no_address_are_kept_and_never_sent(learner, spy, stranger):
    learner.sms_stopped = True
    assert text(learner).stopped == "opted out"
    row = messages.queue_message(key="n", user=stranger, channel=Channel.SMS, kind="test", body="x")
    assert row.stopped == "no address"
    assert tasks.sweep_messages() == 0


def test_a_code_they_asked_for_comes_in_spite_of_it(learner, spy):
    learner.sms_stopped = True
    assert text(learner, asked_for=True).stopped == ""


def test_a_provider_that_is_away_is_tried_again(learner, spy):
    spy.error = channels.ChannelError("away")
    message = text(learner)
    assert not messages.send_message(message_id=message.pk)
    message.refresh_from_db()
    assert message.last_error == "away"
    assert message.due_at > timezone.now()
    assert message.stopped == ""
    spy.error = None
    OutboundMessage.objects.update(due_at=timezone.now())
    assert tasks.sweep_messages() == 1


def test_a_refusal_is_final(learner, spy):
    spy.error = channels.RefusedError("code 403")
    message = text(learner)
    messages.send_message(message_id=message.pk)
    message.refresh_from_db()
    assert message.stopped == "code 403"
    OutboundMessage.objects.update(due_at=timezone.now())
    assert tasks.sweep_messages() == 0


def test_a_worker_that_died_in_the_middle(learner, spy):
    message = text(learner)
    OutboundMessage.objects.update(lease_until=timezone.now() + timedelta(seconds=60))
    assert not messages.send_message(message_id=message.pk)
    OutboundMessage.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert tasks.sweep_messages() == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_one_sending(learner, spy):
    message = text(learner)
    start = threading.Barrier(6)

    def work() -> None:
        start.wait()
        try:
            messages.send_message(message_id=message.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert spy.sent == ["k"]


def test_codes_are_erased_once_sent_and_never_sent_late(learner, spy):
    from lms.accounts.codes import send_code

    learner.phone = "+221771234567"
    learner.save()
    early, late = (send_code(user=learner, phone=learner.phone, code=code) for code in ("123456", "654321"))
    OutboundMessage.objects.filter(pk=late.pk).update(created_at=timezone.now() - timedelta(minutes=11))
    tasks.sweep_codes()
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.body, late.body) == ("", "")
    assert early.sent_at
    assert late.sent_at is None
    assert late.stopped == "too late"


def test_mail_carries_the_link_and_the_file_channel_writes(learner, settings):
    learner.email, learner.phone = "awa@example.org", "+221771234567"
    message = messages.queue_message(
        key="m", user=learner, channel=Channel.EMAIL, kind="test", subject="Bonjour", body="Lisez", link="/fr/learn/"
    )
    assert messages.send_message(message_id=message.pk)
    assert f"{settings.BASE_URL}/fr/learn/" in mail.outbox[0].body
    text(learner)
    tasks.sweep_messages()
    assert "+221771234567" in (settings.DATA_DIR / "sms.jsonl").read_text()


def test_a_title_with_line_breaks_makes_no_header_and_a_long_one_fits(learner):
    learner.email = "awa@example.org"
    subject = "Saisie\r\nBcc: all@example.org " + "é" * 900
    message = messages.queue_message(
        key="k", user=learner, channel=Channel.EMAIL, kind="test", subject=subject, body="Bonjour"
    )
    message.refresh_from_db()
    assert messages.send_message(message_id=message.pk)
    (letter,) = mail.outbox
    assert letter.subject.startswith("Saisie Bcc: all@example.org éé")
    assert letter.recipients() == ["awa@example.org"]
    assert len(message.subject) == OutboundMessage._meta.get_field("subject").max_length


def test_a_message_on_the_site_is_sent_by_being_there(learner):
    row = messages.queue_message(key="a", user=learner, channel=Channel.APP, kind="test", body="x")
    assert row.sent_at


class TestWakeUp:
    @pytest.fixture
    def woken(self, monkeypatch):
        calls: list[tuple] = []
        monkeypatch.setattr(tasks.send_message, "apply_async", lambda args, retry: calls.append(args))
        monkeypatch.setattr("lms.lib.publish._rests_until", 0.0)
        return calls

    def test_a_new_message_wakes_the_worker_once_and_on_commit(
        self, learner, woken, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            message = text(learner)
            text(learner)
            assert woken == []
        assert woken == [(str(message.pk),)]

    def test_what_cannot_leave_or_is_there_already_wakes_nobody(
        self, learner, woken, django_capture_on_commit_callbacks
    ):
        learner.sms_stopped = True
        with django_capture_on_commit_callbacks(execute=True):
            text(learner)
            messages.queue_message(key="app", user=learner, channel=Channel.APP, kind="test", body="Bonjour")
        assert woken == []

    def test_a_dead_broker_leaves_it_to_the_sweep(self, learner, spy, monkeypatch, django_capture_on_commit_callbacks):
        def dead(args, retry):
            raise OSError

        monkeypatch.setattr(tasks.send_message, "apply_async", dead)
        monkeypatch.setattr("lms.lib.publish._rests_until", 0.0)
        with django_capture_on_commit_callbacks(execute=True):
            message = text(learner)
        assert tasks.sweep_messages() == 1
        assert spy.sent == [message.key]


class TestUrgency:
    """Who stands at the door does not wait behind five hundred notices."""

    @pytest.mark.parametrize(
        ("kind", "options"),
        [("sign-in-code", {"queue": "urgent"}), ("password-reset", {"queue": "urgent"}), ("test", {})],
    )
    def test_a_way_in_has_a_queue_of_its_own(
        self, learner, kind, options, monkeypatch, django_capture_on_commit_callbacks
    ):
        calls: list[dict] = []
        monkeypatch.setattr(tasks.send_message, "apply_async", lambda args, retry, **options: calls.append(options))
        with django_capture_on_commit_callbacks(execute=True):
            queue_message(key="k", user=learner, channel=Channel.EMAIL, kind=kind, body="x", address="a@b.example")
        assert calls == [options]

    def test_a_sweep_of_its_own_sends_it(self, learner):
        for key, kind in (("a", "test"), ("b", "sign-in-code"), ("c", "test"), ("d", "password-reset")):
            queue_message(key=key, user=learner, channel=Channel.EMAIL, kind=kind, body="x", address="a@b.example")
        waiting = [
            list(sweep.rows(timezone.now()).values_list("key", flat=True))
            for sweep in (messages.SEND_URGENT, messages.SEND)
        ]
        assert waiting == [["b", "d"], ["a", "c"]]
        assert current_app.amqp.router.route({}, tasks.sweep_codes.name)["queue"].name == settings.URGENT_QUEUE
