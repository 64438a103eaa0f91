"""What a text message costs: its alphabet, its length, the number of parts it is billed as (3GPP TS 23.038, 23.040)."""

import unicodedata

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = "^{}\\[~]|€"  # two places each
TYPEWRITER = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ",
     "\u202f": " ", "œ": "oe", "Œ": "OE", "\t": " "}
)  # fmt: skip


def is_gsm7(text: str) -> bool:
    return all(c in BASIC or c in EXTENDED for c in text)


def length(text: str) -> int:
    """Places the text takes: septets, or UTF-16 units when one letter is outside the GSM alphabet."""
    if is_gsm7(text):
        return sum(2 if c in EXTENDED else 1 for c in text)
    return len(text.encode("utf-16-le")) // 2


def segments(text: str) -> int:
    """How many messages are billed."""
    places = length(text)
    whole, part = (160, 153) if is_gsm7(text) else (70, 67)
    return 1 if places <= whole else -(-places // part)


def economical(text: str) -> str:
    """The same words in the GSM alphabet, where that loses only typography and rare accents ("ê" becomes "e"); a text
    in another script stays as it is.
    """
    plain = "".join(c if c in BASIC or c in EXTENDED else plain_letter(c) for c in text.translate(TYPEWRITER))
    return plain if is_gsm7(plain) else text


def plain_letter(letter: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c)) or letter
