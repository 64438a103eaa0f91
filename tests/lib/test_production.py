"""What a public host may be configured with."""

import secrets

import pytest
from django.core.management.utils import get_random_secret_key
from hypothesis import given
from hypothesis import strategies as st

from lms.lib import production

HOSTS = ["passerelle.example", ".centre.example"]


@pytest.mark.parametrize(
    "key",
    [
        "", "aaaa", "a" * 60, "ab" * 40, "0123456789" * 6, "abcdefghijklmnopqrstuvwxyz" * 3, "unset:" + "x9Fq" * 20,
        "django-insecure-" + "Qm3v8ZrT1kLp0sWn6YbH4cXe2GdJ7uAf9tRi5oNqB8yD", "passerelle" * 6, "changeme" + "x" * 50,
        "Qm3v8ZrT1kLp0sWn6YbH4cXe2Gd",
        "for-tests-only-" + "x" * 40, "9876543210zyxwvutsrqponmlkjihgfedcba9876543210zyxwvutsrqp",
    ],
)  # fmt: skip
def test_weak_keys(key):
    assert "SECRET_KEY" in production.weak_key(key)


@given(st.text(min_size=1, max_size=12), st.integers(min_value=60, max_value=200))
def test_a_word_repeated_is_weak(word, length):
    assert production.weak_key((word * length)[:length])


@pytest.mark.parametrize(
    "make", [lambda: secrets.token_urlsafe(64), lambda: secrets.token_hex(48), get_random_secret_key]
)
def test_random_keys_are_taken(make):
    assert [key for key in (make() for _time in range(200)) if production.weak_key(key)] == []


@pytest.mark.parametrize("hosts", [[], [""], ["*"], ["a.example", "*"], ["*.example"], ["."], [".com"],
                                   ["a.example:443"], ["https://a.example"]])  # fmt: skip
def test_hosts_that_say_too_much_or_nothing(hosts):
    assert "ALLOWED_HOSTS" in production.wrong_hosts(hosts)


def test_hosts_that_are_named():
    assert production.wrong_hosts([*HOSTS, "41.82.0.1", "[2001:db8::1]"]) == ""


@pytest.mark.parametrize(
    "address",
    [
        "", "passerelle.example", "http://passerelle.example", "https://", "https://other.example", "ftp://passerelle.example",
        "https://passerelle.example/site", "https://passerelle.example?x", "https://me:you@passerelle.example",
        "https://passerelle.example.evil.example", "https://[", "javascript:alert(1)", "https://passerelle.example:port",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(address):
    assert "BASE_URL" in production.wrong_address(address, HOSTS)


@pytest.mark.parametrize(
    "address", ["https://passerelle.example", "https://PASSERELLE.example:8443", "https://x.centre.example"]
)
def test_addresses_that_are_taken(address):
    assert production.wrong_address(address, HOSTS) == ""


@pytest.mark.parametrize(
    "origin", ["*", "https://*", "http://a.example", "https://*.*.example", "https://*.com", "a.example"]
)
def test_origins_that_trust_too_much(origin):
    assert production.wrong_origins([origin])


def test_origins_that_are_named():
    assert production.wrong_origins(["https://a.example", "https://*.a.example"]) == ""
