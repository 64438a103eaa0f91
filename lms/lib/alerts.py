"""Somebody is told when something is broken, or has needed attention for long: once, again after a day, and when it is
well again.

``manage.py watch`` calls ``look`` every minute, in a process of its own under the supervisor: it works when beat and
the workers are dead. With several hosts each watches; a row of ``Alert`` for each topic says who told of it. E-mails go
straight to the mail server, by ``ALERT_EMAIL_URL`` where one is set, not through the queue that may be what is broken.
"""

import logging
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage, get_connection
from django.db import Error as AnyDatabaseError
from django.db import connection
from django.db.models import Q
from django.db.models.functions import Now
from django.dispatch import Signal
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from lms.lib import checkup
from lms.lib.checkup import Finding, Level, examine
from lms.lib.leases import from_now
from lms.lib.models import Alert
from lms.lib.outbound import OutboundError, get, post
from lms.lib.redaction import without_people

logger = logging.getLogger(__name__)

before_checks = Signal()
"""Sent by ``look``, which every host does once a minute, before it examines. Carries nothing."""

RED_AGAIN, AMBER_AGAIN = timedelta(days=1), timedelta(days=7)
HOST_CHECKS = ("lms.lib.doctor.machine",)  # checks whose answer another host does not share
HOST_NAME = socket.gethostname()[:40]
TIME_TO_TELL = timedelta(minutes=3)  # then a host that died over it has lost its turn


@dataclass
class Watcher:
    """What one process remembers between two looks: who was to be told, for the day on which no database says so."""

    people: list[str] = field(default_factory=list)
    told_of_database: bool = False


def key_of(finding: Finding) -> str:
    """One alert for each topic; for what is a host's own (its disk, its clock), for each host."""
    own = finding.source in HOST_CHECKS
    return f"{HOST_NAME}: {finding.topic}"[:200] if own else str(finding.topic)[:200]


def check_and_alert(watcher: Watcher) -> Level:
    """One round: examine, tell what is new or has lasted, tell what is over. The worst level that was found."""
    with translation.override(settings.LANGUAGE_CODE):
        try:
            connection.ensure_connection()
            watcher.people = people() or watcher.people
            before_checks.send(Watcher)
            findings = examine()
            note(findings)
            tell(watcher.people, findings)
            if watcher.told_of_database:
                watcher.told_of_database = not send(watcher.people, [], [_("Database")])
        except AnyDatabaseError as error:
            logger.error("nothing can be read from the database: %s", type(error).__name__)
            connection.close()
            return without_database(watcher, type(error).__name__)
    worst = checkup.worst(findings)
    if worst != Level.RED:
        ping()
    return worst


def without_database(watcher: Watcher, error: str) -> Level:
    if not watcher.told_of_database:
        text = _("The database does not answer: %(error)s.") % {"error": error}
        line = checkup.broken(_("Database"), text, _("Start it, or correct DATABASE_URL; then look at its own log."))
        watcher.told_of_database = send(watcher.people or settings.ADMIN_EMAILS, [line], [])
    return Level.RED


def people() -> list[str]:
    """``ADMIN_EMAILS``; without them the administrators who have an e-mail address."""
    if settings.ADMIN_EMAILS:
        return list(settings.ADMIN_EMAILS)
    admins = get_user_model()._default_manager.filter(is_superuser=True, is_active=True, is_demo=False)
    return list(admins.exclude(email="").order_by("pk").values_list("email", flat=True)[:20])


def note(findings: Iterable[Finding]) -> None:
    """Write down what is not well, the worst of each topic; what is well again keeps its row until that was told."""
    bad: dict[str, Finding] = {}
    for finding in findings:
        key = key_of(finding)
        if finding.level != Level.GREEN and (key not in bad or finding.level == Level.RED):
            bad[key] = finding
    mine = Q(host="") | Q(host=HOST_NAME)
    Alert.objects.filter(mine, told_at=None).exclude(key__in=bad).delete()
    Alert.objects.filter(mine, over=False).exclude(key__in=bad).update(over=True)
    for key, finding in bad.items():
        host = HOST_NAME if finding.source in HOST_CHECKS else ""
        row, is_new = Alert.objects.get_or_create(key=key, defaults={"severity": finding.level, "host": host})
        if is_new:
            continue
        changes: dict[str, Any] = {"over": False}
        if row.severity != finding.level:
            changes |= {"severity": finding.level, "since": Now()}
            if finding.level == Level.RED:  # worse: told anew
                changes["told_at"] = None
        if row.over or row.severity != finding.level:
            Alert.objects.filter(pk=row.pk).update(**changes)


def due() -> Q:
    """Rows of which somebody should hear now, by the database's clock, and of which no other host is just telling."""
    amber_long = from_now(-timedelta(hours=settings.ALERT_AMBER_HOURS))
    red = Q(severity=Level.RED) & (Q(told_at=None) | Q(told_at__lt=from_now(-RED_AGAIN)))
    amber = Q(severity=Level.AMBER, since__lt=amber_long) & (Q(told_at=None) | Q(told_at__lt=from_now(-AMBER_AGAIN)))
    free = Q(telling_until=None) | Q(telling_until__lt=Now())
    return free & ((Q(over=True) & ~Q(told_at=None)) | (Q(over=False) & (red | amber)))


def tell(to: Sequence[str], findings: Iterable[Finding]) -> None:
    """Of each row one host tells. What could not be told is told in the next round."""
    lines: dict[str, Finding] = {}
    for finding in findings:
        key = key_of(finding)
        if finding.level != Level.GREEN and (key not in lines or finding.level == Level.RED):
            lines[key] = finding
    rows = [row for row in Alert.objects.filter(due()).order_by("key")[:50] if row.over or row.key in lines]
    mine = [row for row in rows if Alert.objects.filter(due(), pk=row.pk).update(telling_until=from_now(TIME_TO_TELL))]
    if not mine:
        return
    keys = [row.pk for row in mine]
    if send(to, [lines[row.key] for row in mine if not row.over], [row.key for row in mine if row.over]):
        Alert.objects.filter(pk__in=keys, over=True).delete()
        Alert.objects.filter(pk__in=keys).update(told_at=Now(), telling_until=None)
    else:
        Alert.objects.filter(pk__in=keys).update(telling_until=None)


BROKEN, ATTENTION, WELL = gettext_lazy("broken"), gettext_lazy("needs attention"), gettext_lazy("well again")


def after_colons(name: object, *rest: object) -> str:
    """``a: b: c``, with the spaces of the language."""
    if not rest:
        return str(name)
    return pgettext("a name and what is told of it", "%(name)s: %(text)s") % {"name": name, "text": after_colons(*rest)}


def send(to: Sequence[str], bad: Sequence[Finding], well: Sequence[str]) -> bool:
    """By every way that is set; whether one of them worked. The texts are those of ``doctor``: they name nobody."""
    first = bad[0].topic if bad else well[0]
    state = (BROKEN if any(f.level == Level.RED for f in bad) else ATTENTION) if bad else WELL
    subject = after_colons(settings.WAGTAIL_SITE_NAME, state, first)[:150].replace("\n", " ")
    lines = [after_colons(each.level.label, each.topic, each.text) + f"\n    {each.remedy}" for each in bad]
    lines += [after_colons(WELL, topic) for topic in well]
    text = "\n".join([*lines, "", f"{settings.BASE_URL}/cms/status/ ({HOST_NAME})"])
    ways = [by_mail(to, subject, text), by_webhook(subject, text)]
    return any(ways)


def by_mail(to: Sequence[str], subject: str, text: str) -> bool:
    """To each alone: an address that is refused keeps nobody else from hearing. Of people nothing leaves in it."""
    worked, subject, text = False, without_people(subject), without_people(text)
    for address in to:
        try:
            mail_connection = get_connection(**settings.ALERT_EMAIL) if settings.ALERT_EMAIL else get_connection()
            headers = {"Auto-Submitted": "auto-generated"}
            worked |= bool(
                EmailMessage(subject, text, to=[address], connection=mail_connection, headers=headers).send()
            )
        except (OSError, ValueError) as error:
            logger.error("alert not sent by e-mail: %s", type(error).__name__)
    return worked


def by_webhook(subject: str, text: str) -> bool:
    """``{"text": ...}``, which Slack, Mattermost, Rocket.Chat and Google Chat understand."""
    if not settings.ALERT_WEBHOOK:
        return False
    try:
        return post(settings.ALERT_WEBHOOK, data={"text": without_people(f"{subject}\n{text}")}).status < 400
    except OutboundError as error:
        logger.error("alert not sent to the webhook: %s", error)
        return False


def ping() -> None:
    """Tell whoever waits for it that this site is not broken; they raise the alarm when we fall silent."""
    if settings.ALERT_PING_URL:
        try:
            get(settings.ALERT_PING_URL)
        except OutboundError as error:
            logger.warning("ping not sent: %s", error)
