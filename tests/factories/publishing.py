"""Published rows at half of what Wagtail's publishing costs: half of all tests begin with a course."""

from django.db import models
from wagtail.models import Page
from wagtail.signals import page_published, published


def publish(row: models.Model) -> None:
    """What publishing a saved page or snippet leaves behind, without Wagtail's third save, second check and log."""
    revision = row.save_revision(clean=False)
    news = {
        "live": True,
        "live_revision": revision,
        "first_published_at": revision.created_at,
        "last_published_at": revision.created_at,
        "has_unpublished_changes": False,
    }
    type(row).objects.filter(pk=row.pk).update(**news)
    for name, value in news.items():
        setattr(row, name, value)
    signal = page_published if isinstance(row, Page) else published
    signal.send(sender=type(row), instance=row, revision=revision)
