"""Regular expressions that authors write, in steps bounded by the length of the text times that of the pattern.

A small part of the usual language (letters, ".", [classes], \\d \\w \\s, groups, "|", "?", "*", "+", {2,3}), matched by
following all ways at once (K. Thompson, Regular expression search algorithm, Communications of the ACM 11, 1968): no
pattern is catastrophic. What needs going back (\\1, look-around) is refused in words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.translation import gettext as _

MOST_STATES = 400
DEEPEST = 20
MANY = -1  # as the upper end of a count: without one

Test = Callable[[str], bool]
CLASSES: dict[str, Test] = {
    "d": str.isdecimal,
    "w": lambda c: c.isalnum() or c == "_",
    "s": str.isspace,
}


class BadPattern(ValueError):  # noqa: N818 - says what it is
    """The words are for the author."""


@lru_cache(maxsize=500)
def compiled(pattern: str, fold: Callable[[str], str] | None = None) -> Pattern:
    """``fold`` is what was done to the texts that it will be held against, letter by letter. Raises BadPattern."""
    reader = _Reader(pattern, fold)
    start, end = reader.whole()
    return Pattern(reader.states, start, end)


@dataclass(frozen=True, eq=False)
class Pattern:
    states: list[_State]
    start: int
    end: int

    def fits(self, text: str) -> bool:
        """Does the whole text fit?"""
        here = self._reached([self.start])
        for character in text:
            following = [
                state.after for state in map(self.states.__getitem__, here) if state.test and state.test(character)
            ]
            if not following:
                return False
            here = self._reached(following)
        return self.end in here

    def _reached(self, begin: list[int]) -> set[int]:
        found, waiting = set(begin), list(begin)
        while waiting:
            for after in self.states[waiting.pop()].free:
                if after not in found:
                    found.add(after)
                    waiting.append(after)
        return found


@dataclass
class _State:
    test: Test | None = None
    after: int = 0  # once the test has taken a character
    free: list[int] = field(default_factory=list)  # without taking one


Part = Callable[[], tuple[int, int]]
"""Adds the states of a part, once more each time it is called: (first, last)."""


class _Reader:
    def __init__(self, pattern: str, fold: Callable[[str], str] | None) -> None:
        self.text, self.place, self.depth, self.fold = pattern, 0, 0, fold
        self.states: list[_State] = []

    def whole(self) -> tuple[int, int]:
        self.text = self.text.removeprefix("^")
        if self.text.endswith("$") and not self.text.endswith("\\$"):
            self.text = self.text[:-1]
        part = self.either()
        if self.place < len(self.text):
            raise BadPattern(_("A parenthesis is closed that was never begun."))
        return part()

    # -- reading

    def peek(self) -> str:
        return self.text[self.place : self.place + 1]

    def take(self) -> str:
        if self.place >= len(self.text):
            raise BadPattern(_("It ends too early."))
        self.place += 1
        return self.text[self.place - 1]

    def either(self) -> Part:
        ways = [self.row()]
        while self.peek() == "|":
            self.take()
            ways.append(self.row())
        return ways[0] if len(ways) == 1 else lambda: self.fork(ways)

    def row(self) -> Part:
        parts: list[Part] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.counted(self.one()))
        return lambda: self.chain(parts)

    def one(self) -> Part:
        sign = self.take()
        if sign == "(":
            return self.group()
        if sign == "[":
            test = self.several()
            return lambda: self.step(test)
        if sign == ".":
            return lambda: self.step(lambda c: True)
        if sign == "\\":
            return self.escaped()
        if sign in "*+?{^$":
            raise BadPattern(_("“%(sign)s” stands where it cannot: write “\\%(sign)s” for the sign.") % {"sign": sign})
        return self.letter(sign)

    def group(self) -> Part:
        if self.text.startswith("?:", self.place):
            self.place += 2
        elif self.peek() == "?":
            raise BadPattern(_("“(?” is not known here, except “(?:”."))
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadPattern(_("It is too long."))
        part = self.either()
        if self.peek() != ")":
            raise BadPattern(_("A parenthesis is never closed."))
        self.take()
        self.depth -= 1
        return part

    def escaped(self) -> Part:
        test = self.class_of(sign := self.take())
        return (lambda: self.step(test)) if test else self.letter(sign)

    def class_of(self, sign: str) -> Test | None:
        """What “\\d” stands for; nothing for a sign that stands for itself. Raises BadPattern."""
        if sign.lower() in CLASSES:
            test = CLASSES[sign.lower()]
            return test if sign.islower() else lambda c: not test(c)
        if sign.isalnum():
            raise BadPattern(_("“\\%(sign)s” is not known here.") % {"sign": sign})
        return None

    def letter(self, sign: str) -> Part:
        letters = (self.fold(sign) if self.fold else sign) or sign
        return lambda: self.chain([lambda c=c: self.step(lambda given: given == c) for c in letters])  # type: ignore[misc]

    def several(self) -> Test:
        """[abc], [a-z], [^0-9]"""
        negated = self.peek() == "^"
        if negated:
            self.take()
        tests: list[Test] = []
        while self.peek() != "]" or not tests:
            first = self.take()
            known = self.class_of(first := self.take()) if first == "\\" else None
            if known:
                tests.append(known)
                continue
            last = first
            if self.peek() == "-" and self.text[self.place + 1 : self.place + 2] not in ("]", ""):
                self.take()
                last = self.take()
                last = self.take() if last == "\\" else last
            if last < first:
                raise BadPattern(_("“%(range)s” goes backwards.") % {"range": f"{first}-{last}"})
            tests.append(self.between(first, last))
        self.take()
        return lambda c: any(test(c) for test in tests) is not negated

    def between(self, first: str, last: str) -> Test:
        if self.fold is None:
            return lambda c: first <= c <= last
        folded = self.fold(first) if first == last else ""
        return lambda c: first <= c <= last or first <= c.upper() <= last or c == folded

    def counted(self, part: Part) -> Part:
        low, high = 1, 1
        sign = self.peek()
        if sign and sign in "*+?":
            self.take()
            low, high = {"*": (0, MANY), "+": (1, MANY), "?": (0, 1)}[sign]
        elif sign == "{":
            low, high = self.count()
        else:
            return part
        if self.peek() == "?":  # which of several ways is tried first makes no difference here
            self.take()
        if self.peek() and self.peek() in "*+?{":
            raise BadPattern(_("A count stands behind a count."))
        return lambda: self.repeat(part, low, high)

    def count(self) -> tuple[int, int]:
        inside, closing, _rest = self.text[self.place + 1 :].partition("}")
        low, comma, high = inside.partition(",")
        fine = low.isascii() and low.isdigit() and len(low) < 4 and (not high or (high.isascii() and high.isdigit()))
        if not closing or not fine or len(high) > 3 or (high and int(high) < int(low)):
            raise BadPattern(_("“{” counts, as {2} or {2,3}: write “\\{” for the sign."))
        self.place += len(inside) + 2
        return int(low), (int(high) if high else MANY) if comma else int(low)

    # -- building

    def add(self, state: _State) -> int:
        if len(self.states) >= MOST_STATES:
            raise BadPattern(_("It is too long."))
        self.states.append(state)
        return len(self.states) - 1

    def step(self, test: Test) -> tuple[int, int]:
        end = self.add(_State())
        return self.add(_State(test, end)), end

    def chain(self, parts: list[Part]) -> tuple[int, int]:
        start = end = self.add(_State())
        for part in parts:
            first, last = part()
            self.states[end].free.append(first)
            end = last
        return start, end

    def fork(self, ways: list[Part]) -> tuple[int, int]:
        start, end = self.add(_State()), self.add(_State())
        for way in ways:
            first, last = way()
            self.states[start].free.append(first)
            self.states[last].free.append(end)
        return start, end

    def repeat(self, part: Part, low: int, high: int) -> tuple[int, int]:
        start = here = self.add(_State())
        end = self.add(_State())
        for number in range(max(low, high if high != MANY else low + 1)):
            if number >= low:
                self.states[here].free.append(end)
            first, last = part()
            self.states[here].free.append(first)
            if high == MANY and number >= low:
                self.states[last].free.append(here)
            here = last
        self.states[here].free.append(end)
        return start, end
