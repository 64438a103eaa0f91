"""A real SMTP server on a free port of this machine that answers what a test tells it to."""

import asyncio
import socket
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

HANG_UP, STALL = "hang up", "stall"


class MailServer:
    """``answers["RCPT"]`` are the next answers to RCPT TO, first come first served; then everything is taken.

    ``HANG_UP`` cuts the connection, ``STALL`` says nothing for longer than anybody waits; ``"250 OK", HANG_UP`` in one
    tuple takes the message first.
    """

    def __init__(self) -> None:
        self.answers: dict[str, deque[Any]] = defaultdict(deque)
        self.letters: list[Message] = []
        self.to: list[str] = []
        self.connections = 0
        self.on_taken: Any = None
        self.port = free_port()

    def url(self, login: str = "") -> str:
        return f"smtp://{login}127.0.0.1:{self.port}"

    def ids(self) -> list[str]:
        return [letter["Message-ID"] for letter in self.letters]

    async def answer(self, stage: str, server: Any) -> str | None:
        if not self.answers[stage]:
            return None
        answer = self.answers[stage].popleft()
        if answer == STALL:
            await asyncio.sleep(30)
        if answer == HANG_UP:
            server.transport.abort()
            await asyncio.sleep(0.05)
        return answer

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, name: str, responses: list[str]) -> list[str]:
        self.connections += 1
        session.host_name = name
        answer = await self.answer("EHLO", server)
        return [answer] if answer else responses

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        answer = await self.answer("MAIL", server)
        if answer is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer or "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        answer = await self.answer("RCPT", server)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answers = self.answers["DATA"]
        if answers and answers[0] == (STALL,):  # it takes the letter, and does not say so in time
            answers[0] = STALL
            self.take(envelope)
        answer = await self.answer("DATA", server)
        if answer is None:
            self.take(envelope)
        return answer or "250 OK"

    def take(self, envelope: Any) -> None:
        self.letters.append(message_from_bytes(envelope.content))
        self.to += envelope.rcpt_tos


@contextmanager
def mail_server(**options: Any) -> Iterator[MailServer]:
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=server.port, **options)
    controller.start()
    server.connections = 0  # the controller tries itself
    try:
        yield server
    finally:
        controller.stop()


def refuse_sign_in(*args: Any) -> AuthResult:
    return AuthResult(success=False, handled=False)


@contextmanager
def silent_server() -> Iterator[int]:
    """Accepts every connection and never says a word; its port."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    taken.append(listener.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)
    for connection in taken:
        connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
