"""A code by SMS asked for the number of an account that was merged into another."""

import pytest
from django.test import Client

from lms.accounts.models import OutboundMessage, User
from tests.accounts.test_codes import ASK, CONFIRM, codes_on, last_code
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db
__all__ = ["codes_on"]
NEW, OLD = "+221771234567", "+221770000009"


@pytest.fixture
def awa() -> User:
    return make_user("awa", phone=NEW, phone_verified_at="2026-01-01T00:00Z")


def closed(awa: User, **fields: str) -> User:
    return make_user("awa2", phone=OLD, is_active=False, merged_into=awa, **fields)


def test_a_proved_number_leads_to_the_account_in_use(awa):
    closed(awa, phone_verified_at="2026-01-01T00:00Z")
    client = Client()
    assert client.post(ASK, {"phone": OLD})["Location"] == CONFIRM
    assert client.post(CONFIRM, {"code": last_code()}).status_code == 302
    assert client.session["_auth_user_id"] == str(awa.pk)
    awa.refresh_from_db()
    assert awa.phone == NEW
    assert User.objects.get(username="awa2").phone == OLD
    assert OutboundMessage.objects.latest("created_at").address == OLD


def test_a_number_that_nobody_proved_opens_nothing(awa):
    """Its owner may be somebody else, who must not enter the account of another."""
    closed(awa)
    client = Client()
    assert client.post(ASK, {"phone": OLD})["Location"] == CONFIRM
    assert not OutboundMessage.objects.exists()
