"""Keys of answers: issued by the server in order, so that an older form or queue entry never wins over a newer one.

A key is a UUID of version 7 (RFC 9562): milliseconds since 1970, then a fraction of one, then chance. As numbers, keys
have the order in which they were issued. Clocks of phones decide nothing, and neither does the order of arrival.
"""

import secrets
import time
from uuid import UUID

UNKNOWN = UUID(int=0)
"""The key of what came without one: older than every key we issued."""
CLOCKS_APART = 10 * 60 * 1000  # milliseconds between the clocks of two servers, at most
LAST_MOMENT = (1 << 60) - 1


def issue_key(*, after: UUID | None = None) -> UUID:
    """A key newer than every one issued before, and than ``after``, whatever our clock says."""
    moment = (time.time_ns() << 12) // 1_000_000
    if after is not None and is_issued(after):
        moment = max(moment, min(moment_of(after) + 1, LAST_MOMENT))
    milliseconds, fraction = moment >> 12, moment & 0xFFF
    chance = secrets.randbits(62)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | chance)


def is_issued(key: UUID) -> bool:
    """Whether it has the form of a key of ours. Others, such as those of forms shown by an earlier version, have no
    order.
    """
    return key.version == 7


def moment_of(key: UUID) -> int:
    """When it was issued, in 4096ths of a millisecond."""
    return (key.int >> 80) << 12 | (key.int >> 64) & 0xFFF


def is_newer(key: UUID, standing: UUID | None) -> bool:
    """Whether what comes with ``key`` replaces what stands. The same key replaces: it is the same form, sent again.

    What has no order replaces only nothing, and itself.
    """
    if standing is None or key == standing:
        return True
    if not is_issued(key):
        return False
    return not is_issued(standing) or key.int > standing.int


def read_key(text: str) -> UUID:
    """The key that was posted; ``UNKNOWN`` when it is missing or damaged, or of a time to come: we issued none such,
    and it would win over every form until then.
    """
    try:
        key = UUID(text)
    except ValueError:
        return UNKNOWN
    return UNKNOWN if is_issued(key) and moment_of(key) >> 12 > time.time() * 1000 + CLOCKS_APART else key


ROOM = 1 << 48


def issue_run(*, after: UUID | None = None) -> UUID:
    """The first of a run of keys, newer than all before: an offline phone counts on from it, by its last 12
    digits. Every key that is issued later is newer than all of the run.
    """
    key = issue_key(after=after)
    return UUID(int=key.int - key.int % ROOM)
