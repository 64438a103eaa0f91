"""The register of certificates in the admin."""

import pytest
from django.urls import reverse

from certificates.wagtail_hooks import CertificateViewSet
from tests.factories.placement import give_certificate

pytestmark = pytest.mark.django_db


def test_a_certificate_shows_what_is_known_and_nothing_else(site, manager, learner, sign_in):
    certificate = give_certificate(learner)
    url = reverse(CertificateViewSet().get_url_name("inspect"), args=[certificate.pk])
    page = sign_in(manager).get(url).content.decode().partition("<dl>")[2].partition("</dl>")[0]
    assert certificate.holder_name in page
    assert certificate.printed_code in page
    assert "Français" in page
    assert "None" not in page
    assert page.count("<dt>") == 6
