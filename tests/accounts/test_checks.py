"""Wrong settings are sentences."""

from lms.accounts import checks
from tests.factories.people import make_user


def ids(found) -> list[str]:
    return [message.id for message in found]


def test_codes_without_a_provider(settings):
    settings.SMS_SIGN_IN = True
    assert [message.level for message in checks.check_sms(None)] == [30]
    settings.IS_PRODUCTION = True
    assert [message.level for message in checks.check_sms(None)] == [40]
    settings.SMS_SIGN_IN = False
    assert checks.check_sms(None) == []


def test_a_provider_without_its_keys(settings):
    settings.MESSAGE_BACKENDS = {**settings.MESSAGE_BACKENDS, "sms": "lms.accounts.sms.OrangeSms"}
    (found,) = checks.check_sms(None)
    assert "ORANGE_CLIENT_ID" in found.msg


def test_countries(settings):
    assert checks.check_countries(None) == []
    settings.DEFAULT_COUNTRY = "Senegal"
    assert "Senegal" in checks.check_countries(None)[0].msg


def test_counting_guesses(settings):
    assert "accounts.E004" in ids(checks.check_guess_counting(None))
    settings.CACHES = {"default": {"BACKEND": "lms.lib.seams.filecache.FileCache"}}
    assert checks.check_guess_counting(None) == []
    settings.IS_PRODUCTION = True
    assert ids(checks.check_guess_counting(None)) == ["accounts.W001"]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert checks.check_guess_counting(None) == []
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = -1
    assert ids(checks.check_guess_counting(None)) == ["accounts.E005"]


def test_demo_passwords_stop_production_only(db, settings):
    demo = make_user("trainer")
    demo.set_password("passerelle-demo")
    demo.save()
    make_user("manager")
    assert checks.check_demo_accounts(None, databases=["default"]) == []
    settings.IS_PRODUCTION = True
    (found,) = checks.check_demo_accounts(None, databases=["default"])
    assert found.id == "accounts.E006"
    assert "trainer" in found.msg
    assert "manager" not in found.msg
    demo.is_active = False
    demo.save()
    assert checks.check_demo_accounts(None, databases=["default"]) == []
