"""Whether a parser takes four times as long for a text four times as long, or sixteen times.

Two measures. ``lines``: how many lines of Python run, ours and the libraries', exactly the same each time. The work of
compiled code (regular expressions, parsers in C and Rust) shows in none of them: for that, the processor's time, as a
ratio of two runs beside each other, with a verdict only where the longer run is long enough to mean something.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from types import FrameType
from typing import Any

Work = Callable[[str], Any]

FEW, MANY = 80, 320  # characters, for counting lines
SHORT, LONG = 3_000, 12_000  # for the processor's time
MOST_LINES = 7.0  # times as many lines for four times the text: linear is 4, n log n below 5.5, quadratic 16
MOST_TIME = 9.0
ENOUGH = 2  # faults: the rest would only take time
MEANINGFUL = (
    0.08  # seconds: a quadratic pattern takes as much for ``LONG`` characters, or it does no harm at our limits
)

UNITS = [
    " ", "\t", "\n", "a", "0", ".", ",", ";", ":", "\"", "'", "\\", "/", "=", "~", "#", "%", "{", "}", "[", "]",
    "(", ")", "<", ">", "&", "*", "_", "`", "|", "!", "-", "+", "@", "$", "é", "\u00a0", "a ", " a", "a\n",
    "\n\n", "\\\\", "\\{", "{=", "{~", "=a ", "~a", "->", "::", "::a", "//", "// \n", "<!--", "<a ", "<b>",
    "</b>", "&lt;", "&#", "[a](", "![", "**", "- ", "- - ", "a: ", "a:\n ", "? ", "{a: ", "[a, ", "&a ", "*a ",
    "%0%", ":0..", "77 ", "+221", "\"a\",", "a;b\n", "''",
]  # fmt: skip
"""Texts that, repeated, have made some parser somewhere quadratic: openings without an end, runs of spaces, escapes."""


def texts(length: int, units: Sequence[str] = UNITS) -> Iterator[tuple[str, str]]:
    """(what it is, about ``length`` characters of it): each unit repeated, alone and behind an opening brace."""
    for unit in units:
        yield repr(unit), unit * (length // len(unit))
        yield f"'{{' and {unit!r}", "q {" + unit * (length // len(unit))


def lines(work: Callable[[], Any]) -> int:
    """How many lines of Python ran."""
    count = 0

    def begin(frame: FrameType, event: str, arg: Any) -> Any:
        return line

    def line(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        if event == "line":
            count += 1
        return line

    before = sys.gettrace()
    sys.settrace(begin)
    try:
        quietly(work)
    finally:
        sys.settrace(before)
    return count


def seconds(work: Callable[[], Any], tries: int = 1) -> float:
    """Of the processor, in this thread; the least of some tries."""
    taken = []
    for _try in range(tries):
        began = time.thread_time()
        quietly(work)
        taken.append(time.thread_time() - began)
    return min(taken)


def quietly(work: Callable[[], Any]) -> None:
    """Refusing a text is an answer too."""
    with suppress(Exception):
        work()


def faults(parse: Work, *, count_lines: bool = True, units: Sequence[str] = UNITS) -> list[str]:
    """The texts for which ``parse`` grows faster than they do; empty for a good parser. Without ``count_lines``, the
    processor's time alone: for a parser that is bounded only from some length on.
    """
    found = []
    quietly(lambda: parse("warm up"))
    for (name, few), (_name, many) in zip(texts(FEW, units), texts(MANY, units), strict=True):
        if not count_lines:
            break
        short = lines(lambda few=few: parse(few))
        long = lines(lambda many=many: parse(many))
        if long > MOST_LINES * max(short, 40):
            found.append(f"{name}: {short} lines of Python for {FEW} characters, {long} for {MANY}")
    for (name, short_text), (_name, long_text) in zip(texts(SHORT, units), texts(LONG, units), strict=True):
        if len(found) > ENOUGH:
            break
        long = seconds(lambda text=long_text: parse(text))
        if long < MEANINGFUL:
            continue
        short = max(seconds(lambda text=short_text: parse(text), 2), 0.001)
        if long > MOST_TIME * short:  # the machine may have been busy once
            long = min(long, seconds(lambda text=long_text: parse(text), 2))
        if long > MOST_TIME * short:
            found.append(f"{name}: {long / short:.0f} times as long for {LONG} characters as for {SHORT}")
    return found
