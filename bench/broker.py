"""What a dead broker costs the learner: they post their last lesson, which wakes a worker that nobody can reach.

``python -m bench.broker``: the same requests with the embedded broker, with one that refuses connections and with ones
that take them and never say a word; asserted as counts in tests/lib/test_publish.py.
"""

import http.client
import socket
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.actors import TOKEN
from bench.installation import Site, free_port
from bench.load import read

ALLOWED_SECONDS = 0.5
PEOPLE = 12


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes every connection and never answers."""
    kept: list[socket.socket] = []

    def take(listener: socket.socket) -> None:
        while True:
            try:
                kept.append(listener.accept()[0])
            except OSError:  # closed
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=take, args=[listener], daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    for connection in kept:
        connection.close()


def finish_course(port: int, person: dict[str, str]) -> float:
    """Seconds until the server has answered the post that completes their course."""
    body = f"csrfmiddlewaretoken={TOKEN}"
    headers = {"Cookie": person["cookies"], "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    start = time.perf_counter()
    connection.request("POST", person["done"], body, headers)
    status = connection.getresponse().status
    seconds = time.perf_counter() - start
    connection.close()
    assert status == 302, status
    return seconds


def slowest(site: Site, course: str, **env: str) -> tuple[float, float]:
    """(median, slowest) seconds of learners who finish ``course`` one after the other, at one web process."""
    people: list[dict[str, str]] = site.act("seed_finishers", course, PEOPLE)
    port = free_port()
    web = site.start_web(port, workers=1, **env)
    read(port, people[0]["lesson"], people[0]["cookies"], seconds=1)  # the process warm, nothing published yet
    taken = [finish_course(port, person) for person in people]
    site.stop(web)
    return statistics.median(taken), max(taken)


def measure(site: Site) -> dict[str, tuple[float, float]]:
    found = {"embedded broker": slowest(site, "embedded")}
    found["Redis refuses"] = slowest(site, "refused", CELERY_BROKER_URL=f"redis://127.0.0.1:{free_port()}")
    for scheme, name in (("redis", "Redis"), ("amqp", "RabbitMQ")):
        with silent_port() as port:
            url = f"{scheme}://127.0.0.1:{port}"
            found[f"{name} says nothing"] = slowest(site, scheme, CELERY_BROKER_URL=url)
    return found


def main() -> int:
    with Site(serves=True) as site:
        found = measure(site)
    show(found)
    return 0 if all(slow <= limit(found) for _median, slow in found.values()) else 1


def limit(found: dict[str, tuple[float, float]]) -> float:
    return found["embedded broker"][1] + ALLOWED_SECONDS


def show(found: dict[str, Any]) -> None:
    print(f"{PEOPLE} learners finish a course; at most {ALLOWED_SECONDS} s more without a broker")
    print(f"{'':24}{'median ms':>10}{'slowest ms':>12}")
    for name, (median, slow) in found.items():
        verdict = "kept" if slow <= limit(found) else "BROKEN"
        print(f"{name:24}{1000 * median:10.1f}{1000 * slow:12.1f}   {verdict}")


if __name__ == "__main__":
    raise SystemExit(main())
