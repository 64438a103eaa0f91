"""Tables: nothing that is exported runs, and whatever is imported is read or refused in a sentence."""

import contextlib
import csv
import io
import zipfile

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from lms.lib.tables import FORMULA_SIGNS, TableError, csv_response, read_table, safe_cell, write_csv

ROWS = [["nom", "téléphone"], ["Awa Ndiaye", "+221770000001"], ["Koffi, Inès", ""]]


def xlsx(rows: list[list[object]]) -> bytes:
    book, buffer = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


@given(st.text())
def test_no_cell_starts_a_formula(text):
    assert not str(safe_cell(text)).lstrip(" \u00a0").startswith(FORMULA_SIGNS)


@pytest.mark.parametrize("text", ["=1+1", "+33", "-x", "@SUM(A1)", "\tx", " =cmd|' /C calc'!A0"])
def test_dangerous_cells_are_quoted(text):
    assert safe_cell(text) == f"'{text}"


def test_numbers_stay_numbers():
    assert safe_cell(-3.5) == -3.5
    assert safe_cell(0) == 0


@pytest.mark.parametrize(("language", "separator"), [("fr", ";"), ("en", ",")])
def test_spreadsheets_open_it_with_accents(language, separator):
    with translation.override(language):
        content = write_csv(
            ["Prénom"],
            [
                [
                    "Aïssatou",
                ]
            ],
        )
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=separator)) == [["Prénom"], ["Aïssatou"]]


def test_the_download_is_private():
    response = csv_response("Groupe été 2026", ["a"], [])
    assert 'filename="groupe-ete-2026.csv"' in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_every_csv_that_spreadsheets_write_is_read(encoding, separator):
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator).writerows(ROWS)
    assert read_table(buffer.getvalue().encode(encoding)) == ROWS


def test_a_spreadsheet_is_read():
    assert read_table(xlsx([["nom", "téléphone"], ["Awa", 770000001], [None, None]])) == [
        ["nom", "téléphone"],
        ["Awa", "770000001"],
    ]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x89PNG\r\n", b"%PDF-1.7", b"PK\x03\x04 not a zip", b"a\x00b"])
def test_what_is_no_table_is_refused_in_a_sentence(content):
    with pytest.raises(TableError, match=r"\w+"):
        read_table(content)


def test_an_open_quotation_mark_names_its_row():
    with translation.override("en"), pytest.raises(TableError, match="Row 2"):
        read_table(b'nom\n"Awa\n')


def test_a_zip_bomb_is_not_unpacked():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (45 * 1024 * 1024))
    with pytest.raises(TableError):
        read_table(buffer.getvalue())


def with_bytes(content: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """The archive with ``value`` written ``offset`` bytes behind each ``mark``."""
    found, at = bytearray(content), content.find(mark)
    while at >= 0:
        found[at + offset : at + offset + len(value)] = value
        at = content.find(mark, at + 4)
    return bytes(found)


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, part if entry == name else old.read(entry))
    return buffer.getvalue()


GOOD = xlsx(ROWS)
DAMAGED = {
    "encrypted": with_bytes(with_bytes(GOOD, b"PK\x03\x04", 6, b"\x01"), b"PK\x01\x02", 8, b"\x01"),
    "unknown method": with_bytes(with_bytes(GOOD, b"PK\x03\x04", 8, b"\x63"), b"PK\x01\x02", 10, b"\x63"),
    "broken sheet": with_part(GOOD, "xl/worksheets/sheet1.xml", b"<worksheet><row>"),
    "broken book": with_part(GOOD, "xl/workbook.xml", b"<workbook>"),
    "cut": GOOD[:-200],
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_spreadsheet_is_refused_in_a_sentence(content):
    with pytest.raises(TableError):
        read_table(content)


@given(st.lists(st.tuples(st.integers(4, len(GOOD) - 1), st.integers(0, 255)), max_size=8))
def test_no_spoilt_byte_of_a_spreadsheet_crashes_the_reader(spoilt):
    content = bytearray(GOOD)
    for place, value in spoilt:
        content[place] = value
    with contextlib.suppress(TableError):
        read_table(bytes(content))


def test_what_no_database_keeps_is_left_out():
    rows = read_table(b"nom\n" + b"a" * 5000 + b"\nA\x00wa\x1b Ndiaye\n")
    assert rows[-1] == ["Awa Ndiaye"]


def test_a_small_file_with_much_markup_in_it_is_not_read():
    """Three million empty rows are 40 kB as a file."""
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    content = with_part(GOOD, "xl/worksheets/sheet1.xml", sheet + b"<row/>" * 3_000_000 + b"</sheetData></worksheet>")
    with translation.override("en"), pytest.raises(TableError, match="unpacked"):
        read_table(content)


def test_too_many_rows_are_refused():
    with pytest.raises(TableError):
        read_table(b"nom\n" + b"a\n" * 11, max_rows=10)


@given(st.binary(max_size=400))
def test_no_bytes_crash_the_reader(content):
    try:
        rows = read_table(content)
    except TableError:
        return
    assert all(isinstance(cell, str) for row in rows for cell in row)
