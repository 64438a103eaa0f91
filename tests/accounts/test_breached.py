"""A password known from a breach is refused where the site has a list to ask; the list never learns the password."""

import hashlib
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from lms.accounts import breached
from lms.lib.outbound import OutboundError

pytestmark = pytest.mark.django_db
KNOWN, OTHER = "Baobab-et-manguier-7", "Fromager-et-karité-8"


def digest_of(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


@pytest.fixture
def asked(settings, monkeypatch) -> list[str]:
    """A list that knows one password, and fills its answers up with others that nobody has."""
    settings.BREACHED_PASSWORDS_URL = "https://passwords.example/range/"
    addresses: list[str] = []

    def get(url: str) -> Any:
        addresses.append(url)
        lines = [f"{digest_of(KNOWN)[5:]}:42", f"{digest_of(OTHER)[5:]}:0", "0" * 35 + ":0"]
        return SimpleNamespace(status=200, body="\r\n".join(lines).encode())

    monkeypatch.setattr(breached, "get", get)
    return addresses


def codes_of(password: str, user: Any) -> list[str | None]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return [each.code for each in error.error_list]
    return []


def test_one_of_the_list_is_refused_and_another_taken(asked, trainer):
    assert codes_of(KNOWN, trainer) == ["password_breached"]
    assert codes_of(OTHER, trainer) == []


def test_the_list_hears_five_signs_of_a_hash(asked, trainer):
    codes_of(KNOWN, trainer)
    assert asked == [f"https://passwords.example/range/{digest_of(KNOWN)[:5]}"]


def test_a_pin_of_a_learner_is_no_password(asked, learner):
    assert codes_of("583920", learner) == []
    assert asked == []
    assert codes_of(KNOWN, learner) == ["password_breached"]


@pytest.mark.parametrize("trouble", ["away", "busy"])
def test_a_list_that_is_away_keeps_nobody_out(asked, trainer, monkeypatch, caplog, trouble):
    def get(url: str) -> Any:
        if trouble == "away":
            raise OutboundError("timeout")
        return SimpleNamespace(status=503, body=b"")

    monkeypatch.setattr(breached, "get", get)
    assert codes_of(KNOWN, trainer) == []
    assert "breached passwords" in caplog.text
    assert KNOWN not in caplog.text


def test_without_the_setting_nobody_is_asked(asked, trainer, settings):
    settings.BREACHED_PASSWORDS_URL = ""
    assert codes_of(KNOWN, trainer) == []
    assert asked == []
