"""Phrases to find among tokens, written as plain lines: a word list that a reader of the language can correct.

    femme|femmes            either word              jeun*      a word that begins so
    jeune? fille            the first is free        ..3        up to three words between
    <n> <age> <year>        any number, 14 to 80, 1930 to 2015
    <money>                 a number with a currency, on either side
    ! name                  not when the guard of that name stands beside it

Each line is bounded, so that the work grows with the text alone; ``Matcher.steps`` counts it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from placement.text_checks.reading import Token

AGES, YEARS = range(14, 81), range(1930, 2016)
CURRENCIES = frozenset({
    "fcfa", "cfa", "xof", "xaf", "franc", "francs", "euro", "euros", "eur", "€", "$", "usd", "dollar", "dollars",
    "ariary", "mga", "cedi", "cedis", "ghs", "gh₵", "f", "naira", "ngn", "£",
})  # fmt: skip
SIGNS_BEFORE = frozenset({"€", "$", "£", "fcfa", "xof", "xaf", "usd", "eur"})  # of an amount
LONGEST_PREFIX = 24


@dataclass(frozen=True)
class Part:
    words: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    special: str = ""
    gap: int = 0
    optional: bool = False

    def takes(self, token: Token) -> bool:
        if self.special:
            return fits(self.special, token)
        return token.text in self.words or any(token.text.startswith(prefix) for prefix in self.prefixes)


@dataclass(frozen=True)
class Guard:
    """Words that make a phrase harmless: so many tokens before it, after it, or within it."""

    words: Part
    before: int = 0
    after: int = 0
    inside: bool = False


@dataclass(frozen=True)
class Pattern:
    line: str
    parts: tuple[Part, ...]
    guards: tuple[Guard, ...] = ()
    tag: str = ""


@dataclass(frozen=True)
class Match:
    tag: str
    first: int  # of the tokens
    after: int


def fits(special: str, token: Token) -> bool:
    if token.kind != "n":
        return False
    return special == "n" or token.value in (AGES if special == "age" else YEARS)


def part_of(text: str) -> Part:
    if text.startswith(".."):
        return Part(gap=int(text[2:]))
    optional = text.endswith("?") and len(text) > 1
    text = text.removesuffix("?") if optional else text
    if text.startswith("<"):
        return Part(special=text.strip("<>"), optional=optional)
    alternatives = text.split("|") if text != "|" else [text]
    return Part(
        words=frozenset(word for word in alternatives if not word.endswith("*") or word == "*"),
        prefixes=tuple(word[:-1] for word in alternatives if word.endswith("*") and word != "*"),
        optional=optional,
    )


def guard_of(words: str, *, before: int = 0, after: int = 0, inside: bool = False) -> Guard:
    return Guard(part_of("|".join(words.split())), before, after, inside)


def patterns_of(tag: str, lines: str, guards: Mapping[str, Guard]) -> Iterator[Pattern]:
    """One for each line that is not empty and no comment. Raises KeyError for a guard that is not there."""
    for line in lines.splitlines():
        phrase, _mark, names = line.partition(" ! ")
        if not phrase.strip() or phrase.strip().startswith("#"):
            continue
        parts = tuple(part_of(word) for word in phrase.split())
        if parts[0].gap or parts[0].optional:
            raise ValueError(f"begins with something free: {line}")
        yield Pattern(phrase.strip(), parts, tuple(guards[name] for name in names.split()), tag)


@dataclass
class Matcher:
    """Finds any of its patterns; those that begin with a word are looked up, not tried."""

    patterns: Iterable[Pattern]
    steps: int = 0  # parts compared, since it was made
    exact: dict[str, list[Pattern]] = field(default_factory=lambda: defaultdict(list))
    prefixed: dict[str, list[Pattern]] = field(default_factory=lambda: defaultdict(list))
    numbered: list[Pattern] = field(default_factory=list)

    def __post_init__(self) -> None:
        for pattern in self.patterns:
            first = pattern.parts[0]
            if first.special:
                self.numbered.append(pattern)
            for word in first.words:
                self.exact[word].append(pattern)
            for prefix in first.prefixes:
                self.prefixed[prefix].append(pattern)

    def find(self, tokens: list[Token]) -> Iterator[Match]:
        for place, token in enumerate(tokens):
            for pattern in self.beginning(token):
                after = self.follow(tokens, place, pattern.parts)
                if after is not None and not self.guarded(tokens, place, after, pattern):
                    yield Match(pattern.tag, place, after)

    def beginning(self, token: Token) -> Iterator[Pattern]:
        yield from self.exact.get(token.text, ())
        if token.kind == "w":
            for length in range(1, min(len(token.text), LONGEST_PREFIX) + 1):
                yield from self.prefixed.get(token.text[:length], ())
        if token.kind == "n" or token.text in SIGNS_BEFORE:
            yield from self.numbered

    def follow(self, tokens: list[Token], place: int, parts: tuple[Part, ...]) -> int | None:
        """Where the phrase ends that begins here; None when it does not stand here."""
        self.steps += 1
        if not parts:
            return place
        part, rest = parts[0], parts[1:]
        if part.gap:
            for skipped in range(part.gap + 1):
                if place + skipped > len(tokens) or (skipped and tokens[place + skipped - 1].kind == "e"):
                    return None
                if (after := self.follow(tokens, place + skipped, rest)) is not None:
                    return after
            return None
        if part.special == "money":
            length = money_at(tokens, place)
            return self.follow(tokens, place + length, rest) if length else None
        if place < len(tokens) and part.takes(tokens[place]):
            after = self.follow(tokens, place + 1, rest)
            if after is not None or not part.optional:
                return after
        return self.follow(tokens, place, rest) if part.optional else None

    def guarded(self, tokens: list[Token], first: int, after: int, pattern: Pattern) -> bool:
        return any(stands_near(tokens, first, after, guard) for guard in pattern.guards)


def stands_near(tokens: list[Token], first: int, after: int, guard: Guard) -> bool:
    """Within the same sentence."""
    if guard.inside and any(guard.words.takes(token) for token in tokens[first:after]):
        return True
    for place in range(first - 1, max(first - 1 - guard.before, -1), -1):
        if tokens[place].kind == "e":
            break
        if guard.words.takes(tokens[place]):
            return True
    for place in range(after, min(after + guard.after, len(tokens))):
        if tokens[place].kind == "e":
            break
        if guard.words.takes(tokens[place]):
            return True
    return False


def money_at(tokens: list[Token], place: int) -> int:
    """How many tokens an amount with its currency takes here; 0 when there is none."""
    two = tokens[place : place + 2]
    if len(two) < 2:
        return 0
    first, second = two
    is_amount = first.kind == "n" and second.text in CURRENCIES and (second.text != "f" or first.value >= 100)
    is_sign_first = first.text in SIGNS_BEFORE and second.kind == "n"
    if is_amount and second.text == "francs" and len(tokens) > place + 2 and tokens[place + 2].text == "cfa":
        return 3
    return 2 if is_amount or is_sign_first else 0
