"""What comes in as a picture, and what goes out of it."""

import io
import json
import re
import struct
import zipfile
import zlib
from functools import cache
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image as Pillow
from wagtail.documents import get_document_model
from wagtail.documents.forms import get_document_form
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtailmedia.forms import get_media_form
from wagtailmedia.models import get_media_model

from cms.file_names import rename_guessable_files

pytestmark = pytest.mark.pages

MP3 = b"ID3\x04\0\0\0\0\0\0"
PLACE = b"14.69 N 17.44 W"
DESCRIPTION = 0x010E


@cache
def photo(kind: str) -> bytes:
    """With a place in its EXIF, as a phone takes it."""
    file, exif = io.BytesIO(), Pillow.Exif()
    exif[DESCRIPTION] = PLACE.decode()
    Pillow.effect_noise((900, 450), 40).convert("RGB").save(file, kind, exif=exif)
    return file.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def bomb() -> bytes:
    """1,600 million pixels in a few hundred bytes."""
    header = struct.pack(">IIBBBBB", 40_000, 40_000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 9000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bomb.png", bomb()),
        ("cut.png", photo("PNG")[:6000]),
        ("cut.jpg", photo("JPEG")[:6000]),
        ("html.png", b"<html>"),
    ],
    ids=["bomb", "cut png", "cut jpeg", "html"],
)
def test_a_broken_picture_is_refused_in_a_sentence(db, name, content, monkeypatch):
    monkeypatch.setattr("PIL.ImageFile.LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint leaves it, once it is imported
    form = get_image_form(get_image_model())({"title": "x"}, {"file": SimpleUploadedFile(name, content)})
    assert form.errors["file"]


def test_a_complete_picture_is_accepted(db):
    file = SimpleUploadedFile("whole.jpg", photo("JPEG"))
    assert "file" not in get_image_form(get_image_model())({"title": "x"}, {"file": file}).errors


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif"])
def test_where_a_photo_was_taken_is_not_published(db, kind):
    source = photo("JPEG" if kind != "png" else "PNG")
    assert PLACE in source
    image = get_image_model().objects.create(
        title="x", file=ContentFile(source, f"x.{'png' if kind == 'png' else 'jpg'}")
    )
    with image.get_rendition(f"width-320|format-{kind}").file.open("rb") as file:
        assert PLACE not in file.read()


class TestMedia:
    @pytest.fixture(autouse=True)
    def small(self, settings):
        settings.MEDIA_MAX_UPLOAD_SIZE = 2048

    def errors(self, media=None, **files: int):
        sent = {name: SimpleUploadedFile(f"{name}.mp3", MP3.ljust(size, b"x")) for name, size in files.items()}
        data = {"title": "Bonjour", "duration": 0}
        return get_media_form(get_media_model())(data, sent, instance=media or get_media_model()(type="audio")).errors

    def test_a_heavy_file_is_refused_with_both_sizes_and_a_remedy(self, db):
        with translation.override("en"):
            (text,) = self.errors(file=3072)["file"]
        assert "3.0\u00a0KB" in text
        assert "2.0\u00a0KB" in text
        assert "Make it smaller" in text
        video = get_media_model()(type="video")
        assert "thumbnail" in self.errors(video, thumbnail=3072)

    def test_a_light_file_is_taken(self, db):
        assert not self.errors(file=2048)

    def test_the_title_of_an_old_heavy_file_can_be_fixed(self, db):
        old = get_media_model().objects.create(type="audio", title="x", file=ContentFile(b"x" * 3072, "x.mp3"))
        assert not self.errors(media=old)

    def test_the_form_says_so_before(self, site, sign_in, manager):
        page = sign_in(manager).get("/cms/media/audio/add/").text
        assert "MP3, OGG, OPUS, M4A, 2,0\u00a0Kio au plus" in page
        assert 'name="tags"' not in page

    def test_a_wrong_kind_of_file_is_told_at_the_file_on_its_own_tab(self, site, sign_in, trainer):
        """The chooser came back with the search in front and the reason behind it."""
        sound = {"media-chooser-upload-title": "x", "media-chooser-upload-file": SimpleUploadedFile("x.wav", b"x")}
        answer = sign_in(trainer).post("/cms/media/audio/chooser/upload/", sound)
        html = json.loads(answer.content)["html"]
        assert 'active-panel-id-value="tab-upload-audio"' in html
        assert html.index("mp3, ogg") > html.index('for="id_media-chooser-upload-file"')


def office(part: str, content: str = "<x/>") -> bytes:
    """The same bytes at any time: they are in the names of tests, which every worker must collect alike."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo(part), content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "is_taken"),
    [
        ("x.pdf", b"%PDF-1.7 ...", True),
        ("x.pdf", b"<html>", False),
        ("x.xlsx", office("xl/workbook.xml"), True),
        ("x.docx", office("word/document.xml"), True),
        ("x.pptx", office("ppt/presentation.xml"), True),
        ("x.odt", office("mimetype", "application/vnd.oasis.opendocument.text"), True),
        ("x.ods", office("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), True),
        ("x.ods", office("mimetype", "application/vnd.oasis.opendocument.text"), False),
        ("x.xlsx", office("word/document.xml"), False),
        ("x.xlsx", b"PK\x03\x04...", False),
        ("x.csv", b"a;b\r\n\xe9;2", True),
        ("x.csv", b"\xff\xfea\0;\0", True),
        ("x.txt", b"MZ\x90\0\x03", False),
        ("x.txt", photo("PNG"), False),
        ("x.html", b"<script>", False),
        ("x.svg", b"<svg onload='alert(1)'/>", False),
        ("x.js", b"alert(1)", False),
        ("x.docx", b"plain", False),
        ("x.txt", b"plain", True),
    ],
)
def test_a_document_is_what_its_name_says(db, name, content, is_taken):
    form = get_document_form(get_document_model())({"title": "x"}, {"file": SimpleUploadedFile(name, content)})
    assert ("file" not in form.errors) is is_taken
    if is_taken:
        assert form.save().file.read() == content


HOSTILE = {
    "x.html": b"<script>alert(1)</script>",
    "x.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "x.js": b"alert(1)",
    "x.xml": b"<?xml version='1.0'?><x xmlns='http://www.w3.org/1999/xhtml'/>",
    "x.mp3": b"<html><script>alert(1)</script>",
    "x.ogg": b"<svg/>",
    "x.opus": b"alert(1)//",
    "x.m4a": b"<!doctype html>ftyp",
    "x.mp4": b"\0\0\0\x18html<html>",
    "x.webm": b"\x1a\x45\xdf\xa3<html>",
    "x.mp3.html": b"ID3\x04\0\0\0\0\0\0",
    "x": b"ID3\x04\0\0\0\0\0\0",
    "mp3": b"ID3\x04\0\0\0\0\0\0",
    "x.shtml": b"ID3\x04\0\0\0\0\0\0",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("claimed", ["audio/mpeg", "video/mp4", "text/html"])
def test_the_library_of_sound_and_video_takes_nothing_else(site, sign_in, manager, name, claimed):
    client, before = sign_in(manager), get_media_model().objects.count()
    for kind in ("audio", "video", "media"):
        sent = {"title": "x", "duration": 0, "file": SimpleUploadedFile(name, HOSTILE[name], claimed)}
        client.post(f"/cms/media/{kind}/add/", sent)
        chosen = {f"media-chooser-upload-{key}": value for key, value in sent.items()}
        chosen["media-chooser-upload-file"] = SimpleUploadedFile(name, HOSTILE[name], claimed)
        client.post(f"/cms/media/{kind}/chooser/upload/", chosen)
    assert get_media_model().objects.count() == before


def test_there_is_no_kind_of_media_that_takes_any_file(site, sign_in, manager):
    sound = {"title": "x", "duration": 0, "file": SimpleUploadedFile("x.mp3", MP3)}
    assert sign_in(manager).post("/cms/media/media/add/", sound).status_code == 404
    assert sign_in(manager).get("/cms/media/media/add/").status_code == 404
    assert not get_media_model().objects.exists()


def test_sound_is_no_video(site, sign_in, manager):
    client = sign_in(manager)
    client.post("/cms/media/video/add/", {"title": "x", "duration": 0, "file": SimpleUploadedFile("x.mp3", MP3)})
    assert not get_media_model().objects.exists()
    client.post("/cms/media/audio/add/", {"title": "x", "duration": 0, "file": SimpleUploadedFile("x.mp3", MP3)})
    assert get_media_model().objects.count() == 1


def test_files_forget_what_they_were_called(site, sign_in, manager):
    client = sign_in(manager)
    ajax = {"X-Requested-With": "XMLHttpRequest"}
    client.post(
        "/cms/images/multiple/add/",
        {"files[]": SimpleUploadedFile("right-answer.png", photo("PNG")), "title": "x"}, headers=ajax,
    )  # fmt: skip
    client.post(
        "/cms/documents/multiple/add/",
        {"files[]": SimpleUploadedFile("right-answer.txt", b"x"), "title": "x"}, headers=ajax,
    )  # fmt: skip
    client.post(
        "/cms/media/audio/add/", {"title": "x", "duration": 0, "file": SimpleUploadedFile("right-answer.mp3", MP3)}
    )
    image, document = get_image_model().objects.get(), get_document_model().objects.get()
    names = [
        image.file.name, image.get_rendition("width-320|format-webp").url, document.url,
        get_media_model().objects.get().url,
    ]  # fmt: skip
    assert not any("right" in name for name in names)
    assert all(re.search(r"/[0-9a-f]{24}\.", name) for name in names)


def test_files_stored_before_are_given_such_names(site):
    """As another version of this site left them on the disk and in the table."""
    image = get_image_model().objects.create(title="x", file=ContentFile(photo("PNG"), "x.png"))
    image.get_rendition("width-320|format-webp")
    document = get_document_model().objects.create(title="x", file=ContentFile(b"x", "x.txt"))
    storage = default_storage
    for row, name in ((image, "original_images/right-answer.png"), (document, "documents/right-answer.txt")):
        target = Path(storage.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        Path(row.file.path).rename(target)
        type(row).objects.filter(pk=row.pk).update(file=name)
    assert rename_guessable_files() == 2
    assert rename_guessable_files() == 0
    image, document = get_image_model().objects.get(), get_document_model().objects.get()
    assert "right" not in image.file.name + document.file.name
    assert image.get_rendition("width-320|format-webp").file.size
    assert document.file.read() == b"x"
    assert not storage.exists("documents/right-answer.txt")


@pytest.mark.parametrize(("kind", "suffix"), [("images", ".png"), ("documents", ".txt")])
def test_a_long_name_in_accented_letters_fits_the_disk(site, sign_in, manager, kind, suffix):
    """A title that is too long as well makes Wagtail keep the file under its own name until the title is fixed."""
    name = "é" * 240 + suffix
    content = photo("PNG") if kind == "images" else b"plain"
    files = {"files[]": SimpleUploadedFile(name, content), "title": "é" * 300}
    answer = sign_in(manager).post(f"/cms/{kind}/multiple/add/", files, headers={"X-Requested-With": "XMLHttpRequest"})
    assert json.loads(answer.content)["success"]


@pytest.mark.parametrize(("name", "content"), [("x.pdf", b"MZ"), ("vide.txt", b"")])
def test_a_refused_document_is_refused_for_one_reason(db, name, content):
    form = get_document_form(get_document_model())({"title": "x"}, {"file": SimpleUploadedFile(name, content)})
    assert len(form.errors["file"]) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "stays"), [("malade", ""), ("malade.png", ""), ("Mon écran", "Mon écran")])
def test_a_refused_picture_leaves_no_title_for_the_next(typed, stays):
    """The editor writes the name of a file into an empty title only."""
    form = get_image_form(get_image_model())({"title": typed}, {"file": SimpleUploadedFile("malade.png", b"<html>")})
    assert "file" in form.errors
    assert form["title"].value() == stays


@pytest.mark.django_db
def test_a_refused_recording_and_document_leave_no_title_either():
    sound = get_media_model()(type="audio")
    media = get_media_form(get_media_model())(
        {"title": "voix"}, {"file": SimpleUploadedFile("voix.mp3", b"<html>")}, instance=sound
    )
    document = get_document_form(get_document_model())(
        {"title": "fiche"}, {"file": SimpleUploadedFile("fiche.pdf", b"<html>")}
    )
    for form in (media, document):
        assert "file" in form.errors
        assert form["title"].value() == ""
