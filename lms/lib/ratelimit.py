"""Counting tries in the cache that every process shares, and whose tries they are."""

import hashlib
import ipaddress
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest

LOCK_SECONDS = 10  # a dead holder's lock goes by itself
WAIT_SECONDS = 1.0
IPV6_NETWORK = 64  # bits: one household or phone has a whole network of addresses


def client_address(request: HttpRequest) -> str:
    """The address the request came from; ``X-Forwarded-For`` is believed only as far as our own proxies reach."""
    hops = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return str(request.META.get("REMOTE_ADDR", ""))


def client_network(request: HttpRequest) -> str:
    """``client_address``, and for IPv6 the network it belongs to."""
    text = client_address(request)
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:  # of a server that hears both kinds at one door: a network of IPv6 holds all of IPv4
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network(f"{address}/{IPV6_NETWORK}", strict=False).network_address)
    return text


def current_window(seconds: int) -> int:
    """How many windows of ``seconds`` have passed since 1970."""
    return int(time.time()) // seconds


def may_try(key: str, *, limit: int, seconds: int) -> bool:
    """Count one try under ``key``; False once ``limit`` tries were made in this window of ``seconds``.

    ``key`` names a person or an e-mail address. A network address stands for a whole class: only what is wrong is
    counted by it (tests/test_limits.py).
    """
    cache = caches["shared"]
    name = f"tries:{hashlib.sha256(key.encode()).hexdigest()}:{current_window(seconds)}"
    cache.add(name, 0, timeout=seconds * 2)
    try:
        return int(cache.incr(name)) <= limit
    except ValueError:  # thrown out of the cache between the two calls
        return True


@dataclass(frozen=True)
class Limit:
    """At most ``amount`` tries in any ``seconds``."""

    amount: int
    seconds: int


class Tries:
    """The tries under one key, each with its moment. Those before ``since`` (seconds since 1970) are forgiven.

    A try is taken before its outcome is known and given back when it was right: any number of guesses made at the same
    moment count as so many.
    """

    def __init__(self, key: str, limits: Sequence[Limit], since: float = 0.0) -> None:
        self.name = "guesses:" + hashlib.sha256(key.encode()).hexdigest()
        self.limits, self.since = limits, since

    def take(self) -> float | None:
        """The moment under which this try is counted, or None when it must wait."""
        with self.locked() as is_mine:
            now = time.time()
            moments = self.moments(now)
            if not is_mine or self.left(moments, now) > 0:
                return None
            while now in moments:  # a clock of coarse steps
                now = math.nextafter(now, math.inf)
            self.write([*moments, now])
            return now

    def give_back(self, moment: float) -> None:
        """This try was right: it counts no more. Left counted when the lock is not free: that is only stricter."""
        with self.locked() as is_mine:
            if is_mine:
                self.write([one for one in self.moments(time.time()) if one != moment])

    def seconds_left(self) -> int:
        """Until the next try is allowed, 0 when it is now. The longest of the limits counts."""
        now = time.time()
        return math.ceil(self.left(self.moments(now), now))

    def moments(self, now: float) -> list[float]:
        """Tries that may still count, oldest first."""
        longest = max(limit.seconds for limit in self.limits)
        kept = caches["shared"].get(self.name, [])
        if not isinstance(kept, list):
            return []
        return [
            moment
            for moment in kept
            if isinstance(moment, int | float) and moment > now - longest and moment > self.since
        ]

    def left(self, moments: list[float], now: float) -> float:
        wait = 0.0
        for limit in self.limits:
            recent = [moment for moment in moments if moment > now - limit.seconds]
            if len(recent) >= limit.amount:
                wait = max(wait, recent[-limit.amount] + limit.seconds - now)
        return wait

    def write(self, moments: list[float]) -> None:
        caches["shared"].set(self.name, moments, max(limit.seconds for limit in self.limits))

    @contextmanager
    def locked(self) -> Iterator[bool]:
        """True for the one caller who may change the tries now; False when the lock stays taken for a second."""
        cache, name, pause = caches["shared"], f"{self.name}:lock", 0.005
        until = time.monotonic() + WAIT_SECONDS
        while not cache.add(name, 1, timeout=LOCK_SECONDS):
            if time.monotonic() > until:
                yield False
                return
            time.sleep(pause)
            pause = min(pause * 2, 0.1)
        try:
            yield True
        finally:
            cache.delete(name)
