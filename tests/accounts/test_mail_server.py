"""E-mail over a real SMTP server: what each answer, silence and death on either side does to the message."""

import contextlib
import re
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import override_settings

from lms.accounts import messages, outages, tasks
from lms.accounts.enums import Channel
from lms.accounts.models import MailCount, Outage, OutboundMessage
from lms.lib import leases, sweeps
from tests.mail_server import HANG_UP, STALL, free_port, mail_server, refuse_sign_in, silent_server

pytestmark = pytest.mark.django_db


@contextlib.contextmanager
def mail_to(port: int, **options):
    values = {
        "EMAIL_BACKEND": "lms.lib.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port,
        "EMAIL_TIMEOUT": 0.5, "EMAIL_SECONDS": 2, **options,
    }  # fmt: skip
    with override_settings(**values):
        yield


@pytest.fixture
def server():
    with mail_server() as running, mail_to(running.port):
        yield running


@pytest.fixture
def letter(learner):
    learner.email = "awa@example.org"
    return lambda key="k", kind="test": messages.queue_message(
        key=key, user=learner, channel=Channel.EMAIL, kind=kind, subject="Bonjour", body="Lisez"
    )


def send(message) -> OutboundMessage:
    messages.send_message(message_id=message.pk)
    message.refresh_from_db()
    return message


def later(**changes) -> None:
    """Time has passed: every pause is over."""
    OutboundMessage.objects.update(due_at=leases.from_now(timedelta(minutes=-1)), **changes)
    Outage.objects.update(rests_until=Now())


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["450 4.2.0 Greylisted", "451 4.7.1 Try later", "452 Insufficient storage",
                                    "552 5.2.2 Mailbox full", "550 4.2.1 Try later"])  # fmt: skip
def test_a_temporary_answer_is_tried_again_and_arrives(server, letter, stage, answer):
    server.answers[stage].append(answer)
    message = send(letter())
    assert (message.sent_at, message.stopped) == (None, "")
    assert message.last_error == re.match(r"\d+( \d\.\d\.\d)?", answer).group()
    assert not Outage.objects.exists(), "others are not held up"
    assert not messages.send_message(message_id=message.pk), "it waits first"
    later()
    assert send(message).sent_at
    assert server.to == ["awa@example.org"]


def test_it_is_tried_for_days_and_then_given_up_seen_and_tried_by_one_act(server, letter):
    server.answers["RCPT"] += ["451 4.7.1 Greylisted"] * 4
    message = send(letter())
    assert timedelta(minutes=1) < message.due_at - message.failing_since < timedelta(minutes=3)
    later(tries=30)
    message = send(message)
    assert timedelta(hours=3) < message.due_at - leases.database_now() <= timedelta(hours=4)
    later(failing_since=leases.from_now(timedelta(days=-4, hours=-23)))
    send(message)
    assert not messages.given_up().exists()
    later(failing_since=leases.from_now(timedelta(days=-5, hours=-1)))
    send(message)
    assert list(messages.given_up()) == [message]
    later()
    assert not messages.send_message(message_id=message.pk)
    assert messages.try_again() == 1
    assert send(message).sent_at


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
@pytest.mark.parametrize("answer", ["550 5.1.1 <awa@example.org> unknown", "550 No such user", "553 Bad name",
                                    "554 5.6.0 Not this"])  # fmt: skip
def test_a_final_answer_ends_it_at_once_without_its_words(server, letter, stage, answer):
    server.answers[stage].append(answer)
    message = send(letter())
    code = re.match(r"\d+( \d\.\d\.\d)?", answer).group()
    assert (message.stopped, message.last_error) == (f"refused: {code}", f"refused: {code}")
    assert list(messages.refused()) == [message]
    assert not messages.given_up().exists()
    later()
    assert tasks.sweep_messages() == 0


def test_what_was_refused_is_tried_again_at_the_address_of_today(server, letter, learner):
    server.answers["RCPT"].append("550 5.1.1 unknown")
    message = send(letter())
    learner.email = "awa.diop@example.org"
    learner.save(update_fields=["email"])
    assert messages.try_again() == 0
    assert messages.try_again(with_refused=True) == 1
    assert send(message).sent_at
    assert server.to == ["awa.diop@example.org"]


def test_a_refused_reset_link_is_erased_and_never_tried_again(server, letter):
    server.answers["RCPT"].append("550 5.1.1 unknown")
    assert send(letter(kind=messages.PASSWORD_RESET)).body == ""
    assert messages.try_again(with_refused=True) == 0


@pytest.mark.parametrize("answer", ["421 4.3.2 Shutting down", HANG_UP])
@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_hangs_up_rests_and_is_tried_again(server, letter, stage, answer):
    server.answers[stage].append(answer)
    message = send(letter())
    assert (message.sent_at, message.stopped) == (None, "")
    later()
    assert send(message).sent_at
    assert len(set(server.ids())) == 1


class TestOurFault:
    """Password, sender, relay: nobody's address is to blame, and no message is ever given up."""

    @pytest.mark.parametrize(("stage", "answer"), [
        ("MAIL", "550 5.7.1 Sender refused"), ("MAIL", "553 5.1.8 Bad sender"), ("MAIL", "530 5.7.0 Sign in first"),
        ("RCPT", "530 5.7.0 Authentication required"), ("RCPT", "550 5.1.8 Sender's domain unknown"),
    ])  # fmt: skip
    def test_a_refused_sender(self, server, letter, stage, answer):
        server.answers[stage].append(answer)
        message = send(letter())
        later(created_at=leases.from_now(timedelta(days=-30)))
        server.answers[stage].append(answer)
        message = send(message)
        assert (message.stopped, message.tries, message.failing_since) == ("", 0, None)
        assert Outage.objects.get().by_us
        later()
        assert send(message).sent_at
        assert not Outage.objects.exists()

    def test_a_wrong_password(self, letter):
        with (
            mail_server(authenticator=refuse_sign_in, auth_require_tls=False) as running,
            mail_to(running.port, EMAIL_HOST_USER="site", EMAIL_HOST_PASSWORD="wrong"),
        ):
            message = send(letter())
        assert (message.stopped, message.tries) == ("", 0)
        assert Outage.objects.get().by_us
        assert Outage.objects.get().last_error.startswith("535 5.7.8")

    def test_no_tls_where_we_want_it(self, server, letter):
        with override_settings(EMAIL_USE_TLS=True):
            send(letter())
        assert Outage.objects.get().by_us

    def test_a_policy_is_tried_for_days_and_others_go_on(self, server, letter):
        """Perhaps SPF, perhaps the mailbox's own rule: nobody knows from here."""
        server.answers["RCPT"].append("550 5.7.1 Rejected by policy")
        message = send(letter())
        assert (message.stopped, message.last_error) == ("", "550 5.7.1")
        assert not Outage.objects.exists()
        assert send(letter("other")).sent_at


class TestServerAway:
    def test_refused_connection_unknown_host_and_bad_tls(self, letter):
        with mail_to(free_port()):
            assert send(letter()).last_error == "ConnectionRefusedError"
        later()
        with mail_to(25, EMAIL_HOST="no-such-host.invalid"):
            assert send(letter()).last_error == "gaierror"
        later()
        with mail_server() as running, mail_to(running.port, EMAIL_USE_SSL=True):
            assert send(letter()).last_error == "SSLError"
        assert not Outage.objects.get().by_us
        assert letter().stopped == ""

    def test_one_message_finds_out_for_all(self, letter):
        """Five hundred messages do not hold up the worker for ten seconds each."""
        for number in range(5):
            letter(f"k{number}")
        with silent_server() as port, mail_to(port):
            assert tasks.sweep_messages() == 0
            assert sorted(OutboundMessage.objects.values_list("tries", flat=True)) == [0, 0, 0, 0, 1]
            assert tasks.sweep_messages() == 0
            assert Outage.objects.get().tries == 1, "it rests"
        later()
        with mail_server() as running, mail_to(running.port):
            assert tasks.sweep_messages() == 5
            assert running.connections == 1
        assert not Outage.objects.exists()

    def test_rests_grow_to_ten_minutes_and_no_further(self):
        rests = [outages.note(channel="email", error="x", by_us=False).seconds for _try in range(8)]
        assert rests == [30, 60, 120, 300, 600, 600, 600, 600]

    @pytest.mark.parametrize("stage", ["EHLO", "MAIL", "RCPT"])
    def test_a_server_that_stalls(self, server, letter, stage):
        server.answers[stage].append(STALL)
        message = send(letter())
        assert (message.sent_at, message.stopped, message.doubtful) == (None, "", 0)
        assert Outage.objects.exists()


class TestDoubtful:
    """Handed over, and no answer: it is tried again as the same message, a few times at most."""

    def test_slow_after_data(self, server, letter, settings):
        settings.EMAIL_SECONDS = 1
        server.answers["DATA"] += [(STALL,)] * 3
        message = send(letter())
        assert (message.last_error, message.doubtful) == ("no answer", 1)
        assert message.due_at - leases.database_now() > timedelta(minutes=29)
        assert not Outage.objects.exists()
        for _try in range(2):
            later()
            send(message)
        assert len(server.letters) == 3
        assert len(set(server.ids())) == 1
        assert list(messages.given_up()) == [message]

    def test_an_answer_after_data_has_longer_than_the_others(self, server, letter):
        async def slowly(*args):
            import asyncio

            await asyncio.sleep(0.8)  # longer than EMAIL_TIMEOUT
            return await taken(*args)

        taken, server.answer = server.answer, None
        server.answer = lambda stage, *args: (slowly if stage == "DATA" else taken)(stage, *args)
        assert send(letter()).sent_at

    def test_a_worker_killed_between_data_and_the_end_of_the_row(self, server, letter, monkeypatch):
        class Killed(BaseException):
            pass

        def die(*args, **kwargs):
            raise Killed

        message = letter()
        with monkeypatch.context() as patched:
            patched.setattr("lms.accounts.channels.close_connection", die)
            with pytest.raises(Killed):
                messages.send_message(message_id=message.pk)
        assert len(server.letters) == 1
        assert not messages.send_message(message_id=message.pk), "its lease lasts"
        OutboundMessage.objects.update(lease_until=leases.from_now(timedelta(seconds=-1)))
        assert tasks.sweep_messages() == 1
        assert len(server.letters) == 2
        assert len(set(server.ids())) == 1
        assert len({letter["Date"] for letter in server.letters}) == 1
        assert server.ids()[0] == f"<{message.pk}@127.0.0.1>"


def test_one_connection_for_a_round_and_a_new_one_where_it_was_cut(server, letter):
    for number in range(4):
        letter(f"k{number}")
    server.answers["MAIL"] += [None, "421 4.7.0 Enough for one connection"]
    assert tasks.sweep_messages() == 4
    assert server.connections == 2
    assert len(set(server.ids())) == 4


def test_an_address_that_cannot_be_written_stops_this_one_message(server, letter):
    OutboundMessage.objects.filter(pk=letter().pk).update(address="awa@@example.org")
    letter("other")
    assert tasks.sweep_messages() == 1
    assert messages.refused().get().stopped == "refused: address cannot be written"
    assert not sweeps.failing().exists()


class TestRate:
    def test_bulk_waits_for_the_next_minute_and_codes_do_not(self, server, letter, settings):
        settings.EMAIL_PER_MINUTE = 2
        for number in range(5):
            letter(f"k{number}")
        assert tasks.sweep_messages() == 2
        letter("code", kind=messages.PASSWORD_RESET)
        assert tasks.sweep_codes() == 1
        assert tasks.sweep_messages() == 0
        MailCount.objects.update(minute=leases.from_now(timedelta(minutes=-2)))
        assert tasks.sweep_messages() == 2
        assert OutboundMessage.objects.filter(tries__gt=1).count() == 0

    def test_a_domain_of_its_own(self, server, letter, settings):
        settings.EMAIL_PER_DOMAIN = ["example.org=1", "*=100"]
        letter("a")
        letter("b")
        other = letter("c")
        OutboundMessage.objects.filter(pk=other.pk).update(address="awa@elsewhere.example")
        assert tasks.sweep_messages() == 2
        assert sorted(server.to) == ["awa@elsewhere.example", "awa@example.org"]
