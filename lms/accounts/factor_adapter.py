"""How allauth's second factors are kept, named and drawn here."""

import io
import logging
from typing import Any
from urllib.parse import urlsplit

import segno
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lms.accounts import second_factor
from lms.accounts.models import User
from lms.lib.sealing import UnreadableSecretError, seal, unseal

logger = logging.getLogger(__name__)


class FactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "This code is not right, or it was used before. Wait for the next one in your app, then type it."
        ),
        "cannot_delete_authenticator": gettext_lazy(
            "Your account must keep a second factor. Add another one first, then remove this one."
        ),
        "cannot_generate_recovery_codes": gettext_lazy("Set up an app or a passkey first."),
    }

    def get_totp_label(self, user: User) -> str:
        return user.username

    def get_totp_issuer(self) -> str:
        return self._get_site_name()

    def _get_site_name(self) -> str:
        return str(settings.WAGTAIL_SITE_NAME)

    def build_totp_svg(self, url: str) -> str:
        file = io.BytesIO()
        segno.make(url, error="m").save(file, kind="svg", scale=4, border=4, light="white", xmldecl=False)
        return file.getvalue().decode()

    def encrypt(self, text: str) -> str:
        return seal(text, purpose=second_factor.PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """With a secret that cannot be read no code is right: ``doctor`` tells, a reset helps."""
        try:
            return unseal(encrypted_text, purpose=second_factor.PURPOSE)
        except UnreadableSecretError:
            logger.error("a second factor was sealed with a key that is gone: see SECRET_KEY_FALLBACKS")
            return generate_totp_secret()

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        return second_factor.may_remove(authenticator)

    def generate_authenticator_name(self, user: User, type: Any) -> str:  # noqa: A002  (allauth's name)
        return _("Passkey %(number)d") % {"number": second_factor.passkeys(user).count() + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Of the public address, never of the name that a request gives our host."""
        return {"id": urlsplit(settings.BASE_URL).hostname or "", "name": self._get_site_name()}
