"""Ways a message leaves: each takes an ``OutboundMessage``, returns a ``Receipt`` or raises ``ChannelError``."""

import json
import logging
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone
from django.utils.module_loading import import_string

from lms.accounts.attachments import attachments_of
from lms.accounts.models import OutboundMessage
from lms.lib.smtp_answers import Fault, Verdict, verdict_of

logger = logging.getLogger(__name__)


class ChannelError(Exception):
    """This message could not be sent now; it is tried again later. The text names codes, never what a server wrote."""


class RefusedError(ChannelError):
    """The provider will never take this message, or may have taken an SMS already: it is not tried again."""


class DoubtfulError(ChannelError):
    """It was handed over and no answer came: it may have arrived. Tried again a few times, as the same message."""


class OutageError(ChannelError):
    """Nothing leaves by this way now, whoever it is for. ``by_us``: until somebody corrects a setting."""

    def __init__(self, text: str, *, by_us: bool = False) -> None:
        super().__init__(text)
        self.by_us = by_us


@dataclass(frozen=True)
class Receipt:
    provider: str
    provider_id: str = ""
    cost_micros: int = 0
    cost_currency: str = ""


class ChannelBackend(Protocol):
    def send(self, message: OutboundMessage) -> Receipt: ...


class AppChannel:
    """Messages read on the site: nothing leaves, the row is the message."""

    def send(self, message: OutboundMessage) -> Receipt:
        return Receipt("site")


_kept: ContextVar[Any] = ContextVar("kept connection to the mail server", default=None)


@contextmanager
def one_connection() -> Iterator[None]:
    """E-mails sent inside share one connection to the mail server, opened by the first of them."""
    connection = get_connection()
    token = _kept.set(connection)
    try:
        yield
    finally:
        _kept.reset(token)
        close_connection(connection)


def close_connection(connection: Any) -> None:
    """Whatever the server says to our goodbye: the messages before it stand."""
    with suppress(OSError, smtplib.SMTPException):
        connection.close()
    if getattr(connection, "connection", None) is not None:
        connection.connection = None


class EmailChannel:
    """Django's e-mail, by ``EMAIL_URL``: SMTP in production, files in ``DATA_DIR/mail`` by default."""

    def send(self, message: OutboundMessage) -> Receipt:
        kept = _kept.get()
        connection = get_connection() if kept is None else kept
        letter = letter_of(message)
        try:
            self.hand_over(letter, connection)
        except Exception as error:
            verdict = verdict_of(error)
            if verdict is None:
                raise
            raise channel_error(verdict) from error
        finally:
            if kept is None:
                close_connection(connection)
        return Receipt("smtp", letter.extra_headers["Message-ID"][:120])

    def hand_over(self, letter: EmailMessage, connection: Any) -> None:
        """Over an open connection, or a new one where the server has closed the kept one meanwhile."""
        was_open = getattr(connection, "connection", None) is not None
        try:
            connection.open()
            connection.send_messages([letter])
        except (smtplib.SMTPServerDisconnected, smtplib.SMTPSenderRefused) as error:
            close_connection(connection)
            if not was_open or getattr(error, "smtp_code", 421) != 421:
                raise
            connection.open()
            connection.send_messages([letter])
        except smtplib.SMTPRecipientsRefused as error:
            if any(code == 421 for code, _text in error.recipients.values()):
                close_connection(connection)
            raise
        except Exception:
            close_connection(connection)
            raise


def letter_of(message: OutboundMessage) -> EmailMessage:
    """The same letter at every try: who gets it twice after a try whose end is unknown has one Message-ID twice."""
    link = f"{settings.BASE_URL}{message.link}" if message.link.startswith("/") else ""
    text = f"{message.body}\n\n{link}\n" if link else message.body
    headers = {
        "Message-ID": f"<{message.pk}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}>",
        "Date": format_datetime(message.created_at),
        "Auto-Submitted": "auto-generated",  # RFC 3834: no answers of people who are away
    }
    letter = EmailMessage(message.subject, text, to=[message.address], headers=headers)
    for file in attachments_of(message):
        letter.attach(file.name, file.content, file.content_type)
    return letter


def channel_error(verdict: Verdict) -> ChannelError:
    logger.warning("e-mail not sent: %s (%s)", verdict.reason, verdict.fault.value)
    match verdict.fault:
        case Fault.RECIPIENT:
            return RefusedError(f"{REFUSED}{verdict.reason}")
        case Fault.DOUBTFUL:
            return DoubtfulError(verdict.reason)
        case Fault.SERVER | Fault.OURS:
            return OutageError(verdict.reason, by_us=verdict.fault is Fault.OURS)
        case _:
            return ChannelError(verdict.reason)


REFUSED = "refused: "
"""What ``stopped`` begins with where a mail server does not know the address."""


class FileSmsChannel:
    """The embedded default: SMS are written to ``DATA_DIR/sms.jsonl`` where a trainer or a test can read them.

    ``lms/accounts/purging.py`` begins a new file from time to time.
    """

    def send(self, message: OutboundMessage) -> Receipt:
        line = {"at": timezone.now().isoformat(), "to": message.address, "text": message.body}
        with (settings.DATA_DIR / "sms.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        return Receipt("file")


def get_channel(name: str) -> ChannelBackend:
    backend: ChannelBackend = import_string(settings.MESSAGE_BACKENDS[name])()
    return backend
