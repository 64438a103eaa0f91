"""Counting tries in the cache that every process shares, and whose tries they are."""

import time

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address the request came from; ``X-Forwarded-For`` is believed only as far as our own proxies reach."""
    hops = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return str(request.META.get("REMOTE_ADDR", ""))


def may_try(key: str, *, limit: int, seconds: int) -> bool:
    """Count one try under ``key``; False once ``limit`` tries were made in this window of ``seconds``."""
    cache = caches["shared"]
    window = int(time.time()) // seconds
    name = f"tries:{key}:{window}"
    cache.add(name, 0, timeout=seconds * 2)
    try:
        return int(cache.incr(name)) <= limit
    except ValueError:  # thrown out of the cache between the two calls
        return True
