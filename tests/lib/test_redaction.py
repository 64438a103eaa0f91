"""What is taken out of words before a log, an e-mail, a webhook or Sentry gets them, and what stays readable."""

import pytest

from lms.lib import redaction
from lms.lib.redaction import without_people
from tests.steps import deeply, grows


@pytest.mark.parametrize(
    "text",
    [
        "Recipient refused: awa.ndiaye+cours@mail.example.sn",
        "{'awa@example.org': (550, b'5.1.1 <awa@example.org>: unknown')}",
        "no route to +221771234567",
        "tel:+221 77 123 45 67",
        "number 00221771234567 is taken",
        "number 771234567 is taken.",
        "phone=771234567",
        "call 77 123 45 67, please",
        "call 06.12.34.56.78",
        "call 07-12-34-56-78.",
        "call +33 (0)6 12 34 56 78",
        "call +225 07\u00a012\u00a034\u00a056\u00a078",
        "/fr/people/771234567/",
        "from 192.168.100.200",
    ],
)
def test_addresses_and_numbers_are_cut(text):
    left = without_people(text)
    assert "awa" not in left.lower()
    assert sum(letter.isdigit() for letter in left) <= len("550 5.1.1 550"), left
    assert "..." in left


@pytest.mark.parametrize(
    "text",
    [
        "row failed: accounts.send 0193f7d2-1c2b-7000-8000-123456789012",
        "2026-11-29 08:32:10.123Z started",
        "passerelle-20261129T020000Z.zip is 35 hours old",
        'File "/srv/passerelle/lms/lib/logs.py", line 1234, in format',
        "Django 5.2.19, Wagtail 7.4.4",
        "took 0.123456789 s",
        "worker:default@host-2 is gone",
        "    @register\n    def check(): ...",
        "1.5 MB of 2000 MB",
        "listening on 127.0.0.1:8000",
    ],
)
def test_what_helps_to_find_the_fault_stays(text):
    assert without_people(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "django.core.exceptions.ValidationError: ['« Awa Ndiaye » is no name.']",
        "ValidationError: {'full_name': ['Awa Ndiaye is taken']}",
        "KeyError: 'Awa Ndiaye'",
    ],
)
def test_what_somebody_typed_is_cut_where_errors_quote_it(text):
    assert "Ndiaye" not in without_people(text)
    assert "Error: " in without_people(text)


@pytest.mark.parametrize(
    "part",
    ["a", "a.", "7", "7 ", "77 ", "+7", "a@", "a@b.", "'", ": '", ': "', "(", "7-", "ValidationError: ", "\\", " got "],
)
def test_a_long_text_takes_steps_in_proportion(part):
    assert deeply(lambda: grows(without_people, lambda n: part * n, [redaction], 80)) <= 7
