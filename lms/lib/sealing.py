"""Short secrets kept in the database so that a stolen copy of it opens nothing: sealed with a key made from
``SECRET_KEY``. ``SECRET_KEY_FALLBACKS`` opens what older keys have sealed.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class UnreadableSecretError(ValueError):
    """It was sealed with a key that is neither ``SECRET_KEY`` nor one of ``SECRET_KEY_FALLBACKS``."""


def box(purpose: str) -> MultiFernet:
    """What was sealed for one purpose opens for no other."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(derived_key(key, purpose)) for key in keys])


def derived_key(key: str, purpose: str) -> bytes:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"lms.lib.sealing:{purpose}".encode()).derive(
        key.encode()
    )
    return base64.urlsafe_b64encode(made)


def seal(text: str, *, purpose: str) -> str:
    return box(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Raises UnreadableSecretError."""
    try:
        return box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecretError from error
