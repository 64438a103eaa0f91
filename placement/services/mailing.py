"""News that waits: until people are awake, and, for those who want one e-mail a day, until the digest of the day.

What was held back stands in its row (``stopped`` is ``HELD``) until the digest takes it: one row a message, as ever.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lms.accounts import quiet
from lms.accounts.enums import Channel
from lms.accounts.messages import DIGEST, NO_LONGER_TRUE, STILL_TRUE, loud, queue_message
from lms.accounts.models import OutboundMessage, User
from lms.accounts.recipient import in_language_of
from lms.lib import sweeps
from placement.email_frequency import EmailFrequency

HELD, GONE = "held for the digest", "sent in a digest"
MOST_LINES = 100  # of one digest; what is left is in the next


def settle(rows: Iterable[OutboundMessage], *, user: User, pace: str, urgent: bool = False,
           before: datetime | None = None) -> None:  # fmt: skip
    """What becomes of e-mails and SMS that were just written: now, in the morning, or in the digest.

    ``urgent`` goes into no digest; ``before``: when it is of no use any more, for which people are woken.
    """
    waiting = loud(rows)
    if pace == EmailFrequency.DAILY and not urgent:
        waiting.update(stopped=HELD)
        return
    wakes_at = quiet.quiet_until(user.time_zone)
    if wakes_at is not None and (before is None or wakes_at < before):
        waiting.update(due_at=wakes_at)


def pace_of(user: User) -> str:
    """Of a learner."""
    profile = getattr(user, "candidate_profile", None)
    return profile.mails if profile else EmailFrequency.DAILY


def to_digest(now: datetime) -> QuerySet[User]:
    """People with news that was held back before the hour of the latest digest in their zone."""
    held = User.objects.filter(messages__stopped=HELD, messages__sent_at=None)
    zones = held.order_by().values_list("time_zone", flat=True).distinct()
    due = Q(pk=None)
    for name in zones:
        due |= Q(time_zone=name, messages__created_at__lt=quiet.last_digest(name, now))
    return held.filter(due).distinct()


@transaction.atomic
def send_digest(user_id: Any, now: datetime) -> bool:
    """One e-mail, and one SMS where SMS are used, with everything that waited. False when nothing is left to tell."""
    user = User.objects.get(pk=user_id)
    moment = quiet.last_digest(user.time_zone, now)
    rows = OutboundMessage.objects.filter(user=user, stopped=HELD, sent_at=None, created_at__lt=moment)
    by_channel: dict[str, list[OutboundMessage]] = defaultdict(list)
    for row in rows.order_by("created_at", "pk")[:MOST_LINES]:
        if row.kind in STILL_TRUE and not STILL_TRUE[row.kind](row):
            OutboundMessage.objects.filter(pk=row.pk).update(stopped=NO_LONGER_TRUE, body="", link="")
            continue
        by_channel[row.channel].append(row)
    with in_language_of(user):
        for channel, lines in by_channel.items():
            write_digest(user, Channel(channel), lines, moment)
    return bool(by_channel)


def write_digest(user: User, channel: Channel, lines: list[OutboundMessage], moment: datetime) -> None:
    count = len(lines)
    home = reverse("opportunities:index" if user.is_learner else "placement:referrals")
    subject = ngettext("%(count)d piece of news on Passerelle", "%(count)d pieces of news on Passerelle", count)
    subject = subject % {"count": count}
    body = subject
    if channel == Channel.EMAIL:
        why = _("You get one e-mail a day. You can choose to get each at once on this page:")
        body = "\n\n".join([*(item(line) for line in lines), why])
    queue_message(key=f"digest:{user.pk}:{channel}:{int(moment.timestamp())}:{lines[0].pk}", user=user, channel=channel,
                  kind=DIGEST, subject=subject, body=body, link=home)  # fmt: skip
    OutboundMessage.objects.filter(pk__in=[line.pk for line in lines]).update(stopped=GONE, link="")


def take_out_of_digests(lines: QuerySet[OutboundMessage]) -> None:
    """Some news may not be told any more: digests that hold it and have not left yet say so in its place."""
    told: dict[User, list[OutboundMessage]] = defaultdict(list)
    for line in lines.filter(stopped=GONE).exclude(body="").select_related("user"):
        if line.user is not None:
            told[line.user].append(line)
    for user, rows in told.items():
        with in_language_of(user):
            instead = "* " + _("One piece of news has gone: this person has ended their agreement.")
        for digest in OutboundMessage.objects.filter(user=user, kind=DIGEST, channel=Channel.EMAIL, sent_at=None):
            body = digest.body
            for row in rows:
                body = body.replace(f"* {row.body}", instead)
            if body != digest.body:
                OutboundMessage.objects.filter(pk=digest.pk, sent_at=None).update(body=body)


def item(line: OutboundMessage) -> str:
    """One piece of news with its own link."""
    link = f"{settings.BASE_URL}{line.link}" if line.link.startswith("/") else ""
    return "\n".join(part for part in (f"* {line.body}", link) if part)


DIGESTS = sweeps.register(
    sweeps.Sweep(
        name="placement.digests",
        label=gettext_lazy("People to send the news of the day"),
        remedy=gettext_lazy("Look at the person’s address and at the text of the message."),
        rows=lambda now: to_digest(now).order_by("pk"),
        work=send_digest,
    )
)
