"""What comes in as a picture, and what goes out of it."""

import io
import json
import struct
import zlib

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image as Pillow
from wagtail.documents import get_document_model
from wagtail.documents.forms import get_document_form
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtailmedia.forms import get_media_form
from wagtailmedia.models import get_media_model

PLACE = b"14.69 N 17.44 W"
DESCRIPTION = 0x010E


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
def test_a_broken_picture_is_refused_in_a_sentence(db, name, content):
    form = get_image_form(get_image_model())({"title": "x"}, {"file": SimpleUploadedFile(name, content)})
    assert form.errors["file"]


def test_a_whole_picture_is_taken(db):
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
        sent = {name: SimpleUploadedFile(f"{name}.mp3", b"x" * size) for name, size in files.items()}
        data = {"title": "Bonjour", "duration": 0}
        return get_media_form(get_media_model())(data, sent, instance=media or get_media_model()(type="audio")).errors

    def test_a_heavy_file_is_refused_with_both_sizes_and_a_remedy(self, db):
        with translation.override("en"):
            (text,) = self.errors(file=3072)["file"]
        assert "3.0\u00a0KB" in text
        assert "2.0\u00a0KB" in text
        assert "Save it smaller" in text
        video = get_media_model()(type="video")
        assert "thumbnail" in self.errors(video, thumbnail=3072)

    def test_a_light_file_is_taken(self, db):
        assert not self.errors(file=2048)

    def test_the_title_of_an_old_heavy_file_can_be_mended(self, db):
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


@pytest.mark.parametrize(
    ("name", "content", "is_taken"),
    [
        ("x.pdf", b"%PDF-1.7 ...", True),
        ("x.pdf", b"<html>", False),
        ("x.xlsx", b"PK\x03\x04...", True),
        ("x.docx", b"plain", False),
        ("x.txt", b"plain", True),
    ],
)
def test_a_document_is_what_its_name_says(db, name, content, is_taken):
    form = get_document_form(get_document_model())({"title": "x"}, {"file": SimpleUploadedFile(name, content)})
    assert ("file" not in form.errors) is is_taken
    if is_taken:
        assert form.save().file.read() == content


@pytest.mark.parametrize(("kind", "suffix"), [("images", ".png"), ("documents", ".txt")])
def test_a_long_name_in_accented_letters_fits_the_disk(site, sign_in, manager, kind, suffix):
    """A title that is too long as well makes Wagtail keep the file under its own name until the title is mended."""
    name = "é" * 240 + suffix
    files = {"files[]": SimpleUploadedFile(name, photo("PNG")), "title": "é" * 300}
    answer = sign_in(manager).post(f"/cms/{kind}/multiple/add/", files, headers={"X-Requested-With": "XMLHttpRequest"})
    assert json.loads(answer.content)["success"]
