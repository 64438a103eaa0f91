"""How much work a reader does, counted and not timed: lines run, sizes handled, and steps of patterns.

``steps(function, text, modules)`` runs ``function(text)`` and counts
- each line of Python that runs, ours and the libraries';
- the length of each text or list that one of our functions is given or calls a method of: a reader that looks at
  the whole text again for every line costs as much as it should;
- for each pattern of ``modules``, the steps a backtracking matcher takes (``re`` itself tells nothing).

``grows(function, make, modules)`` says how often more that is for four times the text: 4 for a linear reader.
"""

import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from inspect import CO_GENERATOR
from pathlib import Path
from re import _compiler, _constants, _parser  # type: ignore[attr-defined]
from types import CodeType, FrameType, ModuleType
from typing import Any
from unittest import mock

ROOT = str(Path(__file__).resolve().parent.parent)
SIZED = (str, bytes, list, tuple, dict, set)
C = _constants


class Counter:
    def __init__(self) -> None:
        self.steps = 0
        self.generators: set[FrameType] = set()
        self.lines = self.line  # bound once: asked at every line

    def trace(self, frame: FrameType, event: str, arg: Any) -> Any:
        if frame.f_code.co_filename == __file__:
            return None
        if ours(frame.f_code) and frame not in self.generators:
            if frame.f_code.co_flags & CO_GENERATOR:
                self.generators.add(frame)  # each time it goes on is a call too
            self.steps += sum(len(value) for value in frame.f_locals.values() if isinstance(value, SIZED)) // 16
        return self.lines

    def line(self, frame: FrameType, event: str, arg: Any) -> Any:
        if event == "line":
            self.steps += 1
        return self.lines

    def profile(self, frame: FrameType, event: str, arg: Any) -> None:
        if event == "c_call" and ours(frame.f_code):
            owner = getattr(arg, "__self__", None)
            if isinstance(owner, str | bytes) and arg.__name__ not in CHEAP:
                self.steps += len(owner) // 16


CHEAP = {"append", "startswith", "endswith", "find", "__getitem__"}  # do not look at the whole text


@cache
def ours(code: CodeType) -> bool:
    name = code.co_filename
    return name.startswith(ROOT) and ".venv" not in name and "/tests/" not in name


def steps(function: Callable[[str], Any], text: str, modules: Iterable[ModuleType] = ()) -> int:
    counter = Counter()
    with counted_patterns(counter, modules):
        old = sys.gettrace(), sys.getprofile()
        sys.setprofile(counter.profile)
        sys.settrace(counter.trace)
        try:
            function(text)
        finally:
            sys.settrace(old[0])
            sys.setprofile(old[1])
    return counter.steps


def grows(function: Callable[[str], Any], make: Callable[[int], str], modules: Iterable[ModuleType], n: int) -> float:
    few, many = make(n), make(4 * n)
    steps(function, few, modules)  # caches are filled, those of patterns too
    return steps(function, many, modules) / steps(function, few, modules)


def deeply(function: Callable[[], Any]) -> Any:
    """Run with a stack that the matcher below can fill."""
    result: list[Any] = []
    old, size = sys.getrecursionlimit(), threading.stack_size(512 * 1024 * 1024)
    sys.setrecursionlimit(400_000)
    try:
        thread = threading.Thread(target=lambda: result.append(function()))
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(old)
        threading.stack_size(size)
    assert result, "the work raised; see above"
    return result[0]


# -- patterns


@contextmanager
def counted_patterns(counter: Counter, modules: Iterable[ModuleType]) -> Iterator[None]:
    """Every compiled pattern of the modules, and their ``re``, replaced by ones that count."""
    with ExitStack() as stack:
        for module in modules:
            for name, value in list(vars(module).items()):
                if isinstance(value, re.Pattern):
                    stack.enter_context(mock.patch.object(module, name, Counted(value, counter)))
                elif value is re:
                    stack.enter_context(mock.patch.object(module, name, CountedModule(counter)))
        yield


class CountedModule:
    """Stands for ``re``."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter

    def __getattr__(self, name: str) -> Any:
        if name in {"match", "fullmatch", "search", "findall", "finditer", "split", "sub", "subn"}:
            return lambda pattern, *rest, **more: getattr(
                Counted(re.compile(pattern, more.pop("flags", 0)), self.counter), name
            )(*rest, **more)
        return getattr(re, name)


class Counted:
    """Stands for a compiled pattern: answers as it does, and counts what a matcher would do on the way."""

    def __init__(self, pattern: "re.Pattern[str]", counter: Counter) -> None:
        self.real, self.counter = pattern, counter
        self.tree = tree_of(pattern.pattern, pattern.flags)

    def __getattr__(self, name: str) -> Any:
        def call(*given: Any, **more: Any) -> Any:
            text = given[1] if name in {"sub", "subn"} else given[0]
            start = given[1] if name in {"match", "fullmatch", "search"} and len(given) > 1 else 0
            self.count(text, start, name)
            return getattr(self.real, name)(*given, **more)

        return call if callable(getattr(self.real, name)) else getattr(self.real, name)

    def count(self, text: str | bytes, place: int, name: str) -> None:
        if isinstance(text, bytes):
            text = text.decode("latin-1")  # a character a byte
        tried = Matcher(text)
        if name in {"match", "fullmatch"}:
            ends = tried.ends(self.tree, place)
            next((end for end in ends if name == "match" or end == len(text)), None)
        else:
            while place <= len(text):
                end = next(tried.ends(self.tree, place), None)
                if end is not None and name == "search":
                    break
                place = max(end or 0, place + 1)
        self.counter.steps += tried.steps


Tree = tuple[tuple[Any, Any], ...]
SINGLE = (C.LITERAL, C.NOT_LITERAL, C.ANY, C.IN)
REPEATS = (C.MAX_REPEAT, C.MIN_REPEAT, C.POSSESSIVE_REPEAT)


@cache
def tree_of(pattern: str | bytes, flags: int) -> Tree:
    """What ``re`` compiles from, once for each pattern."""
    return planted(_parser.parse(pattern, flags & ~re.UNICODE), flags)


def planted(nodes: Iterable[tuple[Any, Any]], flags: int) -> Tree:
    """In tuples, and for what matches one character, a table of the characters that it has met."""
    found: list[tuple[Any, Any]] = []
    for kind, value in nodes:
        if kind in SINGLE:
            found.append((kind, Characters(kind, value, flags)))
        elif kind is C.SUBPATTERN:
            found.append((kind, (value[0], planted(value[3], flags))))
        elif kind is C.ATOMIC_GROUP:
            found.append((kind, planted(value, flags)))
        elif kind is C.BRANCH:
            found.append((kind, tuple(planted(branch, flags) for branch in value[1])))
        elif kind in REPEATS:
            found.append((kind, (value[0], int(value[1]), planted(value[2], flags))))
        elif kind in (C.ASSERT, C.ASSERT_NOT):
            found.append((kind, (value[0], planted(value[1], flags))))
        elif kind is C.AT and value is C.AT_BEGINNING and flags & re.MULTILINE:
            found.append((kind, C.AT_BEGINNING_LINE))
        elif kind in (C.GROUPREF, C.AT):
            found.append((kind, value))
        else:
            raise NotImplementedError(kind)
    return tuple(found)


class Characters(dict[str, bool]):
    """Whether a part of a pattern matches a character: asked of ``re`` once for each."""

    def __init__(self, kind: Any, value: Any, flags: int) -> None:
        state = _parser.State()
        state.flags, state.str = flags, ""
        self.single = _compiler.compile(_parser.SubPattern(state, [(kind, value)]), flags)

    def __missing__(self, character: str) -> bool:
        self[character] = self.single.match(character) is not None
        return self[character]


class Matcher:
    """A plain backtracking matcher over the tree that ``re`` compiles from."""

    def __init__(self, text: str) -> None:
        self.text, self.steps = text, 0
        self.groups: dict[int, str] = {}

    def ends(self, nodes: Tree, place: int, at: int = 0) -> Iterator[int]:
        """Every place where the nodes from ``at`` on can end that begin here, in the order of trying."""
        self.steps += 1
        if at == len(nodes):
            yield place
            return
        kind, value = nodes[at]
        if kind in SINGLE:
            self.steps += 1
            if place < len(self.text) and value[self.text[place]]:
                yield from self.ends(nodes, place + 1, at + 1)
            return
        for end in self.one(kind, value, place):
            yield from self.ends(nodes, end, at + 1)

    def one(self, kind: Any, value: Any, place: int) -> Iterator[int]:
        self.steps += 1
        if kind is C.SUBPATTERN:
            for end in self.ends(value[1], place):
                self.groups[value[0]] = self.text[place:end]
                yield end
        elif kind is C.ATOMIC_GROUP:
            yield from [end for end in [next(self.ends(value, place), None)] if end is not None]
        elif kind is C.BRANCH:
            for branch in value:
                yield from self.ends(branch, place)
        elif kind in REPEATS:
            yield from self.repeat(kind, *value, place)
        elif kind is C.GROUPREF:
            if self.text.startswith(self.groups.get(value, ""), place):
                yield place + len(self.groups.get(value, ""))
        elif kind in (C.ASSERT, C.ASSERT_NOT):
            begin = place if value[0] > 0 else place - 1  # looking back: our patterns look at one character
            holds = begin >= 0 and next(self.ends(value[1], begin), None) is not None
            if holds is (kind is C.ASSERT):
                yield place
        elif value is not C.AT_BEGINNING or not place:
            yield place  # other places never cost more than they say

    def repeat(self, kind: Any, least: int, most: int, inner: Tree, place: int) -> Iterator[int]:
        if len(inner) == 1 and inner[0][0] in SINGLE:
            matches, end = inner[0][1], place
            while end < len(self.text) and end - place < most and matches[self.text[end]]:
                end += 1
                self.steps += 1
            counts = range(end - place, least - 1, -1)
            if kind is C.POSSESSIVE_REPEAT:
                counts = counts[:1]
            for count in reversed(counts) if kind is C.MIN_REPEAT else counts:
                self.steps += 1
                yield place + count
            return
        ends = self.many(inner, place, least, most, 0)
        yield from [next(ends, -1)] if kind is C.POSSESSIVE_REPEAT else ends

    def many(self, inner: Tree, place: int, least: int, most: int, done: int) -> Iterator[int]:
        if done < most:
            for end in self.ends(inner, place):
                if end > place:
                    yield from self.many(inner, end, least, most, done + 1)
        if done >= least:
            yield place
