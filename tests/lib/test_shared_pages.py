"""A page kept for everyone in the same state holds each person's own token and nobody's messages."""

import importlib

import pytest
from django.contrib import messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import RequestFactory

from lms.lib import shared_pages
from lms.lib.shared_pages import shared_page


@pytest.fixture
def request_of():
    def build(text: str = ""):
        request = RequestFactory().get("/")
        request.session = {}
        request._messages = FallbackStorage(request)
        if text:
            messages.info(request, text)
        return request

    return build


def renderer_for(request, rendered: list):
    def render(token: str) -> str:
        rendered.append(1)
        shown = " ".join(str(message) for message in messages.get_messages(request))
        return f"<p>{shown}</p><input value='{token}'>"

    return render


def test_rendered_once_with_a_token_of_their_own(request_of):
    rendered: list = []
    first, second = (request_of() for _number in range(2))
    one = shared_page(first, "k", renderer_for(first, rendered))
    two = shared_page(second, "k", renderer_for(second, rendered))
    assert len(rendered) == 1
    assert one.content != two.content
    assert len(first.META["CSRF_COOKIE"]) == 32
    assert shared_pages.TOKEN.encode() not in one.content + two.content


def test_no_author_can_write_the_place_of_the_token(request_of):
    """In a link of a lesson it would send every reader's token to another site."""
    before = shared_pages.TOKEN
    after = importlib.reload(shared_pages).TOKEN  # as the next process has it
    assert before != after
    assert len(after) > 32
    request = request_of()
    written = f"<a href='https://x.example/?t={before}'>"
    page = shared_pages.shared_page(request, "l", lambda token: f"{written}<input value='{token}'>").content.decode()
    assert written in page
    assert after not in page


def test_a_message_is_shown_once_and_never_kept(request_of):
    rendered: list = []
    own, other = request_of("Well done"), request_of()
    assert b"Well done" in shared_page(own, "m", renderer_for(own, rendered)).content
    assert b"Well done" not in shared_page(other, "m", renderer_for(other, rendered)).content
    assert len(rendered) == 2
