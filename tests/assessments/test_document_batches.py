"""A batch of documents comes in by one archive: each row checked, pictures with it, hostile archives refused."""

import io
import zipfile
from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from assessments.content import draft_content
from assessments.formats import documents
from assessments.import_entries import read_questions
from assessments.models import Question
from assessments.question_types import get_question_type
from lms.lib.parsing import UnreadableFileError
from tests.assessments.test_importing import add

HEAD = "picture;Nom;Date [date];Total [montant, critique];Tél. [téléphone SN];Code [exact]"
ROW = "{};SECK;11/07/1998;12 500 F;76 000 71 17;b7-{}"


def png(colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 20), colour).save(file, "PNG")
    return file.getvalue()


def batch(*rows: str, head: str = HEAD, encoding: str = "utf-8", **files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("lot/valeurs.csv", "\n".join([head, *rows]).encode(encoding))
        for name, content in {"1.png": png(), "2.png": png("blue"), **files}.items():
            made.writestr(f"lot/{name}", content)
    return file.getvalue()


def refused(content: bytes) -> list[tuple[int, str]]:
    entries, _files = read_questions(content)
    return [(fault.line, fault.what) for entry in entries for fault in entry.problems if fault.refused]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_each_row_is_a_document_with_its_picture(encoding: str) -> None:
    entries, files = read_questions(batch(ROW.format("1.png", 1), "", ROW.format("2.png", 2), encoding=encoding))
    assert [entry.usable for entry in entries] == [True, True]
    assert files == {"1.png": png(), "2.png": png("blue")}
    spec = entries[0].converted.spec
    assert spec["country"] == "SN"
    assert [(row["label"], row["kind"], row["gold"], row.get("critical", False)) for row in spec["fields"]] == [
        ("Nom", "text", "SECK", False), ("Date", "date", "11/07/1998", False), ("Total", "amount", "12 500 F", True),
        ("Tél.", "phone", "76 000 71 17", False), ("Code", "exact", "b7-1", False),
    ]  # fmt: skip
    assert get_question_type("data_entry").grade(spec, get_question_type("data_entry").gold(spec)).correct


@pytest.mark.parametrize(
    ("row", "what"),
    [
        (ROW.format("3.png", 1), "3.png"),
        (ROW.format("../1.png", 1), "../1.png"),
        (ROW.format("", 1), "not named"),
        (ROW.format("bad.png", 1), "bad.png"),
        (ROW.format("1.png", 1).replace("11/07/1998", "31/02/1998"), "31/02/1998"),
        (ROW.format("1.png", 1).replace("12 500 F", "douze"), "douze"),
        (ROW.format("1.png", 1).replace("SECK", "=HYPERLINK(1)"), "formula"),
        ("1.png;;;;;", "nothing to enter"),
    ],
)
def test_what_is_wrong_is_told_by_its_row_and_the_others_are_good(row: str, what: str) -> None:
    content = batch(ROW.format("2.png", 2), row, **{"bad.png": b"<svg onload=alert(1)>"})
    found = refused(content)
    assert [line for line, _what in found] == [3]
    assert what in found[0][1]
    entries, files = read_questions(content)
    assert [entry.usable for entry in entries] == [True, False]
    assert list(files) == ["2.png"]


def test_the_same_document_twice_is_told() -> None:
    assert [line for line, _what in refused(batch(ROW.format("1.png", 1), ROW.format("1.png", 2)))] == [3]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (batch("SECK", head="Nom"), "picture"),
        (batch("1.png", head="picture"), "field"),
        (batch("1.png;x", head="picture;Nom [colour]"), "colour"),
        (batch("1.png;x", head="picture;[date]"), "[date]"),
        (batch(ROW.format("1.png", 1), **{"b.csv": b"a;b"}), "2"),
        (batch(ROW.format("1.png", 1))[:200], "damaged"),
        (batch(*(["x"] * 600)), "500"),
        (batch("1.png;" + "x" * 4_000_000, head="picture;Nom"), "damaged"),
    ],
    ids=["no picture", "no field", "word", "no name", "two tables", "cut", "too many", "a bomb"],
)
def test_an_archive_that_is_no_batch_is_refused_in_words(content: bytes, what: str) -> None:
    with pytest.raises(UnreadableFileError, match=what.replace("[", r"\[")):
        read_questions(content)


class Nothing:
    def content(self, src: str) -> tuple[str, bytes]:
        return src, b""


@given(st.lists(st.lists(st.text(max_size=12), max_size=5), max_size=4))
def test_any_table_is_read_or_refused_in_words(rows: list[list[str]]) -> None:
    try:
        found = documents.loads([["picture", "Nom [exact]"], *rows], Nothing())  # type: ignore[arg-type]
    except UnreadableFileError as error:
        pytest.fail(str(error))
    assert len(found) == sum(any(row) for row in rows)
    with suppress(UnreadableFileError):
        documents.loads(rows, Nothing())  # type: ignore[arg-type]


@pytest.mark.pages
@pytest.mark.django_db
def test_a_batch_goes_into_a_bank_and_comes_again_as_the_same(site, trainer_client):
    def sent(*rows: str):
        return add(trainer_client, text="", file=SimpleUploadedFile("lot.zip", batch(*rows)), live="on")[1]

    assert sent(ROW.format("1.png", 1), ROW.format("2.png", 2), ROW.format("9.png", 9)).added == 2
    assert [question.image.width for question in Question.objects.all()] == [40, 40]
    content = draft_content(Question.objects.order_by("pk")[0])
    assert (content.type, content.image_alt) == ("data_entry", "Un document à saisir")
    assert "Saisissez ce document." in content.prompt  # the language of the bank, not of whoever imports
    run = sent(ROW.format("1.png", 1), ROW.format("2.png", 7))
    assert (run.added, run.known, run.renewed) == (0, 1, 1)
