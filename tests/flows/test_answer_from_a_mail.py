"""An employer answers from the link in an e-mail, on a phone without JavaScript and without an account."""

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from placement.enums import ReferralState as S
from placement.models import Referral
from placement.services import link_secrets
from tests.factories.placement import make_referral

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("choice", "state"), [("interested", S.INTERESTED), ("refused", S.REFUSED)])
def test_the_form_of_the_mail_is_taken(site, phone: Page, choice, state):
    """A browser says where a form comes from; the test client does not."""
    referral = make_referral(state=S.FORWARDED)
    path = link_secrets.reply_path(referral, referral.opportunity.employer.contacts.get())
    connection.close()
    phone.goto(path)
    phone.locator(f"input[value={choice}]").check(force=True)
    phone.locator("select[name=reason]").select_option("skills")
    phone.locator("main form .btn", has_text="Envoyer ma réponse").click()
    expect(phone.locator(".msg-success")).to_be_visible()
    assert Referral.objects.get().state == state
