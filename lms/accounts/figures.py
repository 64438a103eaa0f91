"""Figures of messages, and of workers and the scheduler."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q, Sum

from lms.accounts import sms_budget
from lms.accounts.enums import Channel
from lms.accounts.messages import unsent
from lms.accounts.models import DataExport, Heartbeat, Outage, OutboundMessage, SmsCount
from lms.accounts.services import FORGOTTEN, OF_A_WORKER, queue_name, task_key
from lms.lib.leases import database_now
from lms.lib.metrics import Figure, age, leases, register

SENT_ELSEWHERE = [Channel.EMAIL, Channel.SMS]  # what stands on the site has arrived


@register
def messages() -> Iterator[Figure]:
    now, given_up = database_now(), Q(tries__gte=OutboundMessage.max_tries)
    rows = unsent().order_by().values("channel").annotate(
        waiting=Count("pk", filter=~given_up), oldest=Min("due_at", filter=~given_up & Q(due_at__lte=now)),
        given_up=Count("pk", filter=given_up),
    )  # fmt: skip
    found: dict[str, dict[str, Any]] = {row["channel"]: dict(row) for row in rows}
    yield from leases(unsent(), DataExport.objects.filter(made_at=None))
    failing = set(Outage.objects.values_list("channel", flat=True))
    nothing: dict[str, Any] = {"waiting": 0, "oldest": None, "given_up": 0}
    for channel in SENT_ELSEWHERE:
        row, labels = found.get(channel, nothing), {"channel": str(channel)}
        oldest = age(row["oldest"], now) if row["oldest"] else 0.0
        yield Figure("messages_waiting", "Messages that are not sent yet.", row["waiting"], labels)
        yield Figure("messages_oldest_seconds", "For how long the oldest has been due.", oldest, labels)
        yield Figure("messages_given_up", "Messages that nobody tries any more.", row["given_up"], labels)
        yield Figure("sending_fails", "1 while the provider fails or refuses us.", channel in failing, labels)


@register
def signs_of_life() -> Iterator[Figure]:
    """Seconds since each was last seen; endless when it never was. Hosts that are gone are forgotten after a week."""
    now, seen = database_now(), dict(Heartbeat.objects.values_list("name", "seen_at"))
    for node in sorted(name for name, at in seen.items() if name.startswith(OF_A_WORKER) and now - at < FORGOTTEN):
        labels = {"worker": node.removeprefix(OF_A_WORKER)}
        yield Figure("worker_seen_seconds", "Since the last sign of life of a worker.", age(seen[node], now), labels)
    for queue in settings.CELERY_TASK_QUEUES:
        since = age(seen.get(queue_name(queue.name)), now)
        yield Figure("queue_seen_seconds", "Since any worker served this queue.", since, {"queue": queue.name})
    yield Figure("beat_seen_seconds", "Since the last sign of life of the scheduler.", age(seen.get("beat"), now))
    for entry, task in settings.CELERY_BEAT_SCHEDULE.items():
        if not entry.startswith("heartbeat-"):
            done, labels = age(seen.get(task_key(task["task"])), now), {"task": entry}
            period = timedelta(seconds=task["schedule"]).total_seconds()
            yield Figure("task_done_seconds", "Since this recurring work was last done.", done, labels)
            yield Figure("task_period_seconds", "How often it is to be done.", period, labels)


@register
def sms() -> Iterator[Figure]:
    day = SmsCount.objects.filter(day=sms_budget.today(), scope="day").aggregate(Sum("count"))
    yield Figure("sms_parts_today", "Parts of SMS sent today.", day["count__sum"] or 0)
    yield Figure("sms_parts_limit", "Parts of SMS that may be sent today.", settings.SMS_PER_DAY)
