"""A way of sending that fails for everybody rests as a whole: the worker is not held up once for each message.

The row (``Outage``) is shared by all hosts. When the rest is over, the next message tries; what goes well
ends the outage.
"""

from datetime import timedelta

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Now

from lms.accounts.models import Outage
from lms.lib.leases import from_now

RESTS = [timedelta(seconds=seconds) for seconds in (30, 60, 120, 300, 600)]
"""After the first, second ... failure in a row; the last one from then on."""


def resting() -> QuerySet[Outage]:
    return Outage.objects.filter(rests_until__gt=Now())


def outage_of(channel: str) -> Outage | None:
    """The outage of this channel, with ``rests``: whether nothing should be tried yet."""
    rests = ExpressionWrapper(Q(rests_until__gt=Now()), output_field=BooleanField())
    return Outage.objects.filter(channel=channel).annotate(rests=rests).first()


def note(*, channel: str, error: str, by_us: bool) -> timedelta:
    """Nothing leaves by this way: how long it rests now."""
    row, _is_new = Outage.objects.get_or_create(channel=channel)
    rest = RESTS[min(row.tries, len(RESTS) - 1)]
    Outage.objects.filter(pk=row.pk).update(
        tries=min(row.tries + 1, 1_000_000), rests_until=from_now(rest), last_error=error[:300], by_us=by_us
    )
    return rest


def end(channel: str) -> None:
    Outage.objects.filter(channel=channel).delete()


def try_now() -> int:
    """Somebody has corrected something: do not wait for the end of the rest. How many ways are tried at once."""
    return resting().update(rests_until=Now())
