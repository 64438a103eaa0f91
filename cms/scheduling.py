"""What libraries expect somebody to do now and then: publish and withdraw at the hour that an editor chose, clear up.

Wagtail's command ``publish_scheduled`` does the same and stops at the first page that cannot be published, so that all
pages after it wait for ever. Here each row is tried by itself (``lms.lib.sweeps``).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, Page, Revision, UploadedFile

from lms.lib.sweeps import Sweep, register

UPLOADS_KEPT = timedelta(days=1)
"""How long a picture or file waits for its title in the window where many are sent at once."""


def expired_pages(now: datetime) -> models.QuerySet[Any]:
    return Page.objects.filter(live=True, expire_at__lt=now).order_by("expire_at")


def withdraw(row: Any) -> None:
    row.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")


def unpublish_page(pk: int, now: datetime) -> bool:
    page = expired_pages(now).filter(pk=pk).first()
    if page is not None:
        withdraw(page)
    return page is not None


def other_draft_models() -> Iterator[type[Any]]:
    """Every model but pages whose rows have drafts, and so hours."""
    yield from (
        model for model in apps.get_models() if issubclass(model, DraftStateMixin) and not issubclass(model, Page)
    )


def unpublish_other_rows(_key: str, now: datetime) -> bool:
    """Each row by itself; what one of them raises is raised when all were tried."""
    errors, count = [], 0
    for model in other_draft_models():
        for row in model.objects.filter(live=True, expire_at__lt=now).order_by("expire_at"):
            try:
                with transaction.atomic():
                    withdraw(row)
                    count += 1
            except Exception as error:  # noqa: BLE001  (told below)
                errors.append(error)
    if errors:
        raise errors[0]
    return count > 0


def due_revisions(now: datetime) -> models.QuerySet[Any]:
    return Revision.objects.filter(approved_go_live_at__lt=now).order_by("approved_go_live_at")


def publish(pk: int, now: datetime) -> bool:
    revision = due_revisions(now).filter(pk=pk).first()
    if revision is not None:
        revision.publish(log_action="wagtail.publish.scheduled")
    return revision is not None


def clear_sessions(_key: str, now: datetime) -> bool:
    """Django leaves the rows of ended sessions in their table."""
    call_command("clearsessions")
    return True


def purge_upload(pk: int, now: datetime) -> bool:
    """A picture or file that was sent without the title it needed, and never finished."""
    upload = UploadedFile.objects.filter(pk=pk).first()
    if upload is None:
        return False
    try:
        if default_storage.get_modified_time(upload.file.name) > timezone.now() - UPLOADS_KEPT:
            return False
        upload.file.delete(save=False)
    except FileNotFoundError:
        pass
    upload.delete()
    return True


_remedy = _("Open the page or question in the administration, correct what it says, and publish it again.")
UNPUBLISH_PAGES = register(
    Sweep(name="cms.withdraw_page", label=_("Pages to unpublish at their scheduled time"), rows=expired_pages,
          work=unpublish_page, remedy=_remedy)
)  # fmt: skip
UNPUBLISH_OTHERS = register(
    Sweep(name="cms.withdraw_others", label=_("Questions to unpublish at their scheduled time"),
          work=unpublish_other_rows, leased=True, remedy=_remedy)
)  # fmt: skip
PUBLISH = register(
    Sweep(name="cms.publish", label=_("Drafts to publish at their scheduled time"), rows=due_revisions, work=publish,
          remedy=_remedy)
)  # fmt: skip
SESSIONS = register(
    Sweep(name="cms.sessions", label=_("Ended sessions"), work=clear_sessions, remedy=_("Read the worker’s log."))
)
UPLOADS = register(
    Sweep(name="cms.uploads", label=_("Unfinished uploads"), work=purge_upload, remedy=_("Read the worker’s log."),
          rows=lambda now: UploadedFile.objects.order_by("pk"))
)  # fmt: skip
