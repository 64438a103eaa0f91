"""Each known kind of file is named by its content, whatever reader it is given to, with what to do."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from assessments.formats import gift
from assessments.import_entries import read_gift
from lms.lib.decoding import EncodingError, decode
from lms.lib.known_files import KINDS, recognise
from lms.lib.parsing import UnreadableFileError
from lms.lib.tables import TableError, read_table

READERS = {"gift": {"gift", "gift-archive"}, "table": {"csv", "xlsx"}}
SHARED = Path(__file__).parents[3] / "shared" / "data"


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def tar_gz(name: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as file:
        file.addfile(tarfile.TarInfo(name), io.BytesIO())
    return out.getvalue()


def office(part: str) -> bytes:
    return archive(**{"[Content_Types].xml": b"<Types/>", part: b"<x/>"})


def package(manifest: str) -> bytes:
    return archive(**{"imsmanifest.xml": manifest.encode(), "i.xml": b"<x/>"})


CCV1 = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
SAMPLES: list[tuple[str, bytes]] = [
    ("gift", b"::Q1::Un ? {=a ~b}"),
    ("gift", "Où ?{T}".encode("cp1252")),
    ("gift", "Où ? {Dakar =Thiès}".encode("utf-16")),
    ("gift", b"<p>Un ?</p>{\n=a\n~b\n}"),
    ("gift", b"$CATEGORY: a/b\n\nUn texte."),
    ("aiken", b"Un ?\nA) oui\nB) non\nANSWER: A\n"),
    ("moodle-xml", b'<?xml version="1.0"?>\n<!-- x -->\n<quiz>\n<question type="essay"/></quiz>'),
    ("moodle-xml", b"\xef\xbb\xbf<quiz></quiz>"),
    ("moodle-xml", '<?xml version="1.0" encoding="UTF-16"?><quiz></quiz>'.encode("utf-16")),
    ("items-table", "Texte;Étiquette [nuisible: Haine]\nBonjour;Rien".encode()),
    ("documents-archive", archive(**{"a/values.CSV": b"a;b", "a/b.png": b"x"})),
    ("gift-archive", archive(**{"a/questions.GIFT": b"Un ?{T}", "a/b.png": b"x"})),
    ("moodle-backup", archive(**{"moodle_backup.xml": b"<x/>", "files.xml": b""})),
    ("moodle-backup", tar_gz(".ARCHIVE_INDEX")),
    ("moodle-backup", tar_gz("moodle_backup.xml")),
    ("qti", b'<assessmentItem xmlns="x"></assessmentItem>'),
    ("qti", b'<?xml version="1.0"?><qti-assessment-test></qti-assessment-test>'),
    ("qti", b"<questestinterop/>"),
    ("qti", package('<manifest><resource type="imsqti_item_xmlv2p2"/></manifest>')),
    ("common-cartridge", package(f'<manifest xmlns="{CCV1}"><resource type="imsqti_xmlv1p2/x"/></manifest>')),
    ("scorm", package('<manifest xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"/>')),
    ("h5p", archive(**{"h5p.json": b"{}", "content/content.json": b"{}"})),
    ("xlsx", office("xl/workbook.xml")),
    ("docx", office("word/document.xml")),
    ("pptx", office("ppt/presentation.xml")),
    ("ods", archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet")),
    ("odt", archive(mimetype=b"application/vnd.oasis.opendocument.text")),
    ("archive", archive(**{"a.txt": b"x"})),
    ("archive", gzip.compress(b"x")),
    ("archive", b"7z\xbc\xaf\x27\x1c\x00"),
    ("damaged", b"PK\x03\x04 not a zip"),
    ("old-office", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 30),
    ("rtf", b"{\\rtf1\\ansi Un ?}"),
    ("pdf", b"%PDF-1.7\n"),
    ("image", b"\x89PNG\r\n\x1a\n"),
    ("image", b"\xff\xd8\xff\xe0"),
    ("image", b"BM\x00\x00\x00"),
    ("image", b"<svg xmlns='x'></svg>"),
    ("image", b"\x00\x00\x00\x18ftypheic"),
    ("media", b"ID3\x04\x00\x00"),
    ("media", b"\x00\x00\x00\x18ftypisom"),
    ("html", b"<!DOCTYPE html>\n<html><body>{=a}</body></html>"),
    ("html", b"<HTML><body></body></html>"),
    ("xml", b'<?xml version="1.0"?><other/>'),
    ("json", b'{"a": [1]}'),
    ("contacts", b"BEGIN:VCARD\nVERSION:3.0\nFN:Awa\nEND:VCARD\n"),
    ("csv", b"Nom;Telephone\nAwa;77\nBa;78\n"),
    ("csv", "Nom\tTéléphone\r\nAwa\t77\r\n".encode("utf-16")),
    ("program", b"MZ\x90\x00\x03"),
    ("binary", b"a\x00b"),
]


@pytest.mark.parametrize(("key", "content"), SAMPLES, ids=[f"{n}-{key}" for n, (key, _c) in enumerate(SAMPLES)])
def test_a_file_is_told_by_its_content(key: str, content: bytes) -> None:
    kind = recognise(content)
    assert kind is not None
    assert kind.key == key


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize("more", range(4))
def test_a_long_file_is_told_by_its_begin(encoding: str, more: int) -> None:
    content = ('<?xml version="1.0"?><quiz>' + "a" * more + "é" * 100_000).encode(encoding)
    for cut in (70_000, 70_001, len(content)):
        kind = recognise(content[:cut])
        assert kind is not None
        assert kind.key == "moodle-xml"


def test_a_long_archive_is_looked_into_though_its_begin_alone_was_read() -> None:
    content = archive(**{"moodle_backup.xml": b"<x/>", "files/a": b"x" * 100_000})
    kind = recognise(content[:1000], io.BytesIO(content))
    assert kind is not None
    assert kind.key == "moodle-backup"


def test_every_kind_has_a_sample() -> None:
    assert {key for key, _content in SAMPLES} == set(KINDS)


@pytest.mark.parametrize(
    "text", ["", "Racontez.", "Bonjour, Awa,\net merci.", "Nom\nAwa", "ID3", "BM", "MZ;a", "<b>x</b>"]
)
def test_a_text_without_a_shape_is_left_to_its_reader(text: str) -> None:
    assert recognise(text.encode()) is None


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("key", "content"), SAMPLES, ids=[f"{n}-{key}" for n, (key, _c) in enumerate(SAMPLES)])
def test_every_reader_names_what_is_not_its_own(key: str, content: bytes, language: str) -> None:
    with translation.override(language):
        words = f"{KINDS[key].what} {KINDS[key].remedy}"
        if key not in READERS["gift"]:
            with pytest.raises(UnreadableFileError) as refused:
                read_gift(content)
            assert str(refused.value) == words
            (problem,) = gift.loads(content).problems
            assert (problem.what, problem.remedy, problem.refused) == (KINDS[key].what, KINDS[key].remedy, True)
        if key not in READERS["table"]:
            with pytest.raises(TableError) as refused:
                read_table(content)
            assert str(refused.value) == words


def test_the_fields_own_files_are_named() -> None:
    if not SHARED.is_dir():
        pytest.skip("sample files are not at hand (shared/data)")
    expected = {**dict.fromkeys((SHARED / "moodle").glob("*.xml"), "moodle-xml"),
                **dict.fromkeys((SHARED / "qti" / "qti22").glob("*.xml"), "qti"),
                **dict.fromkeys((SHARED / "gift").glob("*.gift"), "gift"),
                **dict.fromkeys((SHARED / "moodle").glob("*.gift.txt"), "gift"),
                **dict.fromkeys((SHARED / "moodle").glob("*aiken*.txt"), "aiken")}  # fmt: skip
    assert len(expected) > 40
    found = {path: kind.key if (kind := recognise(path.read_bytes())) else "text" for path in expected}
    wrong = {path.name: key for path, key in found.items() if key != expected[path]}
    assert wrong == dict.fromkeys(["markdown.gift"], "text") or not wrong  # descriptions alone have no sign of GIFT


@given(st.binary(max_size=300) | st.sampled_from(SAMPLES).map(lambda sample: sample[1][:60]))
def test_no_bytes_at_all_confuse_it(content: bytes) -> None:
    recognise(content)
    try:
        decode(content)
    except EncodingError as error:
        assert error.line >= 1  # noqa: PT017


FRENCH = "Nom ; Prénom\nN’Diaye ; Aïssatou « Œuvre » 10 € à côté… ÇA"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_what_excel_and_notepad_write_is_read(encoding: str) -> None:
    assert decode(FRENCH.encode(encoding)) == FRENCH


@given(st.text(alphabet="abc éàçÉ\n", max_size=40))
def test_windows_1252_is_never_taken_for_something_else(text: str) -> None:
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850", "cp437"])
def test_an_unknown_encoding_is_refused_with_its_line(encoding: str) -> None:
    with translation.override("en"), pytest.raises(EncodingError, match="Line 2") as refused:
        decode("Nom\nAïssatou à côté, déjà, reçu\n".encode(encoding))
    assert "UTF-8" in refused.value.remedy


def test_a_spoilt_byte_in_utf_8_is_named_and_not_read_as_windows() -> None:
    with translation.override("en"), pytest.raises(EncodingError, match=r"Line 3.*UTF-8"):
        decode("é\n\nabc ".encode() + b"\xe9\n")


@pytest.mark.parametrize("word", ["Cœur", "œuf", "Œuvre", "L’HAŸ", "žena", "Kaže", "aš"])
def test_latin_9_is_not_read_as_windows_1252(word: str) -> None:
    """Its œ, Œ, Ÿ, š and ž stand where Windows-1252 has ½, ¼, ¾, ¨ and ¸, which nobody writes beside a letter."""
    text = f"Nom;Tél\nAwa;1\n{word} Diop;771234567\n".replace("’", "'")
    with translation.override("en"), pytest.raises(EncodingError, match="Line 3"):
        decode(text.encode("latin9"))


@pytest.mark.parametrize(
    "text",
    [
        "½ l de lait",
        "2½ h, 1 ¼",
        "¼, ½ et ¾",
        "5½-6",
        "2½h",
        "½kg de riz",
        "¼l, ¾h et ½L",
        "½m",
        "L´eau à 10 °C",
        "Œuf, cœur, HAŸ",
        "un ¨ seul",
    ],
)
def test_fractions_of_windows_1252_are_read(text: str) -> None:
    assert decode(text.encode("cp1252")) == text
