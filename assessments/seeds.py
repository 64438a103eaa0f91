"""Seeds: what makes an attempt both random and repeatable.

An attempt stores one seed, made once. Everything shuffled in it derives from that seed and a purpose, so
the same page comes back after a reload, on another phone, or years later in a dispute. The seed stays on
the server: whoever knows it could undo the shuffling.
"""

from __future__ import annotations

import random
import secrets


def new_seed() -> int:
    """A fresh seed of 63 bits, which every database keeps in a big integer."""
    return secrets.randbits(63)


def rng_for(seed: int | str, *purpose: str) -> random.Random:
    """A generator for one purpose, for example `rng_for(attempt.seed, "face", item_key)`.

    Text seeds go through SHA-512, which is the same on every machine and version of Python.
    """
    return random.Random("\x1f".join([str(seed), *purpose]))  # noqa: S311 - repeatable on purpose
