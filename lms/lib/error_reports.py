"""Errors reach the administrators by e-mail: grouped, at most once an hour for each group, without people's data.

Every process writes them to files (``lms.lib.error_files``); ``manage.py watch`` of the same host sends these.
"""

import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.lib.alerts import HOST_NAME, by_mail, by_webhook
from lms.lib.error_files import SEPARATOR, folder

MOST_TOLD = 10  # groups in one e-mail
AGAIN = 3600  # seconds until the same group is told again
KEPT = 30 * 24 * 3600


def tell(people: Sequence[str]) -> int:
    """Send what has come together since the last time; how many groups were told."""
    ready = [path for path in sorted(folder().glob("*.txt")) if is_due(path)][:MOST_TOLD]
    parts, count = [], 0
    for path in ready:
        errors = [text.strip() for text in path.read_text(encoding="utf-8", errors="replace").split(SEPARATOR)[:-1]]
        count += len(errors)
        times = ngettext("%(count)d time", "%(count)d times", len(errors)) % {"count": len(errors)}
        parts.append(f"{times}:\n{next((text for text in errors if text), '')}")
    if not parts:
        return 0
    with translation.override(settings.LANGUAGE_CODE):
        first = parts[0].splitlines()[1][:80] if len(parts[0].splitlines()) > 1 else ""
        subject = f"{settings.WAGTAIL_SITE_NAME}: " + _("errors: %(count)d") % {"count": count} + f" ({first})"
        text = "\n\n".join([*parts, f"{settings.BASE_URL} ({HOST_NAME})"])
        if not any([by_mail(people, subject[:150], text), by_webhook(subject[:150], text[:3000])]):
            return 0
    for path in ready:
        path.unlink(missing_ok=True)
        path.with_suffix(".told").touch()
    forget_old()
    return len(ready)


def is_due(path: Path) -> bool:
    told = path.with_suffix(".told")
    return not told.exists() or told.stat().st_mtime < time.time() - AGAIN


def forget_old() -> None:
    for path in folder().glob("*.told"):
        if path.stat().st_mtime < time.time() - KEPT:
            path.unlink(missing_ok=True)
