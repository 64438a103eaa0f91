"""A page kept for everyone in the same state holds each person's own token and nobody's messages."""

import pytest
from django.contrib import messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import RequestFactory

from lms.lib.frames import framed


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


def draw_for(request, drawn: list):
    def draw(token: str) -> str:
        drawn.append(1)
        said = " ".join(str(message) for message in messages.get_messages(request))
        return f"<p>{said}</p><input value='{token}'>"

    return draw


def test_drawn_once_with_a_token_of_her_own(request_of):
    drawn: list = []
    first, second = (request_of() for _number in range(2))
    one = framed(first, "k", draw_for(first, drawn))
    two = framed(second, "k", draw_for(second, drawn))
    assert len(drawn) == 1
    assert one.content != two.content
    assert len(first.META["CSRF_COOKIE"]) == 32
    assert b"the-token" not in one.content + two.content


def test_a_message_is_shown_once_and_never_kept(request_of):
    drawn: list = []
    hers, other = request_of("Well done"), request_of()
    assert b"Well done" in framed(hers, "m", draw_for(hers, drawn)).content
    assert b"Well done" not in framed(other, "m", draw_for(other, drawn)).content
    assert len(drawn) == 2
