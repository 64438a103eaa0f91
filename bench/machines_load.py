"""People who learn through the proxy, one thread each, and a ledger of everything that they were told was done.

Like a phone they send what failed again, with the key that makes it count once.
"""

import http.client
import re
import socket
import ssl
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from assessments.form_keys import issue_key
from bench.actors import TOKEN
from bench.services import NAME

PAUSE_SECONDS = 0.5  # to read
PATIENCE_SECONDS = 90
CLOSED = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)


class Asked(NamedTuple):
    at: float
    seconds: float
    status: int  # 0: no answer


@dataclass
class Ledger:
    asked: list[Asked] = field(default_factory=list)
    told: dict[str, list[Any]] = field(default_factory=lambda: {"done": [], "answers": [], "handed in": []})
    finished: int = 0
    faults: Counter[str] = field(default_factory=Counter)


class GaveUpError(Exception):
    """A learner who was never answered."""


class Learner:
    def __init__(self, port: int, certificate: Path, ledger: Ledger, is_over: Callable[[], bool]) -> None:
        self.port, self.ledger, self.is_over = port, ledger, is_over
        self.trust = ssl.create_default_context(cafile=str(certificate))
        self.link: http.client.HTTPConnection | None = None

    def connect(self) -> http.client.HTTPConnection:
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link = http.client.HTTPConnection(NAME, self.port, timeout=30)
        link.sock = self.trust.wrap_socket(plain, server_hostname=NAME)
        return link

    def once(self, method: str, path: str, headers: dict[str, str], body: str) -> tuple[int, str, str]:
        """(status, location, text); status 0 when nobody answered."""
        start, status, where, text = time.monotonic(), 0, "", ""
        for is_reused in [True, False] if self.link else [False]:
            try:
                self.link = self.link if is_reused and self.link else self.connect()
                self.link.request(method, path, body.encode() or None, headers)
                answer = self.link.getresponse()
                status, where = answer.status, answer.getheader("Location", "")
                text = answer.read().decode("utf8", "replace")
                self.link = None if answer.will_close else self.link
                break
            except CLOSED:
                self.link = None  # a connection that was kept is closed: browsers ask once more on a new one
            except (OSError, http.client.HTTPException):
                self.link = None
                break
        self.ledger.asked.append(Asked(start, time.monotonic() - start, status))
        return status, where, text

    def ask(self, method: str, path: str, cookies: str, **fields: str) -> tuple[str, str]:
        """(location, text) of the first answer that is none of a server in trouble."""
        headers = {"Host": NAME, "Cookie": cookies, "Referer": f"https://{NAME}/", "Accept": "text/html"}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode({"csrfmiddlewaretoken": TOKEN, **fields}) if method == "POST" else ""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            time.sleep(PAUSE_SECONDS)
            status, where, text = self.once(method, path, headers, body)
            if 0 < status < 400:
                return urlsplit(where).path, text
            if status and status < 500:
                self.ledger.faults[f"{status} {method} {re.sub(r'[0-9a-f-]{36}', 'ID', path)}"] += 1
                raise GaveUpError
        self.ledger.faults[f"never answered: {method} {path}"] += 1
        raise GaveUpError

    def learn(self, person: dict[str, Any]) -> None:
        """Two lessons, an assessment; each acknowledgement goes into the ledger."""
        cookies, told = person["cookies"], self.ledger.told
        for lesson in person["lessons"]:
            self.ask("GET", lesson, cookies)
            self.ask("POST", f"{lesson}done/", cookies)
            told["done"].append(person["enrolment"])
        path, _text = self.ask("POST", person["intro"], cookies)
        while re.search(r"/\d+/$", path):
            _where, text = self.ask("GET", path, cookies)
            choices = re.findall(r'type="radio" name="([^"]+)" value="([^"]+)"', text)
            button = re.search(r'name="go" value="([^"]+)"', text)
            assert choices, text[:300]
            assert button, text[:300]
            key, (name, value) = str(issue_key()), choices[0]
            path, _text = self.ask("POST", path, cookies, key=key, go=button[1], **{name: value})
            told["answers"].append(key)
        self.ask("POST", path, cookies)
        told["handed in"].append(person["enrolment"])
        self.ledger.finished += 1


class Class:
    """Many learners side by side, one person after another, until ``stop``."""

    def __init__(self, port: int, certificate: Path, people: list[dict[str, Any]], *, size: int) -> None:
        self.ledger, self.waiting, self.over = Ledger(), iter(people), threading.Event()
        self.lock = threading.Lock()
        self.ran_out = False
        learners = [Learner(port, certificate, self.ledger, self.over.is_set) for _number in range(size)]
        self.threads = [threading.Thread(target=self.go_on, args=[learner], daemon=True) for learner in learners]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def next(self) -> dict[str, Any] | None:
        with self.lock:
            return next(self.waiting, None)

    def go_on(self, learner: Learner) -> None:
        while not self.over.is_set():
            person = self.next()
            if person is None:
                self.ran_out = True
                return
            try:
                learner.learn(person)
            except GaveUpError:
                continue
            except Exception as error:  # noqa: BLE001  (told in the table)
                self.ledger.faults[f"{type(error).__name__}: {error}"[:300]] += 1

    def stop(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(PATIENCE_SECONDS + 30)

    def between(self, start: float, end: float) -> dict[str, Any]:
        """What people met in this time."""
        asked = [one for one in list(self.ledger.asked) if start <= one.at < end]
        answered = [one.seconds for one in asked if 0 < one.status < 500]
        return {
            "requests": len(asked),
            "503": sum(one.status == 503 for one in asked),
            "502": sum(one.status in {502, 504} for one in asked),
            "no answer": sum(not one.status for one in asked),
            "500": sum(one.status >= 500 and one.status not in {502, 503, 504} for one in asked),
            "p95": round(1000 * statistics.quantiles(answered, n=20)[18]) if len(answered) > 1 else 0,
        }
