"""Certificates that nobody issued or made a PDF of."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from certificates import services
from certificates.glyphs import APT_LINE, MissingGlyphsError
from lms.lib import leases
from lms.lib.checkup import Finding, backlog, register, watch

LATE = timedelta(minutes=10)


@register
def certificates_waiting() -> Iterator[Finding]:
    topic = _("Certificates")
    missing = services.completed_without_certificate()
    yield backlog(topic, missing, "completed_at", late=LATE, fine_text=_("Every completed course has its certificate."))
    without_pdf = services.without_pdf().filter(tries__lt=leases.MAX_TRIES)
    yield backlog(topic, without_pdf, "due_at", late=LATE, fine_text=_("Every certificate has its PDF."))
    given_up = services.given_up().count()
    if services.given_up().filter(last_error__startswith=MissingGlyphsError.__name__).exists():
        text = _("Some certificates have letters that no font of this machine has.")
        remedy = _("Run: sudo %(line)s. Then run: python manage.py doctor --retry") % {"line": APT_LINE}
        yield watch(topic, text, remedy)
    if given_up:
        text = _("PDFs given up after %(tries)d tries: %(count)d.")
        remedy = _("Fix the cause (see their last error), then run: python manage.py doctor --retry")
        yield watch(topic, text % {"count": given_up, "tries": leases.MAX_TRIES}, remedy)
