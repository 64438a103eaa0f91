"""Letters that no font of this machine has: which they are, and the Debian packages that bring them."""

import unicodedata
from collections.abc import Iterable

PACKAGES = ("fonts-noto-core", "fonts-noto-extra", "fonts-noto-cjk", "fonts-noto-color-emoji")
APT_LINE = f"apt-get install {' '.join(PACKAGES)}"
_MOST_SHOWN = 10


class MissingGlyphsError(ValueError):
    """A page that would print empty boxes. ``characters`` are those that no font here has."""

    def __init__(self, characters: Iterable[str]) -> None:
        self.characters = "".join(dict.fromkeys(characters))
        shown = " ".join(f"{character} (U+{ord(character):04X})" for character in self.characters[:_MOST_SHOWN])
        more = " …" if len(self.characters) > _MOST_SHOWN else ""
        super().__init__(f"no font here has {shown}{more}. On Debian or Ubuntu: {APT_LINE}")


def missing_glyphs(codepoints: Iterable[int]) -> str:
    """Those of ``codepoints`` that leave a box on the paper: not what is invisible, such as a joiner."""
    characters = (chr(codepoint) for codepoint in codepoints)
    return "".join(
        character for character in characters if unicodedata.category(character) not in {"Cc", "Cf", "Zs", "Zl", "Zp"}
    )
