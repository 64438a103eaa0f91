"""One line of a log: nothing in it opens a door or quotes a person's row."""

import logging
import sys
import time

import pytest

from lms.lib.logs import LineFormatter


def line(message: str, *args: object, exc_info: object = None) -> str:
    record = logging.LogRecord("django.request", logging.WARNING, __file__, 1, message, args, exc_info)
    return LineFormatter().format(record)


@pytest.mark.parametrize(
    "path",
    [
        "/fr/accounts/card/SECRET/",
        "/fr/accounts/password/reset/key/SECRET/",
        "/r/SECRET/",
        "/v/SECRET",
        "/en/verify/SECRET/",
        "/fr/certificates/SECRET.pdf",
    ],
)
def test_paths_lose_their_secrets(path):
    assert "SECRET" not in line("Forbidden (%s): %s", "CSRF cookie not set.", path)


def test_other_paths_are_kept_without_their_query():
    assert line("Not Found: %s", "/fr/learn/data-entry/?phone=1").endswith("Not Found: /fr/learn/data-entry/")


def test_its_hour_is_that_of_utc_wherever_the_site_is(monkeypatch):
    """Django gives every process the zone of the site: two hosts, and a log of another service, must agree."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        record = logging.LogRecord("x", logging.INFO, __file__, 1, "y", (), None)
        record.created = 0.0
        assert LineFormatter().format(record).startswith("1970-01-01 00:00:00")
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_line_stays_one_line():
    assert "\n" not in line("Not Found: %s", "/fr/\n2026 ERROR forged")


def test_rows_quoted_by_the_database_are_cut_out_of_traces():
    refusal = "duplicate key\nDETAIL:  Key (phone)=(+221770000001) already exists.\n"
    try:
        raise ValueError(refusal)
    except ValueError:
        written = line("failed", exc_info=sys.exc_info())
    assert "duplicate key" in written
    assert "+221" not in written


@pytest.mark.parametrize(
    "message",
    [
        "invalid input syntax for type integer: \"Awa Ndiaye\"\nLINE 1: SELECT 1 WHERE name = 'Awa Ndiaye'\n         ^",
        "Field 'id' expected a number but got 'Awa Ndiaye'.",
        "invalid literal for int() with base 10: 'Awa Ndiaye'",
        "invalid literal for int() with base 10: 'Awa N\\'Ndiaye'",
        "could not convert string to float: 'Awa Ndiaye'",
    ],
)
def test_values_quoted_by_errors_are_cut_out_of_traces(message):
    try:
        raise ValueError(message)
    except ValueError:
        written = line("failed", exc_info=sys.exc_info())
    assert "Ndiaye" not in written.replace(f"raise ValueError({message!r})", "")
    assert "ValueError: " in written
