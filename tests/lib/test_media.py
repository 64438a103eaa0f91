"""Renditions are public for ever; originals, documents and anything outside are not."""

from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture
def rendition() -> str:
    file = Path(settings.MEDIA_ROOT) / "images" / "a.avif"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bytes(range(100)))
    return "/media/images/a.avif"


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_a_rendition_is_served_for_ever(client, rendition):
    response = client.get(rendition)
    assert "immutable" in response["Cache-Control"]
    assert body(response) == bytes(range(100))


def test_audio_players_may_ask_for_a_part(client, rendition):
    response = client.get(rendition, HTTP_RANGE="bytes=10-19")
    assert response.status_code == 206
    assert body(response) == bytes(range(10, 20))


@pytest.mark.parametrize(
    "path",
    [
        "documents/x.pdf",
        "original_images/x.png",
        "images/../../secret_key",
        "images/.hidden",
        "images/none.avif",
    ],
)
def test_everything_else_is_not_there(client, db, rendition, path):
    secret = Path(settings.DATA_DIR) / "secret_key"
    secret.write_text("s")
    assert client.get(f"/media/{path}").status_code == 404
