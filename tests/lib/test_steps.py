"""The counter tells a linear reader from a quadratic one."""

import re
from types import ModuleType

import pytest

from tests.steps import deeply, grows


def ratio(pattern: str, function: str, token: str) -> float:
    module = ModuleType("reader")
    module.P = re.compile(pattern)  # type: ignore[attr-defined]
    return float(
        deeply(lambda: grows(lambda text: getattr(module.P, function)(text), lambda n: token * n, [module], 25))
    )


@pytest.mark.parametrize(
    ("pattern", "function", "token"),
    [
        (r"\[(id|tag):([^\]]*)\]", "findall", "[id:"),
        (r"<[^>]+>", "findall", "<"),
        (r"<h[1-6][^>]*>(.*?)</h[1-6]>", "search", "<h1>"),
        (r"(a|b)*c", "search", "ab"),
        (r"\s*x", "search", " "),
    ],
)
def test_patterns_that_look_again_and_again_are_seen(pattern, function, token):
    assert ratio(pattern, function, token) > 8


@pytest.mark.parametrize(
    ("pattern", "function", "token"),
    [(r"<[^<>]*+>", "findall", "<"), (r"\s++", "findall", " "), (r"\s*+x", "match", " "), (r"(a|b)*c", "match", "ab")],
)
def test_patterns_that_look_once_are_let_through(pattern, function, token):
    assert ratio(pattern, function, token) < 5
