"""Renditions, sound and video are public for ever; originals, documents and anything outside are not. Nothing runs."""

import io
import random
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, default_storage
from PIL import Image
from wagtail.documents import get_document_model

from lms.lib.files import SANDBOX, attachment, download_name
from lms.lib.filetypes import SHOWN, TYPES, UNKNOWN, type_of
from lms.lib.media import UnguessableNames, unguessable

AVIF = b"\0\0\0\x20ftypavif" + bytes(range(100))


def picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (20, 10)).save(file, kind)
    return file.getvalue()


SCRIPT = b"<html><script src=/static/vendor/htmx.js></script><body onload=alert(1)>"
CONTENT = {
    "avif": picture("AVIF"),
    "gif": picture("GIF"),
    "jpg": picture("JPEG"),
    "jpeg": picture("JPEG"),
    "png": picture("PNG"),
    "webp": picture("WEBP"),
    "mp3": b"ID3\x03\0\0\0\0\x0f\x76",
    "ogg": b"OggS\0\x02",
    "opus": b"OggS\0\x02",
    "m4a": b"\0\0\0\x18ftypM4A \0\0\0\0",
    "mp4": b"\0\0\0\x18ftypisom\0\0\0\0",
    "webm": b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm",
    "pdf": b"%PDF-1.7\n",
    "csv": b"a;b\n",
    "txt": b"plain",
}


def put(name: str, content: bytes) -> str:
    file = Path(settings.MEDIA_ROOT) / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return f"/media/{name}"


@pytest.fixture
def rendition() -> str:
    return put("images/a.avif", AVIF)


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_rendition_is_served_for_ever(client, rendition):
    response = client.get(rendition)
    assert "immutable" in response["Cache-Control"]
    assert response["Content-Type"] == "image/avif"
    assert body(response) == AVIF
    again = client.get(rendition, HTTP_IF_NONE_MATCH=response["ETag"])
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=10-19", 206, AVIF[10:20]),
        ("bytes=10-", 206, AVIF[10:]),
        ("bytes=-7", 206, AVIF[-7:]),
        ("bytes=-999999", 200, AVIF),
        ("bytes=100-999999", 206, AVIF[100:]),
        ("bytes=0-", 200, AVIF),
        ("bytes=5000-", 416, b""),
        ("bytes=-0", 416, b""),
        ("bytes=9-3", 200, AVIF),
        ("bytes=-", 200, AVIF),
        ("bytes=0-1,4-5", 200, AVIF),
        ("bytes=" + "9" * 400 + "-", 200, AVIF),
        ("bytes=\u0663-", 200, AVIF),
        ("lines=1-2", 200, AVIF),
    ],
)
def test_audio_players_may_ask_for_a_part(client, rendition, asked, status, part):
    response = client.get(rendition, HTTP_RANGE=asked)
    assert response.status_code == status
    assert body(response) == part
    assert response["Content-Security-Policy"] == SANDBOX


@pytest.mark.parametrize(
    "path",
    [
        "documents/x.pdf",
        "original_images/x.png",
        "images/../../secret_key",
        "images/.hidden",
        "images/none.avif",
        "images/..",
        "images/",
        "images",
        "images/a.avif/",
        "images/sub/a.avif",
        "media/x.html",
        "media/x.svg",
        "media/x.js",
        "media/x.avif.html",
        *(f"images/{quote(name)}" for name in (
            "a\0.avif", "\0", "a.avif\0", "a\n.avif", "a.avif\n", "a\x7f.avif", "\u202egpj.avif", "a\\..\\b.avif",
            "x" * 250 + ".avif", "x" * 5000 + ".avif", "é" * 150 + ".avif", "😀" * 60 + ".avif", "%2e%2e%2fx.avif",
        )),
        "images/%ff%fe.avif",
        "images/%ed%a0%80.avif",
        "%00",
        "%2e%2e/x.avif",
        "images%00/a.avif",
    ],
)  # fmt: skip
def test_everything_else_is_not_there(client, db, rendition, path):
    put("../secret_key", b"s")
    for name in ("x.html", "x.svg", "x.js"):
        put(f"media/{name}", SCRIPT)
    assert client.get(f"/media/{path}").status_code == 404


def test_no_name_breaks(client, db, rendition):
    """Anything that can stand in an address."""
    dice = random.Random(7)
    for _ in range(80):
        name = bytes(dice.choice((dice.randrange(256), 0, 46, 47, 0xED)) for _ in range(dice.randrange(1, 40)))
        for path in (f"/media/{quote(name)}", f"/media/images/{quote(name)}", f"/documents/1/{quote(name)}"):
            assert client.get(path).status_code == 404, path


@pytest.mark.parametrize("kind", sorted(CONTENT))
def test_types_are_those_of_the_content(kind):
    assert type_of(f"x.{kind}", io.BytesIO(CONTENT[kind])) in TYPES[kind]
    assert type_of(f"x.{kind.upper()}", io.BytesIO(CONTENT[kind])) in TYPES[kind]
    for other, content in CONTENT.items():
        if not set(TYPES[kind]) & set(TYPES[other]):
            assert type_of(f"x.{kind}", io.BytesIO(content)) == UNKNOWN, other


def test_no_type_of_the_table_runs():
    runs = ("html", "svg", "xml", "script", "xhtml", "css", "flash", "wasm", "json")
    kinds = {kind for kinds in TYPES.values() for kind in kinds}
    office = "openxmlformats"  # the word of the standard
    assert not [kind for kind in kinds if any(word in kind.replace(office, "") for word in runs)]


@pytest.mark.parametrize("kind", sorted(kind for kind in CONTENT if TYPES[kind][0].startswith(SHOWN)))
def test_a_file_that_is_two_things_at_once_is_the_harmless_one(client, db, kind):
    """GIF89a and a script after it, a script called .mp3: shown as what it begins as, in a sandbox, never run."""
    for content in (CONTENT[kind] + SCRIPT, SCRIPT, b"\n" + SCRIPT + CONTENT[kind], b"<svg onload=alert(1)>", b"x=1//"):
        response = client.get(put(f"media/{kind}.{kind}", content))
        body(response)
        assert response["Content-Security-Policy"] == SANDBOX
        assert response["X-Content-Type-Options"] == "nosniff"
        if content.startswith(CONTENT[kind]):
            assert response["Content-Type"] in TYPES[kind]
        else:
            assert response["Content-Type"] == UNKNOWN
            assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("name", ["a\r\nX: y.html", "x\0y.exe", "../../x.js", "é😀.html", "\ud800.html", "", '"; x="'])
def test_the_name_of_a_saved_file_is_only_a_name(name):
    header = attachment(name, UNKNOWN)
    assert header.startswith("attachment")
    assert not set("\r\n\0/\\") & set(header)
    assert ".html" not in header
    assert header.encode("latin-1")
    assert download_name(name, "0f.pdf").endswith(".pdf")


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200f", "\u061c", "\u200b", "\ufeff", "\u2028", "\x85"])
def test_no_sign_turns_the_name_of_a_saved_file_around(sign):
    """j<RLO>fdp.txt is shown as "jtxt.pdf"."""
    assert sign not in download_name(f"j{sign}fdp.txt", "0f.txt")
    assert quote(sign) not in attachment(f"j{sign}fdp.txt", "text/plain")
    assert quote(sign) not in attachment(f"j{sign}fdp.txt", UNKNOWN)


def test_names_are_forgotten_but_for_renditions_of_forgotten_names():
    original = unguessable("original_images/right-answer.PNG")
    assert original.endswith(".png")
    assert "right" not in original
    rendition = f"images/{original.rpartition('/')[2].removesuffix('.png')}.width-320.avif"
    assert unguessable(rendition) == rendition
    assert unguessable("media/right.mp3") != unguessable("media/right.mp3")
    assert unguessable("media/x.<b>").endswith(".b")
    assert "/" not in unguessable("x")


class Bucket(UnguessableNames, InMemoryStorage):
    """No FileSystemStorage, as django-storages' bucket is none."""


def test_a_remote_storage_is_served_through_the_same_door(client, db, monkeypatch):
    """No redirect: it would lose the headers."""
    bucket = Bucket()
    bucket.save("images/0.avif", ContentFile(AVIF))
    name = bucket.save(bucket.generate_filename("images/right.avif"), ContentFile(AVIF))
    assert "right" not in name
    monkeypatch.setattr("lms.lib.media.default_storage", bucket)
    response = client.get(f"/media/{name}", HTTP_RANGE="bytes=0-3")
    assert (response.status_code, body(response)) == (206, AVIF[:4])
    assert response["Content-Security-Policy"] == SANDBOX
    assert client.get("/media/images/b.avif").status_code == 404


def test_addresses_of_a_bucket_are_ours():
    pytest.importorskip("storages.backends.s3", reason="the extra s3 is not installed")
    from lms.lib.s3 import S3MediaStorage

    assert S3MediaStorage(bucket_name="x").url("images/a.avif") == "/media/images/a.avif"
    assert issubclass(S3MediaStorage, UnguessableNames)


def test_stored_names_are_unguessable_whatever_stores(db):
    saved = default_storage.save(default_storage.generate_filename("documents/right.txt"), ContentFile(b"x"))
    assert "right" not in saved
    document = get_document_model().objects.create(title="right", file=ContentFile(b"x", "right.txt"))
    assert "right" not in document.url
