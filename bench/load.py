"""Load over a handful of keep-alive connections: wrk for plain reading where it is installed, else our own client.

Our client is one process and one selector; a *visitor* is a generator that yields requests and is sent the replies.
It spends about 60 µs on a request: for rates far above 3,000/s it would measure itself.
"""

import json
import re
import selectors
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Reply(NamedTuple):
    status: int
    head: bytes
    body: bytes


class Request(NamedTuple):
    kind: str  # latencies are kept by kind
    raw: bytes


Visitor = Generator[Request, Reply, None]


@dataclass
class Rate:
    """What was measured: requests per second, and milliseconds at two places of the distribution."""

    per_second: float
    p50: float
    p95: float
    failed: int = 0
    counts: Counter[str] = field(default_factory=Counter)


def get(path: str, cookies: str = "") -> bytes:
    return http("GET", path, cookies)


def http(method: str, path: str, cookies: str = "", body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: br", "Accept: text/html"]
    if cookies:
        lines.append(f"Cookie: {cookies}")
    if method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def read_only(path: str, cookies: str = "") -> Visitor:
    request = Request("get", get(path, cookies))
    while True:
        yield request


class Connection:
    """One keep-alive connection and the visitor who uses it."""

    def __init__(self, port: int, visitor: Visitor) -> None:
        self.visitor, self.port = visitor, port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = next(visitor)
        self.buffer = b""
        self.sent_at = 0.0

    def send(self) -> None:
        self.buffer, self.sent_at = b"", time.perf_counter()
        self.socket.sendall(self.request.raw)

    def receive(self) -> Reply | None:
        """The reply once it is whole."""
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("the server closed the connection")
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return None
        length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        if len(body) < (int(length[1]) if length else 0):
            return None
        return Reply(int(head[9:12]), head, body)


def drive(port: int, visitors: list[Visitor], seconds: float) -> Rate:
    """Let the visitors work side by side for ``seconds``; the rate is of all requests together."""
    selector, taken = selectors.DefaultSelector(), defaultdict(list)
    failed, start = 0, time.perf_counter()
    open_connections = 0
    for visitor in visitors:
        connection = Connection(port, visitor)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send()
        open_connections += 1
    while open_connections and time.perf_counter() - start < seconds:
        for key, _events in selector.select(timeout=1):
            connection = key.data
            reply = connection.receive()
            if reply is None:
                continue
            taken[connection.request.kind].append(time.perf_counter() - connection.sent_at)
            failed += reply.status >= 400
            try:
                connection.request = connection.visitor.send(reply)
            except StopIteration:
                selector.unregister(connection.socket)
                open_connections -= 1
                continue
            connection.send()
    elapsed = time.perf_counter() - start
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    every = [value for values in taken.values() for value in values]
    counts = Counter({kind: len(values) for kind, values in taken.items()})
    return Rate(len(every) / elapsed, *places(every), failed, counts)


def places(seconds: list[float]) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    if len(seconds) < 2:
        return 0.0, 0.0
    cut = statistics.quantiles(seconds, n=20)
    return cut[9] * 1000, cut[18] * 1000


WRK = """
wrk.headers["Accept-Encoding"] = "br"
done = function(summary, latency, requests)
  io.write(string.format('RESULT {"n": %d, "us": %d, "p50": %d, "p95": %d, "bad": %d}\\n', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(95), summary.errors.status + summary.errors.read))
end
"""


def read(port: int, path: str, cookies: str = "", *, seconds: float = 4, connections: int = 8) -> Rate:
    """Read one address over and over."""
    if shutil.which("wrk") is None:
        return drive(port, [read_only(path, cookies) for _number in range(connections)], seconds)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "done.lua"
        script.write_text(WRK + (f'wrk.headers["Cookie"] = "{cookies}"\n' if cookies else ""))
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "-s", str(script)]
        out = subprocess.run(
            [*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True
        ).stdout
    result = json.loads(out.rpartition("RESULT ")[2])
    return Rate(result["n"] / (result["us"] / 1e6), result["p50"] / 1000, result["p95"] / 1000, result["bad"])
