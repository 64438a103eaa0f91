"""Each parser of what people send grows with the text, and not with its square. A new one goes into ``PARSERS``."""

import io
import json
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from assessments.formats import aiken, gift, items, moodle_xml
from assessments.question_imports import read_entries
from cms.foreign import clean, from_markdown
from courses.loading.reading import read_course
from lms.accounts import person_names, phones, usernames
from lms.lib import comparison
from lms.lib.decoding import decode
from lms.lib.known_files import recognise
from lms.lib.tables import read_table
from lms.lib.yaml_lines import YamlError, load_yaml
from placement.text_checks.checking import check_text
from tests.growth import faults, lines

ROOT = Path(__file__).resolve().parent.parent


def csv(text: str) -> Any:
    return read_table(text.encode(), max_rows=5000)


def csv_with_a_heading(text: str) -> Any:
    return read_table(b"Nom;Telephone\n" + text.encode(), max_rows=5000)


def moodle(text: str) -> Any:
    """As a question, as the text of one, and as its picture."""
    shown = escape("".join(sign for sign in text if sign.isprintable() or sign == "\n"))
    question = f"<questiontext><text>{shown}</text><file name='a.png'>{shown}</file></questiontext>"
    return moodle_xml.loads(f"<quiz><question type='essay'>{question}</question></quiz>".encode())


PARSERS: dict[str, Callable[[str], Any]] = {
    "lms.lib.tables.read_table": csv,
    "lms.lib.tables.read_table, behind a heading": csv_with_a_heading,
    "lms.accounts.phones.to_e164": phones.to_e164,
    "lms.accounts.person_names.clean_name": person_names.clean_name,
    "lms.accounts.usernames.base_name": usernames.base_name,
    "lms.lib.comparison.comparable": comparison.comparable,
    "lms.lib.comparison.heading_key": comparison.heading_key,
    "placement.text_checks.check_text": check_text,
    "cms.foreign.clean": clean,
    "cms.foreign.from_markdown": from_markdown,
    "lms.lib.known_files.recognise": lambda text: recognise(text.encode()),
    "lms.lib.decoding.decode": lambda text: decode(text.encode("cp1252", errors="replace")),
    "assessments.formats.gift.loads": gift.loads,
    "assessments.formats.aiken.loads": aiken.loads,
    "assessments.formats.moodle_xml.loads": moodle,
    "assessments.question_imports.read_entries": lambda text: read_entries(text.encode()),
}
"""Of one text. A question format plugs in here: its function that takes the text of a file."""


BOUNDED_LATER = {"cms.foreign.from_markdown"}
"""markdown-it looks for the end of every bracket anew: it is given few of them, and few may cost their square."""


def test_every_reader_of_uploads_is_tried_here():
    """What ``parse_apart`` is asked to run, wherever it is asked."""
    sources = [file.read_text() for app in ("lms", "cms", "courses", "assessments", "certificates", "placement")
               for file in (ROOT / app).rglob("*.py")]  # fmt: skip
    asked = {name for source in sources for name in re.findall(r'parse_apart\(\s*"([\w.]+)"', source)}
    assert len(asked) > 1
    assert asked <= set(PARSERS), "Add them to PARSERS"


@pytest.mark.parametrize("name", PARSERS)
def test_it_grows_with_the_text(name):
    found = faults(PARSERS[name], count_lines=name not in BOUNDED_LATER)
    assert not found, "\n".join(found)


def test_the_measure_finds_what_is_quadratic():
    def squares(text: str) -> None:
        for _row in text if len(text) < 1000 else "":
            for _column in text:
                pass

    assert "lines of Python" in faults(squares, units=["a"])[0]
    trailing = re.compile(r"\s+$")
    assert "times as long" in faults(lambda text: trailing.search(text + "x"), units=[" "])[0]


def test_yaml_grows_with_the_text():
    def read(text: str) -> Any:
        with suppress(YamlError):
            return load_yaml(text)

    found = faults(read)
    assert not found, "\n".join(found)


def test_a_course_folder_grows_with_its_lessons(tmp_path):
    def folder(lessons: int) -> Path:
        place = tmp_path / str(lessons)
        (place / "lessons").mkdir(parents=True)
        keys = [f"l{number}" for number in range(lessons)]
        course = {"code": "c", "title": {"fr": "T"}, "summary": {"fr": "S"}, "hours": 2,
                  "modules": [{"key": "m", "title": {"fr": "M"}, "steps": [{"lesson": k} for k in keys]}]}  # fmt: skip
        (place / "course.yaml").write_text(json.dumps(course))
        for key in keys:
            lesson = f"---\ntitle: T\nslug: {key}\n---\n" + "Un **mot**.\n\n" * 3
            (place / "lessons" / f"{key}.fr.md").write_text(lesson)
        return place

    few, many = folder(10), folder(40)
    lines(lambda: read_course(few))  # warm
    assert lines(lambda: read_course(many)) < 5 * lines(lambda: read_course(few))


def sheet(rows: int, columns: int) -> bytes:
    book = Workbook()
    for row in range(rows):
        book.active.append([f"Awa {row} {column}" for column in range(columns)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def far_cell(row: int) -> bytes:
    """A sheet with one cell, far down: a few bytes that stand for many rows."""
    book = Workbook()
    book.active.cell(row=row, column=1, value="Awa Ndiaye")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("few", "many"),
    [(sheet(50, 3), sheet(200, 3)), (sheet(10, 10), sheet(10, 40)), (far_cell(100), far_cell(400))],
    ids=["rows", "columns", "empty rows"],
)
def test_a_spreadsheet_grows_with_its_cells(few, many):
    lines(lambda: read_table(few))  # warm
    assert lines(lambda: read_table(many)) < 5 * lines(lambda: read_table(few))


def test_a_cell_at_the_end_of_the_world_costs_nothing():
    assert lines(lambda: read_table(far_cell(1_000_000), max_rows=200)) < 100 * lines(lambda: read_table(far_cell(10)))


def test_a_sheet_that_unpacks_to_much_is_not_unpacked():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 9 * 1024 * 1024)
    assert lines(lambda: read_table(out.getvalue())) < 2000


def items_in_tasks(number: int) -> list[list[str]]:
    """A table of items to classify, with that many harmful labels and tasks."""
    labels = ",".join(f"l{n}" for n in range(number))
    return [["text", "task", f"label [harm: {labels}]"], *([f"t{n}", f"k{n}", f"l{n}"] for n in range(number))]


def test_a_table_of_items_grows_with_its_tasks_and_labels():
    lines(lambda: items.loads(items_in_tasks(20)))  # warm
    assert lines(lambda: items.loads(items_in_tasks(160))) < 5 * lines(lambda: items.loads(items_in_tasks(40)))


def answers_of_every_kind(number: int) -> dict[str, str]:
    """One question in GIFT with that many answers, of each type that a file can have them in."""
    counted = range(number)
    return {
        "one choice": "Q?{=r " + "".join(f"~%50%a{n} " for n in counted) + "}",
        "several answers": "Q?{" + "".join(f"~%50%a{n} " for n in counted) + "}",
        "short answers": "Q?{" + "".join(f"=%50%a{n}* " for n in counted) + "=b}",
        "numbers": "Q?{#=1 " + "".join(f"=%50%{n}:2 " for n in counted) + "}",
        "pairs": "Q?{" + "".join(f"=a{n} -> b{n} " for n in counted) + "}",
    }


@pytest.mark.parametrize("kind", answers_of_every_kind(2))
@pytest.mark.parametrize("few", [20, 400], ids=["as many as are taken", "more than are taken"])
def test_a_question_grows_with_its_answers(kind, few):
    short, long = (answers_of_every_kind(number)[kind].encode() for number in (few, 4 * few))
    lines(lambda: read_entries(short))  # warm
    assert lines(lambda: read_entries(long)) < 5 * lines(lambda: read_entries(short))
