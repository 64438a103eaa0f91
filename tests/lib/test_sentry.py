"""Sentry gets the errors of web, workers and commands, and nothing of the people they happened to."""

import json
import logging
import subprocess
import sys

import pytest
import sentry_sdk
from celery import shared_task
from django.core import checks
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from sentry_sdk.integrations.logging import EventHandler
from sentry_sdk.transport import Transport

from lms.lib import sentry
from tests.factories.people import make_user

NAME, PHONE, PIN, EMAIL, COOKIE = "Seynabou Ndiaye", "+221771234567", "482915", "seynabou@example.org", "k-ooo-kie"
SPACED = "77 123 45 67"
PRIVATE = [NAME, "Seynabou", PHONE, PHONE[1:], PHONE[4:], PIN, EMAIL, COOKIE, SPACED, "10.20.30.40", "Firefox"]


def fails(request: HttpRequest, key: str) -> HttpResponse:
    name, pin = request.POST["full_name"], request.POST["pin"]  # local variables
    person = request.user
    try:
        int(name)
    except ValueError as error:
        raise RuntimeError(f"no route to {request.POST['email']} or {PHONE} or {SPACED}") from error
    return HttpResponse(f"{person} {pin}")


urlpatterns = [path("fr/people/<str:key>/", fails, name="fails")]


@shared_task(name="tests.fails_for_somebody")
def fails_for_somebody(name: str, *, phone: str) -> None:
    raise LookupError(f"nobody has {phone}")


class Kept(Transport):
    """Keeps what would be sent, as it would be sent."""

    def __init__(self, options=None) -> None:
        super().__init__(options)
        self.sent: list[str] = []

    def capture_envelope(self, envelope) -> None:
        self.sent.append(envelope.serialize().decode())

    def events(self) -> list[dict]:
        return [json.loads(text.splitlines()[2]) for text in self.sent]


@pytest.fixture
def told(settings, monkeypatch):
    settings.SENTRY_DSN = "https://key@sentry.example/1"
    monkeypatch.setattr(logging.getLogger("django"), "propagate", False)  # as LOGGING in lms/settings/base.py
    kept = Kept()
    sentry.start(transport=kept)
    yield kept
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)
    for name in sentry.LOGGERS:
        logger = logging.getLogger(name)
        for handler in [handler for handler in logger.handlers if isinstance(handler, EventHandler)]:
            logger.removeHandler(handler)


def assert_names_nobody(kept: Kept) -> None:
    for text in kept.sent:
        assert [word for word in PRIVATE if word.lower() in text.lower()] == []


@pytest.mark.django_db
@pytest.mark.urls("tests.lib.test_sentry")
def test_a_request_that_fails_is_told_without_its_person(told):
    client = Client(raise_request_exception=False, headers={"user-agent": "Firefox"}, REMOTE_ADDR="10.20.30.40")
    client.cookies["sessionid-of-old"] = COOKIE
    client.force_login(make_user("seynabou", full_name=NAME, phone=PHONE, email=EMAIL))
    form = {"full_name": NAME, "phone": PHONE, "pin": PIN, "email": EMAIL}
    client.post(f"/fr/people/{NAME}/?phone={PHONE[1:]}&name={NAME}", form, headers={"authorization": f"Bearer {PIN}"})
    (event,) = told.events()
    assert [value["type"] for value in event["exception"]["values"]] == ["ValueError", "RuntimeError"]
    assert event["tags"]["route"] == "fails"
    assert len(event["tags"]["request_id"]) == 8
    frames = event["exception"]["values"][1]["stacktrace"]["frames"]
    assert frames[-1]["function"] == "fails", "where it failed is told"
    assert "no route to" in event["exception"]["values"][1]["value"], "and so is what"
    assert not set(event) & {"request", "user", "breadcrumbs", "extra", "modules", "threads"}
    assert_names_nobody(told)


def test_a_task_that_fails_is_told_without_its_arguments(told):
    fails_for_somebody.apply(args=[NAME], kwargs={"phone": PHONE})
    (event,) = told.events()
    assert event["exception"]["values"][0]["type"] == "LookupError"
    assert event["tags"]["route"] == "tests.fails_for_somebody"
    assert_names_nobody(told)


def test_a_command_that_fails_is_told(told):
    try:
        raise OSError(f"no mailbox {EMAIL}")
    except OSError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    (event,) = told.events()
    assert event["exception"]["values"][0]["type"] == "OSError"
    assert_names_nobody(told)


def test_a_line_of_the_log_is_told_without_what_fills_it(told):
    logging.getLogger("lms.anything").error("row failed: %s", NAME, extra={"person": NAME})
    logging.getLogger("lms.anything").error(f"no mailbox {EMAIL}")
    logging.getLogger("lms.anything").warning("late")
    assert [event["logentry"]["message"] for event in told.events()] == ["row failed: %s", "no mailbox ..."]
    assert_names_nobody(told)


def test_whatever_the_library_adds_stays_here():
    """Its next version may collect more: only what we name leaves."""
    event = {"event_id": "1", "user": {"name": NAME}, "request": {"data": NAME}, "extra": {"sys.argv": [NAME]},
             "breadcrumbs": {"values": [{"message": NAME}]}, "spans": [NAME], "something_new": NAME,
             "contexts": {"runtime": {"name": "CPython"}, "device": {"name": NAME}},
             "exception": {"values": [{"type": "X", "value": "", "stacktrace": {"frames": [
                 {"function": "f", "vars": {"name": NAME}, "something_new": NAME}]}}]}}  # fmt: skip
    assert NAME not in json.dumps(sentry.kept_of(event, {}))


def test_it_asks_the_library_for_nothing_of_people(told):
    options = sentry_sdk.get_client().options
    assert not options["data_collection"]["user_info"]
    assert not options["include_local_variables"]
    assert options["max_request_body_size"] == "never"
    assert not {"django", "celery", "logging", "argv", "stdlib"} & set(sentry_sdk.get_client().integrations)


def messages() -> list[str]:
    return [message.id for message in checks.run_checks() if message.id == "house.E034"]


def test_a_wrong_setting_is_told_at_the_start(settings, monkeypatch):
    settings.SENTRY_DSN = "https://key@sentry.example/1"
    assert messages() == []
    settings.SENTRY_DSN = "sentry.example"
    assert messages() == ["house.E034"]
    sentry.start()
    assert not sentry_sdk.get_client().is_active()
    settings.SENTRY_DSN = "https://key@sentry.example/1"
    monkeypatch.setitem(sys.modules, "sentry_sdk.utils", None)
    assert messages() == ["house.E034"], "the package is missing"
    sentry.start()
    assert not sentry_sdk.get_client().is_active()


def test_every_process_starts_it(tmp_path):
    """Web, workers and commands all set Django up."""
    code = "import django, sentry_sdk; django.setup(); print(sentry_sdk.get_client().is_active())"
    environment = {"DJANGO_SETTINGS_MODULE": "lms.settings.local", "DATA_DIR": str(tmp_path),
                   "SENTRY_DSN": "https://key@127.0.0.1/1"}  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
