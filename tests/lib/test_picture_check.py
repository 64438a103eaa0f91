"""Every door that takes pictures says what is true of one that it refuses."""

import io
import re
import struct
import zlib
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from wagtailmedia.forms import get_media_form
from wagtailmedia.models import get_media_model

from assessments.illustrations import InFolder, InText
from cms.uploads import CheckedImageField
from courses.loading.folder import Folder
from lms.lib.picture_check import fault_of_picture
from lms.lib.picture_parts import has_too_many_parts


def png(width: int = 40, height: int = 20) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(file, "PNG")
    return file.getvalue()


def huge(width: int, height: int) -> bytes:
    """A picture that says it is so large; nobody reads on."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    made = b"".join(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
                    for kind, data in chunks)  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + made


def name_of(content: bytes) -> str:
    return "a.jpg" if content.startswith(b"\xff\xd8") else "a.png"


def in_folder(content: bytes, place: Path) -> str:
    (place / name_of(content)).write_bytes(content)
    folder = Folder(place)
    folder.has_media(name_of(content), "image", "course.yaml", 3)
    return " ".join(map(str, folder.problems))


def in_questions(content: bytes, place: Path) -> str:
    (place / name_of(content)).write_bytes(content)
    found = InFolder(place, place).content(name_of(content))
    return "" if isinstance(found, tuple) else f"{found.what} {found.remedy}"


def in_text(content: bytes, place: Path) -> str:
    found = InText().checked(name_of(content), content, name_of(content))
    return "" if isinstance(found, tuple) else f"{found.what} {found.remedy}"


def in_library(content: bytes, place: Path) -> str:
    try:
        CheckedImageField().clean(SimpleUploadedFile(name_of(content), content))
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def as_poster(content: bytes, place: Path) -> str:
    """Judged by its form, which asks the database for collections."""
    form = get_media_form(get_media_model())({"title": "x"}, {}, instance=get_media_model()(type="video"))
    form.changed_data, form.cleaned_data = ["thumbnail"], {"thumbnail": SimpleUploadedFile(name_of(content), content)}
    try:
        form.clean_thumbnail()
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


DOORS = [in_folder, in_questions, in_text, in_library, as_poster]


@pytest.fixture(autouse=True)
def collections(request):
    if getattr(request.node, "callspec", None) and request.node.callspec.params.get("door") is as_poster:
        request.getfixturevalue("db")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("size", [(20_000, 20_000), (8_001, 5_000)], ids=["pillow opens it not", "we take it not"])
def test_too_many_pixels_are_called_so_with_the_most_that_is_allowed(door, size, tmp_path):
    told = door(huge(*size), tmp_path)
    assert "40 million" in told or "40 millions" in told
    assert "1600" in told


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("size", [(40_000_000, 1), (1, 40_000_000), (10_001, 3), (3, 10_001)])
def test_a_long_side_is_called_so_whatever_the_area(door, size, tmp_path):
    told = door(huge(*size), tmp_path)
    assert re.search(r"10\W?000 pixels", told)
    assert "million" not in told


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("size", [(10_000, 2), (2, 10_000)])
def test_a_strip_within_the_limit_is_taken(door, size, tmp_path):
    assert door(png(*size), tmp_path) == ""


@pytest.mark.parametrize("door", DOORS)
def test_what_is_damaged_is_not_called_large(door, tmp_path):
    told = door(png()[:60], tmp_path)
    assert told
    assert "million" not in told
    assert door(png(), tmp_path) == ""


def many_scans(count: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (40, 20), 7).save(file, "JPEG", progressive=True)
    content = file.getvalue()
    return content[:-2] + content[content.rindex(b"\xff\xda") : -2] * count + content[-2:]


def many_segments(count: int) -> bytes:
    file = io.BytesIO()
    Image.new("L", (40, 20), 7).save(file, "JPEG")
    return file.getvalue()[:2] + b"\xff\xfe\x00\x03a" * count + file.getvalue()[2:]


def many_chunks(count: int) -> bytes:
    text = struct.pack(">I", 3) + b"tEXta\0b" + struct.pack(">I", zlib.crc32(b"tEXta\0b"))
    return png()[:33] + text * count + png()[33:]


BOMBS = [many_scans(101), many_segments(2_101), many_chunks(10_001)]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("content", BOMBS, ids=["scans", "segments", "chunks"])
def test_what_takes_long_to_decode_is_refused_before_anything_decodes_it(door, content, tmp_path, monkeypatch):
    """A JPEG of 40 kB with 2,000 scans took 15 seconds of whoever looked at it."""

    def open_it(*args, **kwargs):
        raise AssertionError("opened")

    monkeypatch.setattr("PIL.Image.open", open_it)
    assert re.search("more parts|plus de morceaux", door(content, tmp_path))


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("content", [many_scans(20), many_segments(255), many_chunks(2_000)])
def test_what_programs_write_is_taken(door, content, tmp_path):
    assert door(content, tmp_path) == ""


def test_a_film_behind_the_picture_of_a_phone_is_not_counted(tmp_path):
    """“Motion photos”: whatever its bytes look like."""
    file = io.BytesIO()
    Image.new("L", (40, 20), 7).save(file, "JPEG")
    assert fault_of_picture(io.BytesIO(file.getvalue() + b"\xff\xda\x00\x02" * 500)) is None


@given(content=st.binary(max_size=400), head=st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b""]))
def test_rubbish_ends(content, head):
    assert has_too_many_parts(io.BytesIO(head + content)) in (True, False)


def test_a_file_is_left_where_it_was():
    file = io.BytesIO(png())
    file.seek(0)
    assert fault_of_picture(file) is None
    assert file.tell() == 0


def test_pictures_are_judged_in_one_place():
    """A new door asks ``lms.lib.picture_check``; those that open pictures that are stored already are named."""
    opens = {"lms/lib/picture_check.py", "lms/lib/seams/files.py"}  # the second measures what was judged
    found = {
        path.relative_to(settings.BASE_DIR).as_posix()
        for app in ("lms", "cms", "courses", "assessments", "certificates", "placement")
        for path in Path(settings.BASE_DIR, app).rglob("*.py")
        if re.search(r"\bImage\.open\(", path.read_text())
    }
    assert found == opens
