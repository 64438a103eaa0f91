"""A passkey in a real browser: Chromium's virtual authenticator signs, our pages and allauth's script carry it."""

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as site_settings

from lms.accounts.enums import Role
from lms.accounts.models import AuditEvent
from tests.conftest import PATIENCE
from tests.factories.people import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk_with_key(chromium, live_server, settings):
    """The site under a name, since a passkey belongs to a name and not to a number."""
    settings.BASE_URL = live_server.url.replace("127.0.0.1", "localhost")
    context = chromium.new_context(base_url=settings.BASE_URL, viewport={"width": 1280, "height": 800}, locale="fr-FR")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield page
    context.close()


def enter(page) -> None:
    page.goto("/fr/accounts/login/")
    page.fill("[name=login]", "fatou")
    page.fill("[name=password]", PASSWORD)
    page.click("form.field button.btn")


def test_a_passkey_is_set_up_signs_in_and_is_removed(desk_with_key, site, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    make_user("fatou", Role.MANAGER, full_name="Fatou Sarr")
    page = desk_with_key
    enter(page)
    page.wait_for_url("**/2fa/")
    page.click("text=Activer une clé d’accès")
    page.click("#passkey")
    page.wait_for_url("**/recovery-codes/")
    assert page.locator(".codes li").count() == 10
    page.click("text=Je les ai écrits")
    page.wait_for_url("**/cms/")
    assert Authenticator.objects.filter(type="webauthn").count() == 1

    page.context.clear_cookies()
    enter(page)
    page.wait_for_url("**/2fa/authenticate/")
    page.click("#passkey")
    page.wait_for_url("**/cms/")

    page.goto("/fr/accounts/2fa/passkeys/add/")  # a second one: confirmed with the first
    page.click("text=Ma clé d’accès")
    page.click("#passkey")
    page.wait_for_url("**/passkeys/add/")
    assert page.locator("#passkey").is_visible()
    assert Authenticator.objects.get(type="webauthn").data["counter"] == 3  # set up, signed in, confirmed
    page.goto(f"/fr/accounts/2fa/passkeys/{Authenticator.objects.get(type='webauthn').pk}/remove/")
    page.click("main button.btn")
    assert "garder une double authentification" in page.inner_text("main")
    assert AuditEvent.objects.filter(verb="add-second-factor").count() == 1


def test_no_click_is_lost_while_the_scripts_load(desk_with_key, site, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    make_user("fatou", Role.MANAGER, full_name="Fatou Sarr")
    page, slow = desk_with_key, []
    page.route("**/webauthn.js", lambda route: slow.append(route))
    enter(page)
    page.wait_for_url("**/2fa/")
    page.goto("/fr/accounts/2fa/passkeys/add/", wait_until="commit")
    page.wait_for_selector("#passkey", state="attached")
    assert not page.locator("#passkey").is_visible()
    while not slow:
        page.wait_for_timeout(50)
    slow.pop().continue_()
    page.click("#passkey")
    page.wait_for_url("**/recovery-codes/")


def test_a_passkey_that_fails_is_told(desk_with_key, site, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    make_user("fatou", Role.MANAGER, full_name="Fatou Sarr")
    page = desk_with_key
    enter(page)
    page.wait_for_url("**/2fa/")
    page.goto("/fr/accounts/2fa/passkeys/add/")
    page.evaluate("() => { navigator.credentials.create = async () => { throw new DOMException('no') } }")
    page.click("#passkey")
    page.wait_for_selector("[data-failed]", state="visible")
    assert "n’a pas fonctionné" in page.inner_text("[role=alert]")
    assert page.locator("#passkey").is_visible()


def test_no_button_is_dead_before_its_script():
    """A button that a script alone serves waits, hidden, until that script is there."""
    ours = [path for path in (site_settings.BASE_DIR / "templates").rglob("*.html") if "wagtailadmin" not in path.parts]
    lone = [
        path
        for path in ours
        for line in path.read_text().splitlines()
        if 'type="button"' in line and "data-scripted" not in line
    ]
    assert {path.name for path in lone} == {"styleguide.html"}
