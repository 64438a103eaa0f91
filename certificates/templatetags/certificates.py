"""Where a learner's certificate is, and how they show it to others."""

import base64
import io

import segno
from django import template
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from certificates.models import Certificate
from certificates.states import State, state_of
from courses.models import Enrolment

register = template.Library()


@register.simple_tag
def certificate_state(enrolment: Enrolment) -> State | None:
    return state_of(enrolment)


@register.filter
def whatsapp_url(certificate: Certificate) -> str:
    """Opens WhatsApp with a sentence to send to whoever they choose."""
    text = _("My certificate “%(title)s”. Anyone can check it here: %(address)s")
    words = {"title": certificate.title, "address": certificate.public_url}
    return f"https://wa.me/?{urlencode({'text': text % words})}"


@register.filter
def qr_image(certificate: Certificate) -> str:
    """Its public page as a square to scan from the screen: a PNG of one bit a pixel, in the page."""
    out = io.BytesIO()
    segno.make_qr(certificate.public_url, error="m").save(out, kind="png", scale=5, border=4)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")
