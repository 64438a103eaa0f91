"""The nginx file of docs/operations/files before several web hosts, one of which is gone: played by small servers."""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.installation import free_port
from bench.services import NAME, Nginx, find

pytestmark = [
    pytest.mark.drill,
    pytest.mark.xdist_group("kills"),
    pytest.mark.skipif(find("nginx") is None, reason="needs nginx: sudo apt-get install -y nginx-light"),
]


class Heard(BaseHTTPRequestHandler):
    """Answers, or breaks the connection off once it has heard everything."""

    breaks = False
    requests: list[str]

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        type(self).requests.append(self.command)
        if self.breaks:
            self.close_connection = True
            return
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_POST = do_GET  # noqa: N815

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def servers() -> Iterator[list[type[Heard]]]:
    yield (kinds := [])
    for kind in kinds:
        kind.server.shutdown()
        kind.server.server_close()


@pytest.fixture
def begin(tmp_path, servers):
    started: list[Nginx] = []

    def begin(*ports: int) -> Nginx:
        started.append(Nginx(tmp_path, list(ports)))
        started[0].start()
        return started[0]

    yield begin
    for nginx in started:
        nginx.stop()


def serve(servers: list[type[Heard]], *, breaks: bool = False) -> type[Heard]:
    kind = type("Host", (Heard,), {"breaks": breaks, "requests": []})
    kind.server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=kind.server.serve_forever, daemon=True).start()
    servers.append(kind)
    return kind


def ask(nginx: Nginx, method: str) -> int:
    trust = ssl.create_default_context(cafile=str(nginx.folder / "fullchain.pem"))
    link = http.client.HTTPConnection(NAME, nginx.port)
    link.sock = trust.wrap_socket(socket.create_connection(("127.0.0.1", nginx.port), timeout=20), server_hostname=NAME)
    link.request(method, "/", body=b"answer=1" if method == "POST" else None)
    status = link.getresponse().status
    link.close()
    return status


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_a_host_that_is_gone_never_got_goes_to_the_next(servers, begin, method):
    host = serve(servers)
    nginx = begin(free_port(), host.server.server_port)
    assert {ask(nginx, method) for _time in range(6)} == {200}
    assert host.requests == [method] * 6


def test_what_was_posted_to_a_host_that_broke_off_is_not_sent_again(servers, begin):
    """It may have been done. Whoever sent it sends it again, with the key that makes it count once."""
    host, other = serve(servers, breaks=True), serve(servers)
    nginx = begin(host.server.server_port, other.server.server_port)
    statuses = [ask(nginx, "POST") for _time in range(2)]
    assert sorted(statuses) == [200, 502]
    assert (host.requests, other.requests) == (["POST"], ["POST"])


def test_a_page_is_asked_for_again_from_the_next_host(servers, begin):
    host, other = serve(servers, breaks=True), serve(servers)
    nginx = begin(host.server.server_port, other.server.server_port)
    assert {ask(nginx, "GET") for _time in range(4)} == {200}
