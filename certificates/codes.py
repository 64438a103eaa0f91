"""The public code of a certificate: 15 random characters and a check character, such as ``7K3M-C9XW-DTF4-H2JP``.

Why this shape, and not 128 bits:

- The code is an address that a person copies from paper. Twenty-three signs are left when vowels (no words by
  accident), 0 and 1, and every letter mistaken for a digit or for its neighbour are taken out; 16 signs in
  four groups fit in one line and are typed in half a minute.
- 15 signs out of 23 are 67.8 bits. With ten million certificates issued, a guess hits one in 2 ** 44; a
  thousand guesses a second need more than five hundred years for the first hit. These bits are the protection:
  the limit on unknown codes (``views.py``) counts by address, so it stops nobody who has many addresses, and real
  codes go on answering beyond it, as an employer's whole office may stand behind one address. A hit shows
  nothing but what the holder agreed to publish, so the code is an address and never a secret that opens an
  account or a document. Links that do promise to be unguessable (sign-in, replies of employers) are signed
  tokens and do not use this module.
- 23 is a prime number, so the check character (a sum weighted by position, modulo 23) finds every single
  wrong character and every exchange of two characters. A typing mistake is answered at once, without a
  look-up, and is not counted as an attempt to guess.
- What people read wrongly from paper is put right before the check: B for 8, G for 6, S for 5, U for V, Z
  for 2.
"""

from __future__ import annotations

import secrets
import unicodedata

ALPHABET = "23456789CDFHJKMNPRTVWXY"
LENGTH = 16
GROUP = 4

_VALUE = {sign: value for value, sign in enumerate(ALPHABET)}
_MISREAD = str.maketrans("BGSUZ", "865V2")


def new_code() -> str:
    """A fresh code without separators, from the system's source of randomness."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check_character(body)


def normalise_code(text: str) -> str:
    """The code as it is stored, from whatever was typed or pasted; never raises, and need not be a real code.

    Accepts the whole address of the public page, any separators, small letters, full-width and non-Latin
    digits, and the usual misreadings.
    """
    path = text.split("#", 1)[0].split("?", 1)[0].rstrip("/ \t\r\n")
    return "".join(_plain(sign) for sign in path.rsplit("/", 1)[-1]).translate(_MISREAD)


def format_code(code: str) -> str:
    """The code in groups of four, as it is printed: ``7K3M-C9XW-DTF4-H2JP``."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def is_code(text: str) -> bool:
    """Whether the text, once normalised, is a well-formed code with a right check character."""
    code = normalise_code(text)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return False
    return code[-1] == _check_character(code[:-1])


def foreign_characters(text: str) -> list[str]:
    """Those of the normalised text that stand in no code, each once."""
    return [sign for sign in dict.fromkeys(normalise_code(text)) if sign not in ALPHABET]


def _check_character(body: str) -> str:
    """Weights 1 to 15 are all different and none is 0 modulo 23: that is what catches exchanges as well.

    The check character itself has weight -1 (22), different from the others too.
    """
    total = sum(weight * _VALUE[sign] for weight, sign in enumerate(body, start=1))
    return ALPHABET[total % len(ALPHABET)]


def _plain(sign: str) -> str:
    """One typed sign as capital letters and ASCII digits; separators and everything else that is no sign
    vanish.
    """
    digit = unicodedata.digit(sign, None)
    if digit is not None:
        return str(digit)
    folded = unicodedata.normalize("NFKC", sign).upper()
    return "".join(part for part in folded if part.isalnum())
