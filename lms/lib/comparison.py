"""When are two written texts the same? Case, accents, kinds of apostrophe, spaces do not count; letters do.

The one place that says so. What is compared adds a rule of its own: people in ``lms/accounts/identity.py``, typed
answers in ``assessments/question_types/normalisation.py``, headings of tables here.

Latin accents are dropped, because a phone keyboard makes them hard to type. In other scripts a mark may be
a vowel or a tone (Devanagari, N'Ko), so it stays. In Arabic the short vowels and the stretching stroke,
which ordinary writing leaves out, are dropped, as search engines do (Lucene's ArabicNormalizer).
"""

import re
import unicodedata

UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
APOSTROPHES = dict.fromkeys(map(ord, "’‘‛ʼʻʹʽˈ`´′＇՚ꞌ"), "'")
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－⁃"), "-")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})
_ARABIC_SIGNS = dict.fromkeys([0x0640, 0x0670, *range(0x064B, 0x0653)])


def comparable(text: str) -> str:
    """A form that is equal for all spellings of one text. Of a comparable form it is the same again."""
    while (changed := _comparable_once(text)) != text:
        text = changed
    return text


def without_invisible(text: str) -> str:
    """Without marks that take no place: zero-width spaces, byte order marks, marks of direction, soft hyphens.

    The two joiners, which shape letters, stay.
    """
    return "".join(c for c in text if unicodedata.category(c) != "Cf" or c in "\u200c\u200d")


def storable(text: str) -> str:
    """Without what PostgreSQL or an XML file, and so a spreadsheet, cannot hold: NUL and other control characters, half
    a pair of surrogates, what is no character. A line break of Word is a space.
    """
    return UNSTORABLE.sub(lambda found: " " if found[0].isspace() else "", text)


def western_digits(text: str) -> str:
    """Digits of any script, full-width ones too, as 0-9: ``٠٧ ０１`` gives ``07 01``."""
    return "".join(str(unicodedata.decimal(c)) if unicodedata.category(c) == "Nd" else c for c in text)


def heading_key(title: str) -> str:
    """The title of a column as words of letters and digits: "N° de téléphone :" gives "no de telephone"."""
    spelled = comparable(title.replace("№", "n°")).replace("°", "o").replace("'", " ")
    return " ".join(re.findall(r"\w+", spelled.replace("_", " ")))


def _comparable_once(text: str) -> str:
    text = without_invisible(text.translate(APOSTROPHES | _DASHES))
    text = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    return " ".join(_without_marks(text).split())


def _without_marks(text: str) -> str:
    kept: list[str] = []
    base = ""
    for character in unicodedata.normalize("NFD", text):
        if not unicodedata.combining(character):
            base = character
        elif "LATIN" in unicodedata.name(base or " ", ""):
            continue
        kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept).translate(_ARABIC_SIGNS))
