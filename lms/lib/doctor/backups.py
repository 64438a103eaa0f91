"""How old is the last backup that was read back?"""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from lms.lib.checkup import Finding, broken, fine, format_age, register, watch
from lms.lib.models import BackupRecord

NIGHTLY_LATE, NIGHTLY_OLD = timedelta(hours=36), timedelta(days=3)
BY_HAND_LATE, BY_HAND_OLD = timedelta(days=8), timedelta(days=31)


@register
def backup() -> Iterator[Finding]:
    """Red when nobody could go back to this week, or when the last try failed."""
    topic, by_night = _("Backup"), bool(settings.BACKUP_DIR)
    remedy = (
        _("Run: python manage.py backup --nightly, and read what it says.")
        if by_night
        else _("Set BACKUP_DIR to a folder on another disk, or run: python manage.py backup FILE")
    )
    tries = BackupRecord.objects.order_by("-at")
    last, good = tries.first(), tries.filter(error="").first()
    if last is not None and last.error:
        yield broken(topic, _("The last backup failed: %(error)s") % {"error": last.error}, remedy)
    if good is None:
        text = _("No backup has ever been made and read back.")
        if not (last is not None and last.error):
            yield watch(topic, text, remedy)
        return
    age = max(timezone.now() - good.at, timedelta(0))
    values = {"age": format_age(age), "file": good.file, "megabytes": f"{good.size / 1024**2:.1f}"}
    text = _("The last backup that was read back is %(age)s old (%(file)s, %(megabytes)s MB).") % values
    late, old = (NIGHTLY_LATE, NIGHTLY_OLD) if by_night else (BY_HAND_LATE, BY_HAND_OLD)
    if age > old:
        yield broken(topic, text, remedy)
    elif age > late:
        yield watch(topic, text, remedy)
    else:
        yield fine(topic, text)
