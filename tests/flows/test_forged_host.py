"""Whatever name a request gives to our host, no message and no page carries it: links come from ``BASE_URL``."""

import ast

import pytest
from django.conf import settings
from django.db import transaction

from lms.accounts import cards, codes
from lms.accounts.models import OutboundMessage
from tests.flows.table import living_rows
from tests.worlds import signed_in_as_before

pytestmark = pytest.mark.pages

FORGED = "forged.example"
ALLOWED = {
    "build_absolute_uri": {"lms/accounts/adapter.py"},
    "get_host": {
        "lms/lib/form_tokens.py",
        "courses/views.py",
        "lms/accounts/views.py",
        "placement/employer_views.py",
        "cms/contacts.py",
    },  # which site: no link
}
APPS = ("lms", "cms", "courses", "assessments", "certificates", "placement")


@pytest.fixture(autouse=True)
def any_host(settings):
    settings.ALLOWED_HOSTS = ["*"]


def written() -> list[str]:
    rows = OutboundMessage.objects.values_list("subject", "body", "link")
    return [" ".join(row) for row in rows]


def test_no_page_and_no_message_carries_the_name_of_the_request(world, clients):
    """Every row of the table by somebody who may: what it answers, and what it sends."""
    wrong = []
    for row in living_rows(world):
        role = next((role for role, cell in row.cells.items() if cell in {"ok", "go"}), None)
        if role is None:
            continue
        client = clients(role)
        with signed_in_as_before(client), transaction.atomic():
            ask = client.get if row.method == "GET" else client.post
            response = ask(row.address(world), HTTP_HOST=FORGED)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            if FORGED.encode() in body or any(FORGED in text for text in written()):
                wrong.append(str(row))
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)


def test_the_mail_that_opens_an_account_again(world, client):
    world.manager.email = "fatou@example.org"
    world.manager.save()
    client.post("/fr/accounts/password/reset/", {"email": "fatou@example.org"}, HTTP_HOST=FORGED)
    (mail,) = OutboundMessage.objects.filter(kind="password-reset")
    assert f"{settings.BASE_URL}/fr/accounts/password/reset/key/" in mail.body
    assert FORGED not in mail.body


def test_every_mail_that_a_library_could_send(world, rf):
    """Also those that no page of ours sends today: allauth makes their links from the request."""
    from allauth.account.adapter import get_adapter
    from allauth.core import context

    request = rf.get("/", HTTP_HOST=FORGED)
    links = {
        name: request.build_absolute_uri("/fr/x/")
        for name in ("password_reset_url", "signup_url", "activate_url", "any")
    }
    with context.request_context(request):
        get_adapter().send_mail("account/email/password_reset_key", "a@example.org", {**links, "request": request})
        assert get_adapter().get_reset_password_from_key_url("1-x").startswith(settings.BASE_URL)
    (mail,) = OutboundMessage.objects.filter(kind="password-reset")
    assert FORGED not in mail.body
    assert f"{settings.BASE_URL}/fr/x/" in mail.body


def test_cards_codes_and_certificates(world):
    (card,) = cards.issue(users=[world.newcomer], by=world.trainer)
    assert card.address.startswith(settings.BASE_URL)
    assert codes.send_code(user=world.learner, phone="+221771234567", code="123456").body.count("http") == 0
    assert world.certificate.public_url.startswith(settings.BASE_URL)


def test_no_code_of_ours_asks_the_request_for_its_name():
    """Where it must (is this address ours?), it stands in ALLOWED above."""
    found = []
    for app in APPS:
        for file in sorted((settings.BASE_DIR / app).rglob("*.py")):
            name = str(file.relative_to(settings.BASE_DIR))
            for node in ast.walk(ast.parse(file.read_text())):
                word = getattr(node, "attr", "")
                if word in ALLOWED and name not in ALLOWED[word]:
                    found.append(f"{name}: {word}")
    templates = [file for file in (settings.BASE_DIR / "templates").rglob("*") if file.is_file()]
    found += [str(file) for file in templates if any(word in file.read_text() for word in ALLOWED)]
    assert not found, "Links come from BASE_URL: " + ", ".join(found)
