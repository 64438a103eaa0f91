"""Calls to other hosts: HTTPS only, no redirects, short, and told apart by whether the other side may have heard us."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

TIMEOUT = 10  # seconds
MAX_ANSWER = 100_000  # bytes


class OutboundError(Exception):
    """The call failed and the other side did not act on it: it may be tried again."""


class UncertainError(OutboundError):
    """The call was sent and no answer came: whether the other side acted on it is unknown."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    def json(self) -> Any:
        """The body as JSON; ``{}`` when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return {}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def post(
    url: str, *, form: dict[str, str] | None = None, data: Any = None, headers: dict[str, str] | None = None,
    most: int = MAX_ANSWER,
) -> Answer:  # fmt: skip
    """POST a form, or ``data`` as JSON. Any status is an answer. Raises OutboundError or UncertainError."""
    body = urlencode(form).encode() if form is not None else json.dumps(data).encode()
    kind = "application/x-www-form-urlencoded" if form is not None else "application/json"
    sent = {"Content-Type": kind, "Accept": "application/json", **(headers or {})}
    return answer_to(url, most, data=body, headers=sent, method="POST")


def get(url: str, *, most: int = MAX_ANSWER) -> Answer:
    """GET, for what only wants to hear from us. Any status is an answer. Raises OutboundError or UncertainError."""
    return answer_to(url, most, method="GET")


def answer_to(url: str, most: int, **options: Any) -> Answer:
    """At most ``most`` bytes of it."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in settings.OUTBOUND_HTTP_HOSTS:
        raise OutboundError(f"not https: {parts.hostname}")
    request = urllib.request.Request(url, **options)  # noqa: S310  (https checked above)
    opener = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler())
    try:
        with opener.open(request, timeout=TIMEOUT) as answer:
            return Answer(answer.status, answer.read(most))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read(most))
    except urllib.error.URLError as error:
        raise OutboundError(type(error.reason).__name__) from error
    except (OSError, ValueError) as error:
        raise UncertainError(type(error).__name__) from error
