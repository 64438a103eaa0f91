"""Tables in and out: CSV that a spreadsheet opens without running it, and CSV or XLSX read as plain rows of text."""

import csv
import io
import itertools
import re
import zipfile
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from defusedxml.ElementTree import iterparse
from django.http import HttpResponse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell

from lms.lib.archives import open_zip
from lms.lib.comparison import storable
from lms.lib.decoding import EncodingError, decode
from lms.lib.known_files import WrongKindError, refuse_known
from lms.lib.parsing import UnreadableFileError
from lms.lib.problems import quoted

FORMULA_CHARACTERS = ("=", "+", "-", "@", "\t", "\r", "|", "%", "＝", "＋", "－", "＠")
SPREADSHEETS_SPACES = " \u00a0\u3000"  # a spreadsheet looks past them for a formula
A_CELL_BEGINS = re.compile(rf"(^|[;,\t|\r\n])(?=[{SPREADSHEETS_SPACES}\"]*[{re.escape(''.join(FORMULA_CHARACTERS))}])")
"""The begin of a text that would be a formula, there or in a spreadsheet that cuts at another separator than ours."""
MAX_BYTES = 3 * 1024 * 1024
MAX_UNPACKED_BYTES = 8 * 1024 * 1024  # an .xlsx is a zip: 40 kB can hold a sheet that takes half a minute to read
MAX_CELL = 2000  # characters: of a text that stands once in an .xlsx, any number of cells may be made
MAX_TEXT = MAX_BYTES  # characters of all cells: what is made of a table takes as long as its text, not as its file
MAX_COLUMNS = 300  # a form filled online gives one for each question
MAX_ROW_NUMBER = 100_000  # empty ones counted: a sheet formatted to its last row has a million
SEPARATORS = ";\t,|"
SEPARATOR_LINE = re.compile(r'\ufeff?"?sep=([;,\t|])"?\r?\n', re.IGNORECASE)
SAMPLE, ROWS_OF_SAMPLE = 64 * 1024, 10
END = "\ue000end"  # a row of our own behind the last one: what is not closed before swallows it
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"

ESCAPED = re.compile("_x(00[01][0-9A-Fa-f])_")


class TableError(UnreadableFileError):
    """The file cannot be read as a table. The message says what is wrong and how to fix it."""


def safe_cell(value: Any) -> str | int | float:
    """A cell that no spreadsheet takes for a formula (ASVS 5.0, 1.2.10): a quote goes before a leading sign, also
    behind what separates cells in another language. Numbers stay numbers, negative ones too.
    """
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ", timespec="minutes") if isinstance(value, datetime) else value.isoformat()
    return A_CELL_BEGINS.sub(r"\1'", storable(str(value)))


def write_csv(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read accents; ``;`` where the active language is French."""
    buffer = io.StringIO()
    separator = ";" if (get_language() or "").startswith("fr") else ","
    writer = csv.writer(buffer, delimiter=separator)
    writer.writerow([safe_cell(cell) for cell in header])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def write_xlsx(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    """One sheet; a text is stored as a text, whatever it begins with, and numbers and days as what they are."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("1")
    for row in itertools.chain([header], rows):
        sheet.append([sheet_cell(sheet, value) for value in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def sheet_cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo:
        value = value.replace(tzinfo=None)  # a sheet knows no zones
    plain = isinstance(value, int | float | date | datetime) and not isinstance(value, bool)
    cell = WriteOnlyCell(sheet, value if plain else safe_cell(value))
    if not plain:
        cell.data_type = "s"
    return cell


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx_response(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A spreadsheet to download, private to the person who asked for it."""
    return download(write_xlsx(header, rows), XLSX, name, "xlsx")


def csv_response(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A CSV to download, private to the person who asked for it."""
    return download(write_csv(header, rows), "text/csv; charset=utf-8", name, "csv")


def download(content: bytes, kind: str, name: str, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{slugify(name) or "table"}.{ending}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def read_table(content: bytes, *, max_rows: int = 5000, takes: Collection[str] = ()) -> list[list[str]]:
    """Rows of stripped texts from a CSV or XLSX file, told apart by content and never by name.

    Empty rows are left out at the end only, so that row numbers are those of the spreadsheet. ``takes``: kinds of
    table (``known_files``) that this reader knows and others do not. Raises TableError.
    """
    if len(content) > MAX_BYTES:
        raise too_long()
    try:
        refuse_known(content, takes=("csv", "xlsx", *takes))
        rows = (
            read_xlsx(content, max_rows) if content.startswith(b"PK\x03\x04") else read_csv(decode(content), max_rows)
        )
    except (WrongKindError, EncodingError) as error:
        raise TableError(str(error)) from error
    if not rows:
        raise TableError(_("The file is empty. The first row names the columns."))
    return rows


def read_csv(text: str, max_rows: int) -> list[list[str]]:
    """As spreadsheets open it: a quotation mark within a cell is a letter, Excel's ``sep=;`` names the separator."""
    named = SEPARATOR_LINE.match(text)
    text = text[named.end() :] if named else text
    separator = named[1] if named else likely_separator(text)
    table = Table(max_rows)
    try:
        for row in csv.reader(io.StringIO(f"{text}\n{END}\n", newline=""), delimiter=separator):
            if row == [END]:
                return table.rows
            if row and END in row[-1]:  # swallowed
                break
            table.add([cell_text(cell.removeprefix("\ufeff")) for cell in row])
    except csv.Error as error:
        raise long_cell(table.next_number) from error
    message = _('Row %(row)d: a quotation mark (") is opened and never closed. Delete it, or close it.')
    raise TableError(message % {"row": table.next_number})


def long_cell(row: int) -> TableError:
    message = _("A cell of row %(row)d is longer than %(limit)d characters. Shorten it, or delete its column.")
    return TableError(message % {"row": row, "limit": MAX_CELL})


def too_long() -> TableError:
    return TableError(_("The file is larger than 3 MB. Split it into several files."))


def likely_separator(text: str) -> str:
    """The one that cuts the first rows into most cells; what stands within quotation marks cuts nothing."""

    def cells(separator: str) -> int:
        reader = csv.reader(io.StringIO(text[:SAMPLE], newline=""), delimiter=separator)
        with suppress(csv.Error):
            return sum(len(row) - 1 for row in itertools.islice(reader, ROWS_OF_SAMPLE) if row)
        return 0

    return max(SEPARATORS, key=cells)


def read_xlsx(content: bytes, max_rows: int) -> list[list[str]]:
    """The one sheet that people see and that holds something: of two, nobody knows which was meant."""
    damaged = _("This XLSX file is damaged. Open it in your spreadsheet and save it again.")
    try:
        with open_zip(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise TableError(_("The file is too large once unpacked. Delete unused sheets and pictures."))
            refuse_formulas(archive)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        tables = {sheet.title: read_sheet(sheet, max_rows) for sheet in visible}
    except TableError:
        raise
    except Exception as error:  # broken zip, deflate, XML, encryption, references: each raises something of its own
        raise TableError(damaged) from error
    full = {title: rows for title, rows in tables.items() if rows}
    if len(full) > 1:
        text = _("Several sheets hold something: %(sheets)s. Keep the one with the list and delete or hide the others.")
        raise TableError(text % {"sheets": quoted(full)})
    return next(iter(full.values()), [])


def read_sheet(sheet: Any, max_rows: int) -> list[list[str]]:
    table = Table(max_rows)
    for row in sheet.iter_rows(values_only=True):
        table.add([cell_text(control_characters(cell)) for cell in row])
    return table.rows


def control_characters(cell: Any) -> Any:
    """The way XLSX writes a control character in a text (ISO/IEC 29500-1, 22.9.2.19), which openpyxl keeps."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), cell) if isinstance(cell, str) else cell


def refuse_formulas(archive: zipfile.ZipFile) -> None:
    """A program that does not calculate leaves formulas without results: those cells would be read as empty."""
    for name in archive.namelist():
        if not re.fullmatch(r"xl/worksheets/[^/]{1,80}\.xml", name):
            continue
        content = archive.read(name)
        if b"<f" not in content and b":f" not in content:
            continue
        for _event, element in iterparse(io.BytesIO(content)):
            if element.tag == f"{SHEET}c":
                has_formula = element.find(f"{SHEET}f") is not None
                if has_formula and not element.findtext(f"{SHEET}v") and element.get("t") != "str":  # "" is a text
                    text = _("Cell %(cell)s is a formula without a result. Save the file in your spreadsheet first.")
                    raise TableError(text % {"cell": element.get("r", "")[:10]})
                element.clear()


class Table:
    """Rows as they come, each at its number in the spreadsheet. Empty cells at the right and empty rows below are left
    out, and count for nothing.
    """

    def __init__(self, max_rows: int) -> None:
        self.rows: list[list[str]] = []
        self.max_rows, self.full, self.empty, self.length = max_rows, 0, 0, 0

    @property
    def next_number(self) -> int:
        return len(self.rows) + self.empty + 1

    def add(self, cells: list[str]) -> None:
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            self.empty += 1
            if self.next_number > MAX_ROW_NUMBER:
                text = _("The list goes beyond row %(row)d. Copy its rows, without the empty ones, into a new file.")
                raise TableError(text % {"row": MAX_ROW_NUMBER})
            return
        if len(cells) > MAX_COLUMNS:
            text = _("Row %(row)d is %(width)d columns wide, %(limit)d are read. Delete the columns you do not need.")
            raise TableError(text % {"row": self.next_number, "width": len(cells), "limit": MAX_COLUMNS})
        if any(len(cell) > MAX_CELL for cell in cells):
            raise long_cell(self.next_number)
        self.length += sum(map(len, cells))
        if self.length > MAX_TEXT:
            raise too_long()
        self.full += 1
        if self.full > self.max_rows + 1:
            text = _("The file has more than %(limit)d rows. Split it into several files.")
            raise TableError(text % {"limit": self.max_rows})
        self.rows += [[] for _row in range(self.empty)]
        self.rows.append(cells)
        self.empty = 0


def cell_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute) else cell.isoformat(sep=" ")
    return storable(str(cell)).strip()
