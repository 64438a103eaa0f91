"""A line between a browser and the site that can be cut, or take everything and answer nothing."""

import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit


class Line:
    """``state``: "up", "down" (every connection is closed) or "silent" (it is accepted, and nothing comes back)."""

    def __init__(self, url: str) -> None:
        self.site = (urlsplit(url).hostname, urlsplit(url).port)
        self.state = "up"
        self.open: set[socket.socket] = set()
        self.asked: list[str] = []  # the first line of each request
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def become(self, state: str) -> None:
        self.state = state
        for end in list(self.open):
            self.cut(end)

    def cut(self, end: socket.socket) -> None:
        self.open.discard(end)
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()

    def accept(self) -> None:
        with suppress(OSError):
            while True:
                phone, _address = self.listener.accept()
                if self.state == "down":
                    phone.close()
                    continue
                self.open.add(phone)
                if self.state == "up":
                    threading.Thread(target=self.join, args=[phone], daemon=True).start()

    def join(self, phone: socket.socket) -> None:
        try:
            site = socket.create_connection(self.site)
        except OSError:
            self.cut(phone)
            return
        self.open.add(site)
        threading.Thread(target=self.copy, args=[site, phone], daemon=True).start()
        self.copy(phone, site)

    def copy(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if target.getpeername() == self.site and data[:4] in (b"GET ", b"POST"):
                    self.asked.append(data.split(b"\r\n")[0].decode())
                target.sendall(data)
        self.cut(source)
        self.cut(target)

    def close(self) -> None:
        self.become("down")
        self.listener.close()
