"""Are the worker and the scheduler alive, do messages leave, are demo accounts about?"""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts import second_factor, sms_budget
from lms.accounts.enums import Channel
from lms.accounts.messages import given_up, refused, to_send, unsent
from lms.accounts.models import Heartbeat, Outage, SmsCount, User
from lms.accounts.services import FORGOTTEN, OF_A_WORKER, queue_name, task_key
from lms.lib.checkup import Finding, backlog, broken, fine, format_age, register, watch
from lms.lib.leases import database_now

WARN_AFTER = timedelta(minutes=2)  # four beats
BROKEN_AFTER = timedelta(minutes=3, seconds=30)  # somebody hears of it within five (lms.lib.alerts)
LATE_BY = timedelta(minutes=10)

START_WORKER = "python manage.py start --worker"


@register
def background_processes() -> Iterator[Finding]:
    seen = dict(Heartbeat.objects.values_list("name", "seen_at"))
    now = database_now()
    for queue in settings.CELERY_TASK_QUEUES:
        name, topic = queue_name(queue.name), _("Worker (%(queue)s)") % {"queue": queue.name}
        own = f"{START_WORKER} (celery -A lms.celery worker --concurrency 1 -Q {queue.name})"
        yield alive(topic, own, now - seen[name] if name in seen else None)
    for node in sorted(key for key, at in seen.items() if key.startswith(OF_A_WORKER) and now - at < FORGOTTEN):
        topic = _("Worker (%(queue)s)") % {"queue": node.removeprefix(OF_A_WORKER)}
        yield alive(topic, START_WORKER, now - seen[node])
    yield alive(_("Scheduler"), "python manage.py start --beat", now - seen["beat"] if "beat" in seen else None)


def alive(topic: str, command: str, age: timedelta | None) -> Finding:
    """``make run`` starts them; elsewhere each is a service of its own. A worker that is behind gives its sign late."""
    remedy = _("Start it (make run does), or as a service: %(command)s. Until then work waits.") % {"command": command}
    if age is None:
        return broken(topic, _("It has never reported."), remedy)
    if age < -WARN_AFTER:
        return watch(topic, _("Its last heartbeat is in the future."), _("Look at the line “Clock”."))
    text = _("Last heartbeat %(age)s ago.") % {"age": format_age(max(age, timedelta(0)))}
    if age < WARN_AFTER:
        return fine(topic, text)
    return (broken if age > BROKEN_AFTER else watch)(topic, text, remedy)


TASK_LABELS = {
    "publish": gettext_lazy("publishing and unpublishing at the scheduled time"),
    "sessions": gettext_lazy("clearing ended sessions"),
    "merges": gettext_lazy("completing and closing account merges"),
    "uploads": gettext_lazy("clearing unfinished uploads"),
    "groups": gettext_lazy("putting groups on courses published since"),
    "notes": gettext_lazy("deleting old notes about learners"),
    "pictures": gettext_lazy("making pictures smaller for phones"),
    "backup": gettext_lazy("nightly backup"),
    "advisories": gettext_lazy("asking for known weaknesses of libraries"),
}
"""Entries of the beat schedule in words; the others are called as they are in the schedule."""


@register
def scheduled_tasks() -> Iterator[Finding]:
    """When each entry of the beat schedule last ended well. Late: three times its period and ten minutes."""
    seen, now = dict(Heartbeat.objects.values_list("name", "seen_at")), timezone.now()
    remedy = _("Look at the lines “Worker” and “Scheduler”: if both are fine, read the worker’s log.")
    for entry, task in settings.CELERY_BEAT_SCHEDULE.items():
        if entry.startswith("heartbeat-"):
            continue  # the lines “Worker” tell
        topic = _("Scheduled task “%(name)s”") % {"name": TASK_LABELS.get(entry, entry)}
        last = seen.get(task_key(task["task"]))
        late = 3 * timedelta(seconds=task["schedule"]) + LATE_BY
        if last is None:
            yield watch(topic, _("It has not been done yet."), remedy)
            continue
        age = max(now - last, timedelta(0))
        text = _("Last done %(age)s ago.") % {"age": format_age(age)}
        yield fine(topic, text) if age <= late else (broken if age > 10 * late else watch)(topic, text, remedy)


@register
def messages_waiting() -> Iterator[Finding]:
    topic, late = _("Messages"), timedelta(minutes=5)
    ready = to_send().filter(lease_until=None)
    yield backlog(topic, ready, "due_at", late=late, fine_text=_("No message has been waiting longer than it should."))
    given = given_up().count()
    if given:
        text = _("Messages given up after several days of trying: %(count)d.") % {"count": given}
        remedy = _(
            "Fix the cause (“Messages that did not arrive” in the administration names it), then try again there, or "
            "run: python manage.py doctor --retry"
        )
        yield watch(topic, text, remedy)
    policy = unsent().filter(channel=Channel.EMAIL, last_error__contains=" 5.7.").count()
    if policy:
        text = _("E-mails that other mail servers refuse as a matter of policy: %(count)d.") % {"count": policy}
        remedy = _("Ask your mail provider: SPF, DKIM, DMARC or the reputation of the sender may be wrong.")
        yield watch(topic, text, remedy)
    refusals = refused().filter(created_at__gt=timezone.now() - REFUSALS_COUNTED).count()
    if refusals:
        text = _("Addresses refused by their mail server in the last 7 days: %(count)d.") % {"count": refusals}
        remedy = _("Correct them: “Messages that did not arrive” in the administration names them.")
        yield watch(topic, text, remedy) if refusals >= MANY_REFUSALS else fine(topic, text)


REFUSALS_COUNTED, MANY_REFUSALS = timedelta(days=7), 10
OUTAGE_IS_BROKEN_AFTER = timedelta(minutes=30)


@register
def ways_that_fail() -> Iterator[Finding]:
    """A wrong password or sender is red at once: it does not go away, and every message waits for it."""
    topic = _("Sending of messages")
    for outage in Outage.objects.order_by("channel"):
        age = timezone.now() - outage.since
        values = {"way": outage.get_channel_display(), "error": outage.last_error, "age": format_age(age)}
        if outage.by_us:
            text = _("%(way)s: the provider has refused this site for %(age)s (%(error)s).") % values
            remedy = _(
                "Correct user, password or sender: EMAIL_URL, DEFAULT_FROM_EMAIL, or the keys of the SMS provider. No "
                "message is lost meanwhile."
            )
            yield broken(topic, text, remedy)
            continue
        text = _("%(way)s: the provider has not answered for %(age)s (%(error)s).") % values
        remedy = _("Look at the state of your provider. Messages wait, and leave when it is back.")
        yield (broken if age > OUTAGE_IS_BROKEN_AFTER else watch)(topic, text, remedy)


PURPOSES = {
    sms_budget.NEWS: gettext_lazy("news"),
    sms_budget.SIGN_UP: gettext_lazy("codes for new accounts"),
}
NEARLY = 80  # percent of the day


@register
def sms_budgets() -> Iterator[Finding]:
    """How much of today’s is spent, and what was held back. A number asked for too often is no fault of ours."""
    topic = _("SMS budget")
    rows = SmsCount.objects.filter(day=sms_budget.today())
    spent, limit = rows.filter(scope="day").aggregate(Sum("count"))["count__sum"] or 0, settings.SMS_PER_DAY
    text = _("SMS parts sent today: %(spent)d of %(limit)d.") % {"spent": spent, "limit": limit}
    numbers = rows.filter(scope__startswith="number:", refused__gt=0).count()
    if numbers:
        text += " " + _("Numbers that reached their limit: %(count)d.") % {"count": numbers}
    full = list(rows.filter(refused__gt=0).exclude(scope__startswith="number:").order_by("scope"))
    if full:
        names = ", ".join(f"{budget_name(row.scope)} ({row.refused})" for row in full)
        text += " " + _("Used up (messages held back): %(names)s.") % {"names": names}
    remedy = _(
        "Check the numbers at your SMS provider: somebody may be abusing this. To send more, raise SMS_PER_DAY or "
        "SMS_PER_COUNTRY. The count starts again tomorrow."
    )
    codes_stop = any(not row.scope.startswith(sms_budget.NEWS) for row in full)
    if codes_stop:
        yield broken(topic, text, remedy)
    elif full or spent * 100 >= limit * NEARLY:
        yield watch(topic, text, remedy)
    else:
        yield fine(topic, text)


def budget_name(scope: str) -> str:
    """``news:+225`` -> “news to +225”."""
    purpose, _colon, code = scope.partition(":")
    if purpose == "day":
        return _("the whole day")
    if purpose not in PURPOSES:
        return _("numbers of %(code)s") % {"code": scope}
    if not code:
        return str(PURPOSES[purpose])
    return _("%(purpose)s to %(code)s") % {"purpose": PURPOSES[purpose], "code": code}


@register
def second_factors() -> Iterator[Finding]:
    topic = _("Second factor")
    lost = second_factor.unreadable()
    if lost:
        text = _("Second factors that the current SECRET_KEY cannot open: %(count)d.") % {"count": lost}
        remedy = _(
            "Put the previous key in SECRET_KEY_FALLBACKS, or reset these: manage.py reset_second_factor USERNAME"
        )
        yield broken(topic, text, remedy)
        return
    without = second_factor.team_without().count()
    if settings.SECOND_FACTOR_REQUIRED:
        text = _("Required of everyone in the admin. Not set up yet: %(count)d.") % {"count": without}
        yield fine(topic, text)
        return
    text = _("Not required of anyone. Team members without one: %(count)d.") % {"count": without}
    remedy = _("Set SECOND_FACTOR_REQUIRED=1: then a password alone opens none of the team’s pages.")
    yield (watch(topic, text, remedy) if settings.IS_PRODUCTION else fine(topic, text))


@register
def demo_accounts() -> Iterator[Finding]:
    topic = _("Demo accounts")
    count = sum(user.has_usable_password() for user in User.objects.filter(is_demo=True, is_active=True))
    if not count:
        yield fine(topic, _("None."))
        return
    text = _("Accounts whose password is public: %(count)d.") % {"count": count}
    remedy = _("Before real people come: python manage.py demo --remove")
    yield (broken if settings.IS_PRODUCTION else watch)(topic, text, remedy)
