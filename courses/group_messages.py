"""A trainer writes to learners of a group: on the site always, by e-mail and by SMS where that is wished and set up.

Each gets the text in their own language, with their name in it. A run looks first how many get it by which way and
what it costs; told so, it writes the messages, which then leave like all others: by the budgets, after quiet hours.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.cohorts import cohorts_of
from courses.models import Cohort, MessageRun
from courses.standing import Status
from lms.accounts.enums import Channel
from lms.accounts.messages import loud, queue_message
from lms.accounts.models import User
from lms.accounts.quiet import quiet_until
from lms.accounts.recipient import in_language_of
from lms.accounts.services import record_many
from lms.accounts.sms_text import economical, segments
from lms.accounts.visibility import visible_to
from lms.lib import runs
from lms.lib.runs import RunKind, RunState

TRAINER_MESSAGE = "trainer-message"
MAX_PEOPLE = 1000
MAX_LENGTH = 480  # characters: three parts of an SMS, and whole on the learner's page
ROWS_OF_PERSON = 5  # three ways, a line of the log, the run itself
AT_ONCE_PEOPLE = runs.ROWS_AT_ONCE // ROWS_OF_PERSON
NAMES_SHOWN = 100
NAME = "{name}"
TEMPLATES = {
    Status.STUCK: gettext_lazy(
        "Hello {name}, one step of your course seems hard. That happens to everybody. Read the lesson before it once "
        "more, or tell me what is not clear: I will help you."
    ),
    Status.SILENT: gettext_lazy(
        "Hello {name}, we have not seen you in your course for some days. A quarter of an hour today is enough to "
        "begin again. Is something in the way? Tell me."
    ),
    Status.NOT_BEGUN: gettext_lazy(
        "Hello {name}, your course is ready. The first lesson takes some minutes: open the site and begin. If you "
        "cannot sign in, tell me."
    ),
    Status.ON_TRACK: gettext_lazy("Hello {name}, you are doing well. Go on like this!"),
    Status.FINISHED: gettext_lazy("Hello {name}, you have finished your course. Well done!"),
}
"""A first text for each way of standing; whoever writes changes it."""


def personal(text: str, user: User) -> str:
    return text.replace(NAME, user.get_short_name())


def text_for(texts: Mapping[str, str], user: User) -> str:
    """In their language, else in the site's, else in any."""
    wanted = [user.language, settings.LANGUAGE_CODE, *texts]
    return next((texts[code] for code in wanted if texts.get(code)), "")


def has_sms() -> bool:
    return bool(settings.SMS_NOTICES)


def start(
    *, pk: UUID, cohort: Cohort, people: Sequence[int], texts: dict[str, str], by_email: bool, by_sms: bool, by: User
) -> MessageRun:
    """The run of that key, whosever it is: repeating the form that made it changes nothing. Its page asks who reads."""
    run = MessageRun(
        pk=pk, cohort=cohort, people=list(people)[:MAX_PEOPLE], texts=texts, by_email=by_email,
        by_sms=by_sms and has_sms(), by=by,
    )  # fmt: skip
    try:
        with transaction.atomic():
            return runs.start(run)
    except IntegrityError:
        return MessageRun.objects.get(pk=pk)


def recipients(run: MessageRun, ids: Sequence[int]) -> list[User]:
    """Those of them who are in the group and whose account is open, in the order of the run."""
    rows = visible_to(run.by).filter(pk__in=ids, is_active=True, cohort_memberships__cohort=run.cohort_id)
    found = {user.pk: user for user in rows}
    return [found[pk] for pk in ids if pk in found]


class Messages(RunKind):
    model = MessageRun
    template = "courses/admin/message_run.html"

    def may(self, user: User) -> bool:
        return user.is_team

    def may_still(self, run: MessageRun) -> bool:
        return cohorts_of(run.by).filter(pk=run.cohort_id).exists()

    def check(self, run: MessageRun) -> None:
        people = recipients(run, run.people)
        if not people:
            raise runs.RefusedError(_("Nobody of the group was chosen. Tick the people whom you mean."))
        ids = [user.pk for user in people]
        with run.advance(state=RunState.READY, people=ids, total=len(ids), counts=count(run, people)):
            pass

    def work(self, run: MessageRun) -> None:
        ids = run.people[run.position : run.position + AT_ONCE_PEOPLE]
        if not ids:
            run.end(RunState.DONE)
            return
        people = recipients(run, ids)
        with run.advance(position=run.position + len(ids)):
            for user in people:
                write_to(run, user)
            record_many(actor=run.by, verb="write-to-learner", targets=people)

    def context(self, run: MessageRun, page: str) -> dict[str, Any]:
        return {
            "cohort": run.cohort, "people": recipients(run, run.people[:NAMES_SHOWN]), "names_shown": NAMES_SHOWN,
            "texts": [(code, name, run.texts[code]) for code, name in settings.LANGUAGES if run.texts.get(code)],
            "cost": run.counts.get("cost", 0) / 1_000_000, "currency": settings.SMS_COST_CURRENCY,
            "written": min(run.position, len(run.people)),
        }  # fmt: skip


def count(run: MessageRun, people: Sequence[User]) -> dict[str, int]:
    """How many get it by which way, in how many parts of SMS, at which price, and how many only after quiet hours."""
    by_sms = [user for user in people if run.by_sms and user.phone and not user.sms_stopped]
    parts = sum(segments(economical(personal(text_for(run.texts, user), user))) for user in by_sms)
    by_email = [user for user in people if run.by_email and user.email]
    later = {user.pk for user in (*by_sms, *by_email) if quiet_until(user.time_zone)}
    return {
        "people": len(people), "email": len(by_email), "sms": len(by_sms), "parts": parts, "later": len(later),
        "cost": parts * settings.SMS_COST_MICROS,
    }  # fmt: skip


def write_to(run: MessageRun, user: User) -> None:
    """One learner, by every way that was wished. What makes a sound waits for the end of their quiet hours."""
    ways = [Channel.APP]
    if run.by_email and user.email:
        ways.append(Channel.EMAIL)
    if run.by_sms and user.phone:
        ways.append(Channel.SMS)
    with in_language_of(user):
        subject = _("A message from %(name)s") % {"name": run.by.get_full_name()}
    body = personal(text_for(run.texts, user), user)
    rows = [
        queue_message(key=f"trainer:{run.pk}:{user.pk}:{way}", user=user, channel=way, kind=TRAINER_MESSAGE,
                      subject=subject, body=body)
        for way in ways
    ]  # fmt: skip
    wakes_at = quiet_until(user.time_zone)
    if wakes_at is not None:
        loud(rows).update(due_at=wakes_at)


runs.register(Messages())
