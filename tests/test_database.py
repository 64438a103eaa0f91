"""Tests begin with what was set up once, whatever committed before them; what is left to SQLite are pages and files."""

import re
import threading
from pathlib import Path

import pytest
from django.db import connection
from django.test import TransactionTestCase
from wagtail.models import Collection, Page

from cms.models import HomePage
from lms.accounts.models import User
from tests.factories.people import make_user


def held() -> list[int]:
    return [model.objects.count() for model in (User, Collection, Page, HomePage)]


@pytest.mark.django_db(transaction=True)
def test_what_commits_is_put_back():
    before = held()
    make_user("awa")
    Collection.objects.all().delete()
    Page.objects.all().delete()
    other = threading.Thread(target=lambda: (make_user("moussa"), connection.close()))
    other.start()
    other.join()
    assert held() == [before[0] + 2, 0, 0, 0]
    TransactionTestCase._fixture_teardown(None)
    assert held() == before
    assert all(before[1:])


PAGES = re.compile(r"views|pages|previews|forms|catalogue|documents|second_factor|wagtail_words")
FILES = {"course_folders", "folder_titles", "other_courses", "bank_round_trip", "demo_weight", "question_pictures",
         "pdf", "damaged_files", "uploads", "wrong_codes", "document_batches", "classification"}  # fmt: skip
"""Tests of pages and of what stands in files, by their names; services, queries, models and tasks have others."""
BOTH = {"rubbish", "admin_rubbish", "races", "account_races", "search_races", "pairs", "sweeps", "bulk", "merging",
        "loading", "loading_again", "course_export", "importing"}  # fmt: skip


def test_only_pages_and_files_are_left_to_sqlite():
    """``test_rubbish`` opens every address and sends every form on PostgreSQL: what a page asks is asked there too.
    What loads, imports and exports files asks the same there as here, whatever stands in them.
    """
    files = Path(__file__).parent.rglob("test_*.py")
    marked = {file for file in files if re.search(r"^(pytestmark|\s*@).*mark\.pages", file.read_text(), re.MULTILINE)}
    named = {file.stem.removeprefix("test_") for file in marked if file.parent.name != "flows"}
    assert {name for name in named - FILES if not PAGES.search(name)} == set()
    assert {f"test_{name}.py" for name in BOTH} & {file.name for file in marked} == set()
    assert len(marked) > 30
