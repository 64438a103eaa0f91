"""Room on the disk, folders that can be written, static files, translations, the clock."""

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.lib import health, malware
from lms.lib.checkup import Finding, broken, fine, register, watch
from lms.lib.file_permissions import open_to_others
from lms.lib.percentages import percent

FIRST_YEAR, LAST_YEAR = 2026, 2099
UNPACKED_TOGETHER = 60  # seconds: files of a wheel are dated while it is installed, sources after what is made of them


@register
def disk() -> Iterator[Finding]:
    topic = _("Disk")
    usage = shutil.disk_usage(settings.DATA_DIR)
    share, megabytes = usage.free / usage.total, usage.free // 1024**2
    values = {"share": percent(round(share * 100)), "gigabytes": f"{megabytes / 1024:.1f}"}
    text = _("%(gigabytes)s GB free (%(share)s).") % values
    remedy = _("Make room: delete old backups and old logs, or get a larger disk. A full disk refuses answers.")
    if megabytes < 200:
        yield broken(topic, text, remedy)
    elif megabytes < 2048 or (share < 0.05 and megabytes < 10_240):
        yield watch(topic, text, remedy)
    else:
        yield fine(topic, text)


@register
def rights() -> Iterator[Finding]:
    """Names, numbers and answers lie in these files; a machine has other users, and other services."""
    topic = _("File permissions")
    opened = [path for path, _mode in open_to_others(settings.DATA_DIR, without=(Path(settings.STATIC_ROOT),))]
    if not opened:
        yield fine(topic, _("Only the account that runs the site reads its data."))
        return
    text = ngettext(
        "Other accounts on this machine can read the site’s data: %(count)d file or folder, %(path)s.",
        "Other accounts on this machine can read the site’s data: %(count)d files and folders, %(path)s among them.",
        len(opened),
    )
    remedy = _("Run: chmod -R go= %(folder)s (every start does it too).") % {"folder": settings.DATA_DIR}
    yield broken(topic, text % {"count": len(opened), "path": opened[0]}, remedy)


@register
def storage() -> Iterator[Finding]:
    topic = _("Files")
    names = {"default": _("Pictures and documents"), "private": _("Certificates and private files")}
    for alias, name in names.items():
        try:
            saved = storages[alias].save(f".doctor-{uuid4().hex}", ContentFile(b"ok"))
            is_public = getattr(storages[alias], "is_public", lambda name: False)(saved)
            storages[alias].delete(saved)
        except Exception as error:  # noqa: BLE001  (each storage fails in its own way)
            why = str(error) if hasattr(storages[alias], "state") else type(error).__name__
            text = _("%(name)s cannot be stored: %(error)s.") % {"name": name, "error": why[:200]}
            yield broken(
                topic, text, _("Make the user who runs the site the owner of the folder, or correct MEDIA_STORAGE.")
            )
            continue
        if is_public:
            text = _("%(name)s are in a bucket that is open to everybody.") % {"name": name}
            yield broken(topic, text, _("Block public access to both buckets: the site serves their files itself."))
        else:
            yield fine(topic, _("%(name)s can be stored.") % {"name": name})


@register
def malware_scan() -> Iterator[Finding]:
    """Where a site has it: without it no file is taken."""
    topic = _("Scan for malware")
    if not settings.CLAMD_ADDRESS:
        return
    if malware.answers():
        yield fine(topic, _("clamd answers at %(address)s.") % {"address": settings.CLAMD_ADDRESS})
    else:
        text = _("clamd does not answer at %(address)s: no file can be uploaded.") % {"address": settings.CLAMD_ADDRESS}
        yield broken(topic, text, _("Start clamav-daemon, or correct CLAMD_ADDRESS."))


@register
def shared_cache() -> Iterator[Finding]:
    topic, key = _("Shared cache"), f"doctor-{uuid4().hex}"
    answers = getattr(caches["shared"], "answers", None)
    if answers is not None and not answers():
        text = _("It does not answer. Pages are a little slower, and guesses at PINs are counted in the database.")
        yield watch(topic, text, _("Start Redis, or correct CACHE_URL. Nobody is signed out."))
        return
    caches["shared"].set(key, "ok", 30)
    if caches["shared"].get(key) == "ok":
        caches["shared"].delete(key)
        yield fine(topic, _("It keeps what is stored in it."))
    else:
        text = _("It loses what is stored in it: sign-in is slower and limits on guessing do not work.")
        yield broken(topic, text, _("Correct CACHE_URL, or give DATA_DIR/cache to the user who runs the site."))


@register
def static_files() -> Iterator[Finding]:
    topic = _("Static files")
    if health.static_files() == "ok":
        yield fine(topic, _("Collected."))
    else:
        text = _("Style sheets and pictures of the site are not collected: pages have no styling.")
        yield broken(topic, text, _("Run: python manage.py collectstatic --noinput"))


def sources_of(code: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / code / "LC_MESSAGES" / "django.po"


@register
def translations() -> Iterator[Finding]:
    topic = _("Languages")
    for code, _name in settings.LANGUAGES:
        if code == "en":
            continue  # the sources are English
        po = sources_of(code)
        mo, values = po.with_suffix(".mo"), {"code": code}
        if not mo.exists():
            text = _("The texts in “%(code)s” are not compiled: people see English.") % values
            yield broken(topic, text, _("Run: python manage.py compilemessages"))
        elif po.exists() and po.stat().st_mtime > mo.stat().st_mtime + UNPACKED_TOGETHER:
            text = _("The texts in “%(code)s” are older than their sources.") % values
            yield watch(topic, text, _("Run: python manage.py compilemessages"))
        else:
            yield fine(topic, _("The texts in “%(code)s” are compiled.") % values)


@register
def clock() -> Iterator[Finding]:
    """Deadlines, certificates and sign-in all lean on it. A file's date is the file system's own opinion."""
    topic, now = _("Clock"), timezone.now()
    with tempfile.NamedTemporaryFile(dir=settings.DATA_DIR, prefix=".doctor-") as file:
        gap = abs(Path(file.name).stat().st_mtime - time.time())
    remedy = _("Set the clock, and let the machine synchronise it by NTP (timedatectl set-ntp true).")
    if not FIRST_YEAR <= now.year <= LAST_YEAR:
        yield broken(topic, _("This machine believes that the year is %(year)d.") % {"year": now.year}, remedy)
    elif gap > 5:
        yield watch(topic, _("The clock and the file system differ by %(count)d s.") % {"count": gap}, remedy)
    else:
        yield fine(topic, _("It shows %(time)s.") % {"time": re.sub(r"\.\d+", "", timezone.localtime(now).isoformat())})
