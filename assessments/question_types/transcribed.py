"""How near a transcript comes to the gold text: words and characters after a normalisation that is told on the task.

WER = (S + D + I) / N: the fewest substitutions, deletions and insertions (V. I. Levenshtein, Binary codes capable of
correcting deletions, insertions and reversals, Soviet Physics Doklady 10, 1966) that make one text of the other, for
each word of the gold text; CER the same of characters, spaces counted, as jiwer 4 works them out. Both may exceed 1.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

LANGUAGES = ("fr", "en")
FILLERS = {"fr": frozenset({"euh", "heu", "hum", "hem"}), "en": frozenset({"um", "uh", "er", "erm", "uhm", "hmm"})}
APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ`´‘′", "'"))
QUOTES = str.maketrans(dict.fromkeys("“”„", '"') | dict.fromkeys("‐‑–—", "-") | {"…": "..."})
HOUR = re.compile(r"(?<![^\W\d])(\d{1,2}) ?h(?: ?(\d\d))?(?!\w)")
BEFORE_SIGNS = re.compile(r"(?<! ) ++(?=[;:!?%€$])")
THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
ENGLISH_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
DECIMAL = re.compile(r"(?<=\d)[.,](?=\d)")
GUILLEMETS = re.compile(r"«\s*+|(?:(?<!\s)\s++)?»")
ELISION = re.compile(r"(?<=\w)' ?(?=\w)")
INSIDE_WORD = re.compile(r"(?<=\w)'(?=\w)")
POINT, MARK = "\ue000", "\ue001"  # stand for themselves while punctuation is taken away; for private use
SIGNS = re.compile(rf"[^\w\s%€${POINT}{MARK}]|_")


@dataclass(frozen=True)
class Norm:
    """What counts; a language is that of the speech."""

    language: str = "fr"
    case: bool = False
    punctuation: bool = False
    fillers: bool = False
    same: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)  # as written -> as compared

    def words(self, text: str) -> list[str]:
        """The text as it is compared."""
        return replaced(self._split(text), self.same) if self.same else self._split(text)

    def with_same(self, ways: Sequence[Sequence[str]]) -> Norm:
        """What may be written in several ways, such as "12" and "douze": each is compared as the first."""
        same: dict[tuple[str, ...], tuple[str, ...]] = {}
        for first, *others in ways:
            compared = tuple(self._split(first))
            same |= {written: compared for other in others if (written := tuple(self._split(other)))}
        return replace(self, same=same)

    def _split(self, text: str) -> list[str]:
        text = unicodedata.normalize("NFC", text.translate(APOSTROPHES).translate(QUOTES))
        text = GUILLEMETS.sub('"', text)
        text = " ".join(text.replace(POINT, " ").replace(MARK, " ").split())
        text = text.replace("œ", "oe").replace("Œ", "Oe").replace("æ", "ae").replace("Æ", "Ae")
        if not self.case:
            text = text.casefold()
        text = THOUSANDS.sub("", text)
        if self.language == "en":
            text = ENGLISH_THOUSANDS.sub("", text)
        else:
            text = HOUR.sub(lambda found: f"{found[1]}h{found[2] or ''}", text)
        text = DECIMAL.sub(POINT, BEFORE_SIGNS.sub("", text))
        text = ELISION.sub(" ", text) if self.language == "fr" else INSIDE_WORD.sub(MARK, text)
        if not self.punctuation:
            text = SIGNS.sub(" ", text)
        words = text.replace(POINT, ",").replace(MARK, "'").split()
        if self.fillers:
            return words
        return [word for word in words if word.strip(".,;:!?\"'-").casefold() not in FILLERS[self.language]]


def replaced(words: Sequence[str], same: Mapping[tuple[str, ...], tuple[str, ...]]) -> list[str]:
    """From the left, the longest first; what was put in is not looked at again."""
    longest = max(map(len, same))
    found: list[str] = []
    place = 0
    while place < len(words):
        for length in range(longest, 0, -1):
            run = tuple(words[place : place + length])
            if len(run) == length and run in same:
                found += same[run]
                place += length
                break
        else:
            found.append(words[place])
            place += 1
    return found


def distance(gold: Sequence[Hashable], typed: Sequence[Hashable]) -> int:
    """The fewest steps from one to the other, in one number of a bit for each item of ``gold``.

    G. Myers, A fast bit-vector algorithm for approximate string matching, Journal of the ACM 46, 1999, in the form of
    H. Hyyrö (2003) for whole texts.
    """
    if not gold:
        return len(typed)
    places: dict[Hashable, int] = {}
    for place, item in enumerate(gold):
        places[item] = places.get(item, 0) | 1 << place
    everything, last = (1 << len(gold)) - 1, 1 << (len(gold) - 1)
    up, down, steps = everything, 0, len(gold)
    for item in typed:
        here = places.get(item, 0)
        diagonal = (((here & up) + up) ^ up) | here | down
        more, less = down | ~(diagonal | up) & everything, up & diagonal
        steps += bool(more & last) - bool(less & last)
        more, less = (more << 1 | 1) & everything, (less << 1) & everything
        up, down = (less | ~(diagonal | more) & everything), more & diagonal
    return steps


@dataclass(frozen=True)
class Step:
    kind: Literal["same", "changed", "missed", "added"]
    gold: str = ""
    typed: str = ""


def steps_between(gold: Sequence[str], typed: Sequence[str]) -> list[Step]:
    """The fewest steps, in the order of the text. Its work grows with the product of the two lengths: both are
    limited where texts come from.
    """
    rows = [list(range(len(typed) + 1))]
    for number, word in enumerate(gold, 1):
        before, row = rows[-1], [number]
        for place, other in enumerate(typed, 1):
            row.append(min(before[place - 1] + (word != other), before[place] + 1, row[-1] + 1))
        rows.append(row)
    found: list[Step] = []
    i, j = len(gold), len(typed)
    while i or j:
        if i and j and rows[i][j] == rows[i - 1][j - 1] + (gold[i - 1] != typed[j - 1]):
            i, j = i - 1, j - 1
            found.append(Step("same" if gold[i] == typed[j] else "changed", gold[i], typed[j]))
        elif i and rows[i][j] == rows[i - 1][j] + 1:
            i -= 1
            found.append(Step("missed", gold=gold[i]))
        else:
            j -= 1
            found.append(Step("added", typed=typed[j]))
    return found[::-1]


def count_of(words: Sequence[str], run: Sequence[str]) -> int:
    """How often the words of ``run`` stand there one after the other."""
    return sum(list(words[place : place + len(run)]) == list(run) for place in range(len(words) - len(run) + 1))


@dataclass(frozen=True)
class Errors:
    """Of one transcript or of many together, in numbers that add up: rates are pooled, as jiwer does, not averaged."""

    tasks: int = 0
    words: int = 0
    word_errors: int = 0
    characters: int = 0
    character_errors: int = 0
    critical: int = 0
    critical_wrong: int = 0

    @classmethod
    def of(cls, gold: Sequence[str], typed: Sequence[str], critical: Sequence[Sequence[str]] = ()) -> Errors:
        """A critical run of words is right where the transcript has it as often as the gold text."""
        one, other = " ".join(gold), " ".join(typed)
        wrong = sum(count_of(typed, run) < count_of(gold, run) for run in critical)
        return cls(1, len(gold), distance(gold, typed), len(one), distance(one, other), len(critical), wrong)

    @classmethod
    def total(cls, parts: Sequence[Errors]) -> Errors:
        added: Counter[str] = Counter()
        for part in parts:
            added.update(vars(part))
        return cls(**added)

    def as_figures(self) -> Mapping[str, int]:
        return vars(self)
