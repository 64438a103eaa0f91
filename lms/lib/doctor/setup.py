"""Keys, addresses, e-mail, and everything that Django's own system checks say."""

import smtplib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks, mail
from django.utils.translation import gettext as _

from lms.lib import alerts
from lms.lib.checkup import Finding, broken, fine, register, watch
from lms.lib.production import weak_key

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
MAIL_SECONDS = 5


@register
def secret_key() -> Iterator[Finding]:
    topic, key = _("Secret key"), settings.SECRET_KEY
    remedy = _("Set SECRET_KEY, or SECRET_KEY_FILE, to 50 random characters or more; keep it out of the backup folder.")
    kept_in = Path(settings.DATA_DIR) / "secret_key"
    if weak_key(key):
        yield broken(topic, _("It is short or easy to guess: anyone could forge a session."), remedy)
    elif kept_in.exists() and kept_in.stat().st_mode & 0o077:
        text = _("Other users of this machine can read %(path)s.") % {"path": kept_in}
        yield watch(topic, text, _("Run: chmod 600 %(path)s") % {"path": kept_in})
    else:
        yield fine(topic, _("Long and private."))


@register
def address() -> Iterator[Finding]:
    topic, parts = _("Address"), urlsplit(settings.BASE_URL)
    remedy = _("Set BASE_URL to the address that people type: cards, e-mails and certificates print it.")
    if parts.hostname in LOOPBACK:
        text = _("BASE_URL is %(url)s: a QR code only works on this machine.") % {"url": settings.BASE_URL}
        yield (broken if settings.IS_PRODUCTION else watch)(topic, text, remedy)
    elif parts.scheme != "https" and settings.IS_PRODUCTION:
        yield broken(topic, _("BASE_URL is not https."), remedy)
    else:
        yield fine(topic, settings.BASE_URL)


@register
def outgoing_mail() -> Iterator[Finding]:
    topic, backend = _("E-mail"), settings.EMAIL_BACKEND.rpartition(".")[0].rpartition(".")[2]
    if backend == "smtp":
        yield smtp(topic)
    elif backend in {"console", "dummy", "filebased"}:
        text = _("E-mails do not leave this machine (%(backend)s).") % {"backend": backend}
        yield watch(topic, text, _("Set EMAIL_URL, for instance smtp+tls://user:password@mail.example:587"))
    else:
        yield fine(topic, backend)


def smtp(topic: str) -> Finding:
    connection = mail.get_connection(timeout=MAIL_SECONDS)
    try:
        connection.open()
        connection.close()
    except (OSError, smtplib.SMTPException) as error:
        text = _("The mail server %(host)s refuses or does not answer: %(error)s.")
        values = {"host": settings.EMAIL_HOST, "error": type(error).__name__}
        return broken(
            topic, text % values, _("Correct EMAIL_URL (host, port, user, password); messages wait until then.")
        )
    return fine(topic, _("The mail server %(host)s answers.") % {"host": settings.EMAIL_HOST})


@register
def alarms() -> Iterator[Finding]:
    """Does anybody hear of what is found here?"""
    topic, people = _("Alerts"), alerts.people()
    leaves = settings.EMAIL_BACKEND.rpartition(".")[0].rpartition(".")[2] == "smtp" or settings.ALERT_EMAIL
    if (people and leaves) or settings.ALERT_WEBHOOK:
        yield fine(topic, _("Administrators are told when something breaks."))
        return
    text = _("Nobody is told when something breaks.")
    remedy = _("Set ADMIN_EMAILS and EMAIL_URL, or ALERT_WEBHOOK; then try: python manage.py watch --once")
    yield watch(topic, text, remedy) if settings.IS_PRODUCTION else fine(topic, text)


@register
def system_checks() -> Iterator[Finding]:
    """What ``manage.py check`` (``--deploy`` in production) says, each in its own words."""
    topic = _("Settings")
    warnings = checks.run_checks(include_deployment_checks=settings.IS_PRODUCTION)
    warnings = [message for message in warnings if message.level >= checks.WARNING and not message.is_silenced()]
    for message in warnings:
        level = broken if message.level >= checks.ERROR else watch
        yield level(topic, f"{message.msg} ({message.id})", message.hint or _("Run: python manage.py check"))
    if not warnings:
        yield fine(topic, _("No problems with the settings."))
