"""Text is packed, pictures are not, and what was packed can be read."""

import gzip

import brotli
import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from lms.lib.compress import BrotliMiddleware

TEXT = ("Un relevé juste vaut mieux que deux relevés rapides. " * 40).encode()


def answer(body: bytes, content_type: str, accept: str = "gzip, br", **headers: str) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type, headers=headers)
    return BrotliMiddleware(lambda request: response)(RequestFactory().get("/", HTTP_ACCEPT_ENCODING=accept))


def test_text_is_packed_with_brotli():
    response = answer(TEXT, "text/html; charset=utf-8")
    assert response["Content-Encoding"] == "br"
    assert brotli.decompress(response.content) == TEXT
    assert response["Content-Length"] == str(len(response.content))
    assert "Accept-Encoding" in response["Vary"]


def test_old_browsers_get_gzip():
    response = answer(TEXT, "text/html", accept="gzip")
    assert gzip.decompress(response.content) == TEXT


def test_browsers_that_unpack_nothing_get_the_text():
    assert answer(TEXT, "text/html", accept="identity").content == TEXT


@pytest.mark.parametrize("content_type", ["image/avif", "application/pdf", "font/woff2", "application/zip"])
def test_what_is_packed_already_is_left_alone(content_type):
    assert not answer(TEXT, content_type).has_header("Content-Encoding")


def test_small_answers_are_left_alone():
    assert not answer(b"ok", "text/plain").has_header("Content-Encoding")


def test_a_strong_etag_becomes_weak():
    assert answer(TEXT, "text/html", ETag='"abc"')["ETag"] == 'W/"abc"'
