"""What certificates add to the page of one learner."""

from django.urls import reverse
from django.utils.translation import gettext as _

from certificates.models import Certificate
from cms.rows import rows_for
from courses.learner_sections import Cell, Section
from lms.accounts.models import User
from lms.lib.moments import day

CERTIFICATES_SHOWN = 30


def certificates_section(learner: User, reader: User) -> Section | None:
    """Those that the reader may see in the list of certificates."""
    if not reader.has_perm("certificates.view_certificate"):
        return None
    rows = rows_for(reader, "view", Certificate).filter(user=learner).order_by("-issued_at", "pk")
    lines = [
        [
            Cell(row.title, reverse("wagtailsnippets_certificates_certificate:inspect", args=[row.pk])),
            Cell(day(row.issued_at)),
            Cell(day(row.revoked_at) if row.revoked_at else "—"),
        ]
        for row in rows[:CERTIFICATES_SHOWN]
    ]
    columns = [_("Certificate"), _("Issued on"), _("Withdrawn on")]
    return Section(_("Certificates"), columns, lines, _("No certificate yet: one is issued when a course is finished."))
