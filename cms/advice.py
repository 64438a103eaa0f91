"""What makes a lesson heavy or hard, said to its author. Advice only: nothing here ever stops them from publishing.

Readability is LIX (C.-H. Björnsson, *Läsbarhet*, 1968; J. Anderson, "Lix and Rix", Journal of Reading 26:6, 1983):
words per sentence + 100 * (words of more than 6 letters) / words. It needs no dictionary of any language. On its
scale 30 is easy, 40 medium, 50 hard.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from math import ceil
from typing import Any

from django.utils.translation import gettext as _
from wagtail import blocks

HEAVY_BYTES = 15_000  # of HTML and pictures: a first page in one round trip on a slow line
LONG_SENTENCE = 25  # words; gov.uk's writers split longer ones
HARD_LIX = 50
ENOUGH_WORDS = 60  # LIX of fewer words says nothing
QUOTED = 8  # words of a sentence that is named

END_OF_LINE = re.compile(r"</(?:p|li|h[1-6])>|<br\s*+/?>", re.IGNORECASE)
TAG = re.compile(r"<[^<>]*+>")
SENTENCE_END = re.compile(r"[.!?…:](?=\s|$)|\n")
WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")


class AdviceKind(StrEnum):
    WEIGHT = "weight"
    ALTERNATIVE = "alternative"
    TRANSCRIPT = "transcript"
    SENTENCE = "sentence"
    LIX = "lix"
    SELF_CHECK = "self-check"


@dataclass(frozen=True, slots=True)
class Advice:
    kind: AdviceKind
    text: str


def text_of_html(html: str) -> str:
    """The words of rich text, each paragraph and list item on a line of its own."""
    return unescape(TAG.sub("", END_OF_LINE.sub("\n", html)))


def sentences(text: str) -> list[str]:
    return [part.strip() for part in SENTENCE_END.split(text) if WORD.search(part)]


def words(text: str) -> list[str]:
    """An elided article is a word of its own, as it is read: l’image is two."""
    return [piece for word in WORD.findall(text) for piece in re.split(r"[’']", word) if piece]


def lix(text: str) -> float:
    """0 for a text without words."""
    every, lines = words(text), sentences(text)
    if not every or not lines:
        return 0.0
    return len(every) / len(lines) + 100 * sum(len(word) > 6 for word in every) / len(every)


def prose(stream: Iterable[Any]) -> Iterator[str]:
    """What is read as running text in a lesson; tables, code and transcripts are not."""
    for child in stream:
        if child.block_type == "text":
            yield text_of_html(str(child.value.source))
        elif child.block_type in {"tip", "example", "warning"}:
            yield text_of_html(str(child.value["text"].source))
        elif child.block_type == "steps":
            yield from (text_of_html(str(step.source)) for step in child.value["steps"])


def advise(stream: blocks.StreamValue, weight: int) -> list[Advice]:
    """What its author may want to fix, the weightiest first; ``weight`` is the page's in bytes (cms.weight)."""
    return [*of_weight(weight), *of_media(stream), *of_words("\n".join(prose(stream))), *of_self_check(stream)]


def of_weight(weight: int) -> Iterator[Advice]:
    if weight > HEAVY_BYTES:
        sizes = {"size": ceil(weight / 1000), "most": HEAVY_BYTES // 1000}
        text = _("It weighs %(size)s kB on a phone; up to %(most)s kB is good. Remove a picture, or make two lessons.")
        yield Advice(AdviceKind.WEIGHT, text % sizes)


def of_media(stream: Iterable[Any]) -> Iterator[Advice]:
    for number, child in enumerate(stream, 1):
        if child.block_type == "image" and not (child.value["alt"] or "").strip():
            text = _("Block %(number)s: the picture has no description for people who cannot see it.")
            yield Advice(AdviceKind.ALTERNATIVE, text % {"number": number})
        elif child.block_type in {"audio", "video"} and not words(text_of_html(str(child.value["transcript"].source))):
            text = _("Block %(number)s: the recording has no transcript.")
            yield Advice(AdviceKind.TRANSCRIPT, text % {"number": number})


def of_words(text: str) -> Iterator[Advice]:
    long = [sentence for sentence in sentences(text) if len(words(sentence)) > LONG_SENTENCE]
    if long:
        worst = max(long, key=lambda sentence: len(words(sentence)))
        advice = _("Sentences of more than %(most)s words: %(count)s. The longest begins “%(start)s…”.")
        start = " ".join(worst.split()[:QUOTED])
        yield Advice(AdviceKind.SENTENCE, advice % {"count": len(long), "most": LONG_SENTENCE, "start": start})
    score = lix(text)
    if len(words(text)) >= ENOUGH_WORDS and score > HARD_LIX:
        advice = _("It is hard to read (LIX %(score)s; up to %(most)s is good). Use shorter sentences and words.")
        yield Advice(AdviceKind.LIX, advice % {"score": round(score), "most": HARD_LIX})


def of_self_check(stream: Iterable[Any]) -> Iterator[Advice]:
    if not any(child.block_type == "self_check" for child in stream):
        yield Advice(AdviceKind.SELF_CHECK, _("It has no self-check question. One at the end helps people remember."))
