"""PINs that who knows the person would try first."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import override

from lms.accounts.enums import Role
from lms.accounts.forms import pin_field
from lms.accounts.models import User


def awa(**fields) -> User:
    return User(**{"username": "awa.ndiaye2", "full_name": "Awa Marie N’Diaye", "phone": "+221771234567", **fields})


@pytest.mark.parametrize(
    "pin",
    [
        "771234567", "221771234567", "1234567", "234567", "765432", "77 123 45 67", "awandiaye", "Awa.Ndiaye",
        "N'Diaye", "٧٧١٢٣٤٥٦٧", "７７１２３４５６７",
        "ndiaye2001", "awa123", "Marie2", "awamarie", "eyaidn", "17081999", "19990817", "170899", "081999", "19992001",
        "20012001", "passerelle-demo", "Passerelle Demo", "awa.ndiaye2", "12345678", "111111", "987654", "password",
        "12345 6", "1 1 1 1 1 1", "١٢٣٤٥٦", "765 432", "٧٧١٢٣٤",
    ],
)  # fmt: skip
def test_easy_ones_are_refused(pin):
    with pytest.raises(ValidationError):
        validate_password(pin, awa())


@pytest.mark.parametrize("pin", ["482915", "739164", "mangue-verte", "deux poules", "k7Fq2p", "marieuse-du-port"])
def test_others_are_taken(pin):
    validate_password(pin, awa())


def test_a_site_may_ask_for_longer_ones_and_never_for_shorter(settings):
    settings.LEARNER_PIN_LENGTH = 8
    with pytest.raises(ValidationError, match="8"):
        validate_password("4829157", awa())
    validate_password("48291573", awa())
    with override("en"):
        assert "At least 8 digits" in str(pin_field("PIN").help_text)
    settings.LEARNER_PIN_LENGTH = 4
    with pytest.raises(ValidationError, match="6"):
        validate_password("48291", awa())


@pytest.mark.parametrize("password", ["fatou.sarr1", "passerelle-demo", "sarr2026!!", "fatousarr99"])
def test_passwords_of_the_team_too(password):
    with pytest.raises(ValidationError):
        validate_password(password, awa(username="fatou.sarr", full_name="Fatou Sarr", role=Role.MANAGER))


def test_signing_up_with_ones_own_number(client, db):
    form = {"full_name": "Awa N’Diaye", "country": "SN", "phone": "77 123 45 67", "language": "fr"}
    for pin in ("771234567", "awandiaye", "17081999"):
        client.post("/fr/accounts/signup/", {**form, "password1": pin})
    assert not User.objects.exists()
