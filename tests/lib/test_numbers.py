"""Numbers that came with a request."""

import re
from pathlib import Path

import pytest

from lms.lib.numbers import LARGEST, read_number

ROOT = Path(__file__).resolve().parents[2]
NO_REQUEST = {
    "assessments/question_types/numbers.py", "assessments/question_types/ordering.py",
    "assessments/question_types/patterns.py",  # three digits of a count, of the author's
    "assessments/question_types/slips.py",  # no number is read
    "certificates/qr.py", "cms/foreign/tables.py", "lms/accounts/breached.py",
    "lms/accounts/import_headings.py", "lms/accounts/phones.py",
    "lms/accounts/services.py", "lms/accounts/sms_budget.py", "lms/accounts/validators.py",
    "cms/document_views.py", "assessments/wagtail_hooks.py", "courses/admin_roles.py", "cms/bad_input.py",
    "courses/loading/rich_markdown.py", "placement/employer_views.py",
}  # fmt: skip
"""These look at characters, or bound the length beside it; what they read becomes no key of a row."""


@pytest.mark.parametrize("text", ["0", "7", "0012", str(LARGEST)])
def test_a_number(text):
    assert read_number(text) == int(text)


@pytest.mark.parametrize("text", ["", "-1", "+1", "1_0", " 1", "²", "٣", "x", "1\n", str(LARGEST + 1), "9" * 5000])
def test_no_number(text):
    assert read_number(text) is None


def test_numbers_of_requests_are_read_in_one_place():
    """``isdecimal`` and ``isdigit`` bound nothing: ``int`` fails at 4,301 digits."""
    found = set()
    for app in ("lms", "cms", "courses", "assessments", "certificates", "placement"):
        for path in (ROOT / app).rglob("*.py"):
            text = path.read_text()
            if re.search(r"\.is(decimal|digit)\(\)", text):
                found.add(str(path.relative_to(ROOT)))
    assert found <= NO_REQUEST, "Read these with lms.lib.numbers.read_number: " + ", ".join(sorted(found - NO_REQUEST))
