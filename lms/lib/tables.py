"""Tables in and out: CSV that a spreadsheet opens without running it, and CSV or XLSX read as plain rows of text."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from lms.lib.known_files import WrongKindError, refuse_known
from lms.lib.parsing import UnreadableFileError
from lms.lib.texts import EncodingError, decode

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "|", "%")
MAX_BYTES = 3 * 1024 * 1024
MAX_UNPACKED_BYTES = 8 * 1024 * 1024  # an .xlsx is a zip: 40 kB can hold a sheet that takes half a minute to read
MAX_COLUMNS = 60
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")  # PostgreSQL keeps no NUL, and nobody types the others


class TableError(UnreadableFileError):
    """The file cannot be read as a table. The message says what is wrong and how to fix it."""


def safe_cell(value: Any) -> str | int | float:
    """A cell that no spreadsheet takes for a formula (ASVS 5.0, 1.2.10): a quote goes before a leading sign.

    Numbers stay numbers, negative ones too.
    """
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value)
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat(sep=" ", timespec="minutes") if isinstance(value, datetime) else value.isoformat()
    text = str(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA_SIGNS) else text


def write_csv(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 with a mark, so that spreadsheets read accents; ``;`` where the active language is French."""
    buffer = io.StringIO()
    separator = ";" if (get_language() or "").startswith("fr") else ","
    writer = csv.writer(buffer, delimiter=separator)
    writer.writerow([safe_cell(cell) for cell in header])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def csv_response(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A CSV to download, private to the person who asked for it."""
    response = HttpResponse(write_csv(header, rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{slugify(name) or "table"}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def read_table(content: bytes, *, max_rows: int = 5000) -> list[list[str]]:
    """Rows of stripped texts from a CSV or XLSX file, told apart by content and never by name.

    Empty rows are left out at the end only, so that row numbers are those of the spreadsheet. Raises TableError.
    """
    if len(content) > MAX_BYTES:
        raise TableError(_("The file is larger than 3 MB. Split it into several files."))
    try:
        refuse_known(content, takes=("csv", "xlsx"))
        rows = (
            read_xlsx(content, max_rows) if content.startswith(b"PK\x03\x04") else read_csv(decode(content), max_rows)
        )
    except (WrongKindError, EncodingError) as error:
        raise TableError(str(error)) from error
    while rows and not any(rows[-1]):
        rows.pop()
    if not rows:
        raise TableError(_("The file is empty. The first row names the columns."))
    return rows


def read_csv(text: str, max_rows: int) -> list[list[str]]:
    first = text.partition("\n")[0]
    separator = max(";\t,", key=first.count)
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            rows.append([cell_text(cell).removeprefix("\ufeff") for cell in row[:MAX_COLUMNS]])
            refuse_many(rows, max_rows)
    except csv.Error as error:
        line = len(rows) + 1
        text = _("Row %(row)d cannot be read: a quotation mark is opened and not closed, or is in the wrong place.")
        raise TableError(text % {"row": line}) from error
    return rows


def read_xlsx(content: bytes, max_rows: int) -> list[list[str]]:
    damaged = _("This XLSX file is damaged. Open it in your spreadsheet and save it again.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise TableError(_("The file is too large once unpacked. Delete unused sheets and pictures."))
        sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        rows: list[list[str]] = []
        for row in sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS):
            cells = [cell_text(cell) for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            rows.append(cells)
            refuse_many(rows, max_rows)
    except TableError:
        raise
    except Exception as error:  # broken zip, deflate, XML, encryption, references: each raises something of its own
        raise TableError(damaged) from error
    return rows


def cell_text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute) else cell.isoformat(sep=" ")
    return UNSTORABLE.sub("", str(cell)).strip()


def refuse_many(rows: list[list[str]], max_rows: int) -> None:
    if len(rows) > max_rows + 1:
        text = _("The file has more than %(limit)d rows. Split it into several files.")
        raise TableError(text % {"limit": max_rows})
