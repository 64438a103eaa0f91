"""A text as words, numbers and signs that remember where they stood, whatever the writer did to hide them: capitals,
accents, zero-width signs, letters of other alphabets that look the same, digits for letters, single spaced letters.
"""

import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from lms.lib.comparison import comparable, western_digits

LOOK_ALIKES = str.maketrans(
    "авекмнорстухіјѕԁһԛԝӏ" "αβεικνορτυχϲ" "ɑɡɩʀꞵꮯ",
    "abekmhopctyxijsdhqwl" "abeikvoptuxc" "agirbc",
)  # fmt: skip
"""Letters that look like Latin ones (Unicode's confusables.txt: those of everyday alphabets), after folding case."""
DIGIT_LETTERS = str.maketrans("01345", "oieas")
"""Digits that stand for letters inside a word: ``cath0lique``. Not "7", "2": B2B, 7j/7."""
BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"  # letters and signs that show nothing
ENDS = ".!?;…\n\r\u2028\u2029\x0b\x0c\x85"
MOST_SIGNS = 20_000  # read of one text: more than any field takes
THOUSANDS = 3
FIGURES = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Token:
    """``kind``: w a word, n a number, s a sign, e the end of a sentence. ``tight``: no space before it."""

    kind: str
    text: str
    start: int
    end: int
    tight: bool
    value: float = 0.0


@lru_cache(maxsize=4096)
def folded(sign: str) -> str:
    """One sign of the text as it is compared: none, one or a few letters; a space for any kind of space."""
    if sign in BLANK_LETTERS or unicodedata.category(sign) in {"Cf", "Mn", "Me"}:
        return ""
    if sign in ENDS and sign.isspace():
        return "\n"
    spelled = western_digits(comparable(sign).translate(LOOK_ALIKES))
    kept = "".join(c for c in spelled if unicodedata.category(c) not in {"Cf", "Mn", "Me"})
    return kept.translate(LOOK_ALIKES) or (" " if sign.isspace() else "")


def signs_of(text: str) -> list[tuple[str, int]]:
    """Each folded sign with the place of the sign it comes from."""
    signs = [(part, place) for place, sign in enumerate(text[:MOST_SIGNS]) for part in folded(sign)]
    for number in range(1, len(signs) - 1):
        before, (sign, place), after = signs[number - 1][0], signs[number], signs[number + 1][0]
        if sign in "01345" and before.isalpha() and after.isalpha():
            signs[number] = (sign.translate(DIGIT_LETTERS), place)
    return signs


def tokens_of(text: str) -> list[Token]:
    """In one pass; then spaced letters are words, and "5 000" is one number."""
    return joined_numbers(joined_letters(plain_tokens(signs_of(text))))


def plain_tokens(signs: list[tuple[str, int]]) -> list[Token]:
    found: list[Token] = []
    number, tight = 0, False
    while number < len(signs):
        sign, start = signs[number]
        first = number
        number += 1
        if sign == " ":
            tight = False
            continue
        kind = "n" if sign in FIGURES else "w" if sign.isalpha() else "e" if sign in ENDS else "s"
        while kind in "nw" and number < len(signs) and (
            signs[number][0] in FIGURES if kind == "n" else signs[number][0].isalpha()
        ):  # fmt: skip
            number += 1
        after = signs[number][0] if number < len(signs) else " "
        before = signs[first - 1][0] if first else " "
        if sign in "'-" and before.isalpha() and after.isalpha():
            continue  # d'origine, good-looking: two words
        if sign == "." and after not in " \n":
            kind = "s"  # inside a number, an address, an abbreviation
        word = "".join(part for part, _place in signs[first:number])
        value = float(word[:15]) if kind == "n" else 0.0
        found.append(Token(kind, word, start, signs[number - 1][1] + 1, tight, value))
        tight = sign != "\n"
    return found


def joined_letters(tokens: list[Token]) -> list[Token]:
    """``f e m m e`` and ``f.e.m.m.e`` as one word: four letters or more, one sign between each."""
    found: list[Token] = []
    number = 0
    while number < len(tokens):
        run, after, first_step = [tokens[number]], number + 1, 0
        while run[-1].kind == "w" and len(run[-1].text) == 1 and after < len(tokens):
            step = 1 if tokens[after].kind == "w" else 2
            following = tokens[after + step - 1] if after + step - 1 < len(tokens) else None
            if following is None or following.kind != "w" or len(following.text) != 1:
                break
            if following.start - run[-1].end != 1 or step != (first_step or step):
                break
            first_step = step
            run.append(following)
            after += step
        if len(run) >= 4:
            found.append(replace(run[0], text="".join(t.text for t in run), end=run[-1].end))
            number = after
        else:
            found.append(tokens[number])
            number += 1
    return found


def joined_numbers(tokens: list[Token]) -> list[Token]:
    """``5 000``, ``5.000`` and ``5,000`` as one number, ``12,02`` too."""
    found: list[Token] = []
    number = 0
    while number < len(tokens):
        token = tokens[number]
        number += 1
        if token.kind != "n":
            found.append(token)
            continue
        value, end, figures, is_grouped = token.value, token.end, token.text, len(token.text) <= THOUSANDS
        while is_grouped and number < len(tokens):
            step = 1 if tokens[number].kind == "n" else 2
            group = tokens[number + step - 1] if number + step - 1 < len(tokens) else None
            separated = step == 1 or (tokens[number].text in ".,'" and tokens[number].tight)
            if group is None or group.kind != "n" or not separated or group.start - end > 1 + (step == 1):
                break
            if len(group.text) != THOUSANDS:
                if step == 2 and group.tight:
                    value, end, number = value + group.value / 10 ** len(group.text), group.end, number + 2
                    figures += group.text
                break
            value, end, number = value * 1000 + group.value, group.end, number + step
            figures += group.text
        found.append(replace(token, text=figures, end=end, value=value))
    return found
