"""Figures of referrals."""

from collections.abc import Iterator

from lms.lib.metrics import Figure, backlog, leases, register
from placement.services import sending


@register
def referrals() -> Iterator[Figure]:
    yield from backlog("referrals_waiting", "Referrals agreed to that are not sent", sending.to_send(), "due_at")
    yield from leases(sending.to_send())
