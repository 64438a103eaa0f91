"""The name of a person, as people type it and as a certificate prints it."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Letters and marks that nobody sees: Unicode's Default_Ignorable_Code_Point, without the joiners that scripts need
UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
JOINERS = "\u200c\u200d"
ACCENTS_FOR_APOSTROPHES = str.maketrans("\u00b4\u0060", "\u2019\u2019")  # of keyboards without an apostrophe
STYLES = ("<wide>", "<narrow>", "<font>", "<isolated>", "<initial>", "<medial>", "<final>", "<compat>")
NO_PART_OF_A_NAME = frozenset('<>=@{}[]|\\"$%^*+#~;:/!?,')
LONGEST = 120  # characters


def clean_name(text: str) -> str:
    """A person's name as it will stand on a certificate. Raises ValidationError with what to do.

    Lists often have "Diop, Awa": the family name, a comma, the first name. That is Awa Diop. Letters of another width
    or style are the plain ones, and what nobody sees is left out.
    """
    name = UNSEEN.sub("", unicodedata.normalize("NFC", text)).translate(ACCENTS_FOR_APOSTROPHES)
    if any(unicodedata.category(c) in {"Cf", "Co", "Cn"} and c not in JOINERS for c in name) or has_controls(name):
        raise ValidationError(_("This name contains characters that cannot be printed. Type it again."))
    name = in_order(" ".join("".join(without_style(c) for c in name).split()))
    if any(c in NO_PART_OF_A_NAME or unicodedata.category(c)[0] in "NS" for c in name):
        raise ValidationError(_("A name can contain only letters, spaces, hyphens and apostrophes."))
    if sum(c.isalpha() for c in name) < 2:
        raise ValidationError(_("Write the first name and the family name."))
    if len(name) > LONGEST:
        raise ValidationError(_("This name is too long: 120 characters at most."))
    return name


def has_controls(name: str) -> bool:
    return any(unicodedata.category(c) == "Cc" and not c.isspace() for c in name)


def without_style(character: str) -> str:
    """A letter of another width or style as the plain one; Ａ is A. Numbers stay what they are: Ⅷ is no VIII."""
    style = unicodedata.decomposition(character).partition(" ")[0]
    if style not in STYLES or unicodedata.category(character)[0] not in "LM":
        return character
    return unicodedata.normalize("NFKC", character)


def in_order(name: str) -> str:
    """The first name first."""
    family, comma, first = (part.strip() for part in name.partition(","))
    return f"{first} {family}" if comma and min(len(family), len(first)) > 1 and "," not in first else name
