"""No spreadsheet runs what somebody wrote for a title."""

import io

import pytest
from django.http import Http404
from django.test import RequestFactory
from django.urls import URLResolver, get_resolver
from openpyxl import load_workbook
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from lms.lib.tables import read_table
from tests.factories.courses import lesson_page, make_course

FORMULA = '=HYPERLINK("https://x.example","Marks")'


@pytest.fixture
def history(site, sign_in, manager):
    """The site history, as a file, after somebody gave a page such a title."""
    page = lesson_page(make_course())
    page.title = FORMULA
    page.save_revision(user=manager, log_action=True)
    return lambda kind: b"".join(sign_in(manager).get(f"/cms/reports/site-history/?export={kind}").streaming_content)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_title_is_no_formula(history, kind):
    cells = [cell for row in read_table(history(kind)) for cell in row]
    assert f"'{FORMULA}" in cells
    assert FORMULA not in cells


def test_dates_stay_dates(history):
    sheet = load_workbook(io.BytesIO(history("xlsx"))).worksheets[0]
    assert [cell.is_date for cell in sheet[2]].count(True) == 1


@pytest.mark.parametrize("value", [-3, 2.5, None])
def test_numbers_stay_numbers(value):
    assert SpreadsheetExportMixin().preprocess_field_value("x", value, "csv") == value


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_character_stops_a_file_for_everybody(site, sign_in, manager, kind):
    """A line break of Word that was pasted into a title, and whatever else no spreadsheet can hold."""
    page = lesson_page(make_course())
    for number, sign in enumerate([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0xFFFE, 0xFFFF, 0x10FFFF]):
        if sign:  # a form refuses NUL
            page.title = f"Titre{number}{chr(sign)}fin"
            page.save_revision(user=manager, log_action=True)
    answer = sign_in(manager).get(f"/cms/reports/site-history/?export={kind}")
    cells = [cell for row in read_table(b"".join(answer.streaming_content)) for cell in row]
    assert "Titre11 fin" in cells
    assert len({cell for cell in cells if cell.startswith("Titre")}) == 68


LISTS = ["snippets/placement/employer/", "snippets/placement/opportunity/", "users/"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("address", LISTS)
def test_a_list_without_columns_is_no_file(address, kind, sign_in, manager):
    client = sign_in(manager)
    assert client.get(f"/cms/{address}").status_code == 200
    assert client.get(f"/cms/{address}?export={kind}").status_code == 404


def test_no_list_of_ours_or_of_a_library_answers_with_empty_lines(site, manager):
    """Every one that knows how to export."""
    tried = []
    for pattern in flat(get_resolver().url_patterns):
        view = getattr(pattern.callback, "view_class", None)
        if view is None or not issubclass(view, SpreadsheetExportMixin):
            continue
        made = view(**getattr(pattern.callback, "view_initkwargs", {}))
        request = RequestFactory().get("/?export=csv")
        request.user = manager
        if not made.list_export:
            tried.append(view)
            with pytest.raises(Http404):
                made.setup(request)
    assert len(tried) > 3


def flat(patterns):
    for pattern in patterns:
        yield from flat(pattern.url_patterns) if isinstance(pattern, URLResolver) else [pattern]
