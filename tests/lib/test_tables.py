"""Tables: nothing that is exported runs, and whatever is imported is read or refused in a sentence."""

import contextlib
import csv
import io
import zipfile
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from lms.lib.tables import (
    FORMULA_CHARACTERS,
    MAX_CELL,
    SEPARATORS,
    TableError,
    csv_response,
    read_table,
    safe_cell,
    write_csv,
    write_xlsx,
)

ROWS = [["nom", "téléphone"], ["Awa Ndiaye", "+221770000001"], ["Koffi, Inès"]]


def xlsx(rows: list[list[object]]) -> bytes:
    book, buffer = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


@given(st.text())
def test_no_cell_starts_a_formula(text):
    assert not is_formula(str(safe_cell(text)))


def is_formula(cell: str) -> bool:
    """Line ends and tabs alone are none."""
    return cell.lstrip(" \u00a0\u3000\t\r\n").startswith(tuple(sign for sign in FORMULA_CHARACTERS if sign.strip()))


DANGEROUS = st.text(alphabet="=+-@|%;,\t\r\n \"'a＝\u3000\u00a0", max_size=8) | st.text(max_size=8)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.lists(DANGEROUS, min_size=1, max_size=3), max_size=3), st.sampled_from(["fr", "en"]))
def test_no_spreadsheet_of_another_language_finds_a_formula(rows, language):
    """A file written with one separator, opened by a program that cuts at another."""
    with translation.override(language):
        text = write_csv(["ACME;=1+1"], rows).decode("utf-8-sig")
    for separator in SEPARATORS:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            assert not any(is_formula(cell) for cell in row), (separator, row, text)


@pytest.mark.parametrize("text", ["Dakar; Thiès, Pikine", "a - b", "10 % en plus", "plus = mieux", "x|y"])
def test_what_is_no_formula_stays_as_it_is(text):
    assert safe_cell(text) == text


@pytest.mark.parametrize("text", ["=1+1", "+33", "-x", "@SUM(A1)", "\tx", "＝1+1", "\u3000=1"])
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
        read_table(b'nom\n"Awa\nIn\xc3\xa8s\n')


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('Nom;Tél\n"Awa" Diop;77\nBin Ka;78', ["Awa Diop", "77"]),
        ('Nom;Tél\nAwa "Mimi" Diop;77\nBin Ka;78', ['Awa "Mimi" Diop', "77"]),
        ('"Nom, prénom, complet";Tél\nAwa;77', ["Awa", "77"]),
        ("Liste, été, 2026\nNom;Tél;Pays\nAwa;77;SN", ["Nom", "Tél", "Pays"]),
        ("Nom|Tél\nAwa|77", ["Awa", "77"]),
        ("sep=,\nNom;alias,Tél\nAwa,77", ["Awa", "77"]),
        ('"sep=;"\r\nNom;Tél\r\nAwa;77', ["Awa", "77"]),
    ],
    ids=["quoted first name", "nickname", "commas within quotes", "commas in a title", "bars", "sep", "quoted sep"],
)
def test_it_is_read_as_spreadsheets_open_it(text, row):
    assert read_table(text.encode())[1] == row


def test_a_cell_too_long_names_its_row():
    with translation.override("en"), pytest.raises(TableError, match="cell of row 2 is longer"):
        read_table(b"nom\n" + b"a" * 140_000)


def book_of(**sheets: list[list[object]]) -> Workbook:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return book


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_of_two_sheets_none_is_left_out_in_silence():
    with translation.override("en"), pytest.raises(TableError, match="“A”, “B”"):
        read_table(saved(book_of(A=[["nom"], ["Awa"]], B=[["nom"], ["Bin"]])))


def test_the_sheet_that_people_see_is_read():
    book = book_of(Lists=[["fr"], ["en"]], Notes=[], Group=[["nom"], ["Awa"]])
    book["Lists"].sheet_state = "hidden"
    assert read_table(saved(book)) == [["nom"], ["Awa"]]


def test_a_formula_without_its_result_is_no_empty_cell():
    with translation.override("en"), pytest.raises(TableError, match="Cell B2"):
        read_table(xlsx([["nom", "tél"], ["Awa", '="77"&"1234567"']]))


def test_a_formula_with_its_result_is_read():
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        b'<c r="A1" t="str"><f>UPPER("awa")</f><v>AWA</v></c><c r="B1" t="str"><f>IF(1,"","")</f><v></v></c>'
        b'<c r="C1"><v>7</v></c></row></sheetData></worksheet>'
    )
    assert read_table(with_part(GOOD, "xl/worksheets/sheet1.xml", sheet)) == [["AWA", "", "7"]]


def test_many_columns_are_read_and_too_many_are_refused():
    wide = [f"Question {number}" for number in range(200)] + ["Nom"]
    assert read_table(write_csv(wide, []))[0][-1] == "Nom"
    with translation.override("en"), pytest.raises(TableError, match="Row 1 is 301 columns wide"):
        read_table(write_csv([f"Q{number}" for number in range(301)], []))
    assert read_table(("nom" + ";" * 400 + "\n").encode()) == [["nom"]]


@pytest.mark.parametrize("empty", [";\n" * 6000, "\n" * 6000], ids=["separators", "lines"])
def test_empty_rows_count_for_nothing(empty):
    rows = read_table(f"nom;tel\n{empty}Awa;77\n{empty}".encode())
    assert (len(rows), rows[-1]) == (6002, ["Awa", "77"])


def test_a_formatted_empty_cell_far_below_counts_for_nothing():
    book = book_of(A=[["nom"], ["Awa"]])
    book["A"].cell(row=90_000, column=2).number_format = "@"
    assert read_table(saved(book)) == [["nom"], ["Awa"]]


def test_a_row_at_the_end_of_the_sheet_is_not_left_out_in_silence():
    book = book_of(A=[["nom"], ["Awa"]])
    book["A"].cell(row=1_000_000, column=1, value="Bin")
    with translation.override("en"), pytest.raises(TableError, match="goes beyond row 100000"):
        read_table(saved(book))


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
    rows = read_table(b"nom\n" + (b"a" * 1000 + b"\n") * 5 + b"A\x00wa\x1b Ndiaye\n")
    assert rows[-1] == ["Awa Ndiaye"]


@pytest.mark.parametrize(
    "sign", [chr(code) for code in range(0x20) if chr(code).isspace() and chr(code) not in "\t\n\r"]
)
def test_a_break_within_a_cell_keeps_two_words_apart(sign):
    """Word, FileMaker and Excel have line breaks of their own."""
    assert read_table(f"nom;tel\n{sign}Awa{sign}Diop{sign};77\n".encode())[-1] == ["Awa Diop", "77"]
    book = Workbook()
    book.active.append([f"Awa_x{ord(sign):04X}_Diop"])
    file = io.BytesIO()
    book.save(file)
    assert read_table(file.getvalue())[-1] == ["Awa Diop"]


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


def shared(rows: int, cells: int, length: int) -> bytes:
    """An .xlsx in which every cell names one text, which stands in it once."""
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    sheet = ("<row>" + '<c t="s"><v>0</v></c>' * cells + "</row>") * rows
    parts = {
        "xl/worksheets/sheet1.xml": f"<worksheet {space}><sheetData>{sheet}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"<sst {space}><si><t>{'e' * length}</t></si></sst>",
    }
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx([["x"]]))) as plain,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        parts["[Content_Types].xml"] = (
            plain.read("[Content_Types].xml")
            .decode()
            .replace(
                "</Types>",
                '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument'
                '.spreadsheetml.sharedStrings+xml"/></Types>',
            )
        )
        for name in {*plain.namelist(), *parts}:
            archive.writestr(name, parts[name] if name in parts else plain.read(name))
    return made.getvalue()


@pytest.mark.parametrize(("rows", "cells", "length"), [(2, 1, MAX_CELL + 1), (100, 40, 30_000), (20, 300, 2000),
                                                      (4000, 1, 1000)])  # fmt: skip
def test_a_small_file_gives_no_large_table(rows, cells, length):
    """12 kB of texts that are named again and again were 120 MB, and a minute of the worker."""
    content = shared(rows, cells, length)
    assert len(content) < 20_000
    with pytest.raises(TableError, match=r"2000|3 (?:Mo|MB)"):
        read_table(content)


def test_a_text_that_many_cells_name_is_read():
    assert read_table(shared(50, 3, 20)) == [["e" * 20] * 3] * 50


def test_a_long_cell_of_csv_is_told_with_its_row():
    with pytest.raises(TableError, match=r"2.*2000"):
        read_table(f"nom;téléphone\n{'e' * 2001};77".encode())
    assert read_table(f"nom;téléphone\n{'e' * 2000};77".encode())[1][1] == "77"


def test_a_quotation_mark_that_swallows_much_is_still_called_one():
    with pytest.raises(TableError, match="guillemet"):
        read_table(('nom;téléphone\nAwa;77\n"Inès;78\n' + "Koffi;79\n" * 1000).encode())


class TestSpreadsheets:
    @given(text=st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40))
    def test_no_text_is_a_formula(self, text):
        book = load_workbook(io.BytesIO(write_xlsx(["Name"], [[f"={text}"], [text]])))
        assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}
        assert all(cell.value is None for row in book.active.iter_rows() for cell in row if cell.data_type == "n")

    def test_numbers_and_days_are_what_they_are(self):
        written = write_xlsx(["a", "b", "c", "d"], [[7, 66.5, date(2026, 11, 29), True]])
        rows = list(load_workbook(io.BytesIO(written)).active.iter_rows(values_only=True))
        assert [str(cell) for cell in rows[1]] == ["7", "66.5", "2026-11-29 00:00:00", "True"]

    def test_what_is_written_is_read_again(self):
        assert read_table(write_xlsx(["Nom", "Âge"], [["Awa N’Diaye", 21]])) == [["Nom", "Âge"], ["Awa N’Diaye", "21"]]
