"""Pictures that nobody can be shown, with the pages and questions that use them."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Model
from django.utils.translation import gettext as _
from wagtail.images import get_image_model

from cms.picture_sizes import MAKE, without_sizes
from lms.lib import sweeps
from lms.lib.checkup import Finding, backlog, register, watch

LATE = timedelta(minutes=30)
SHOWN = 20  # pictures with a line of their own
USES = 3  # pages named in one line


@register
def pictures() -> Iterator[Finding]:
    topic = _("Pictures")
    failed = sweeps.failing().filter(sweep=MAKE.name).exclude(key="")
    keys = [int(key) for key in failed.order_by("since", "pk").values_list("key", flat=True)]
    fine_text = _("Every picture exists in sizes for phones.")
    yield backlog(topic, without_sizes().exclude(pk__in=keys), "created_at", late=LATE, fine_text=fine_text)
    for image in get_image_model().objects.filter(pk__in=keys[:SHOWN]).order_by("pk"):
        text = _(
            "The picture “%(title)s” (no. %(number)d) cannot be read: learners see only its description."
            " Used by: %(uses)s."
        )
        values = {"title": image.title, "number": image.pk, "uses": used_by(image)}
        yield watch(topic, text % values, str(MAKE.remedy))


def used_by(image: Model) -> str:
    """The pages and questions that show it, in a few words."""
    uses = [str(row) for row, _references in image.get_usage()]  # type: ignore[attr-defined]
    return ", ".join(uses[:USES]) + (" …" if len(uses) > USES else "") or _("nothing")
