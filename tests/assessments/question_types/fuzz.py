"""Random submissions for the form of a question: its fields and others, tokens that were shown, and rubbish."""

import random
from collections.abc import Iterator
from typing import Any

from assessments.question_types import InvalidResponse, Submission, get_question_type
from assessments.seeds import rng_for

RUBBISH = [
    "",
    " ",
    "0",
    "1",
    "-1",
    "2",
    "99999",
    "1e9",
    "1,250",
    "½",
    "\x00",
    "é" * 600,
    "(",
    "*",
    "true",
    "null",
    "{}",
    "١٢",
]
STATES: list[Any] = [{}, {"choice": "a"}, {"gaps": {"1": {}}}, {"places": {"i1": 9}}, {"text": 3}, {"points": [[1, 1]]}]


def submissions(name: str, spec: dict[str, Any], count: int, seed: int) -> Iterator[tuple[Any, Submission]]:
    """(presentation, what was sent)"""
    kind, rng = get_question_type(name), random.Random(seed)
    public: Any = {}
    for number in range(count):
        if number % 50 == 0:
            public = kind.public(spec, rng_for(rng.randrange(2**32)))
            fields, values = sorted(found(public, "field")), sorted(found(public, "token")) + RUBBISH
        named = rng.sample(fields, rng.randint(0, len(fields)))
        if rng.random() < 0.1:
            named += [rng.choice(["x", "gap-0", "place-zz", "match-", "choice"])]
        sent = {name: rng.choices(values, k=1 if rng.random() < 0.9 else rng.randint(0, 3)) for name in named}
        yield public, Submission(sent, state=rng.choice(STATES))


def found(shown: Any, name: str) -> set[str]:
    """Whatever is called so, at any depth of a presentation."""
    if isinstance(shown, dict):
        own = {shown[name]} if isinstance(shown.get(name), str) else set()
        return own.union(*(found(part, name) for part in shown.values()))
    return set().union(*(found(part, name) for part in shown)) if isinstance(shown, list) else set()


def check(name: str, spec: dict[str, Any], count: int, seed: int = 1) -> dict[str, int]:
    """How many were refused in words, empty, wrong, in part and right. Raises AssertionError, or what a type raised."""
    kind = get_question_type(name)
    told = dict.fromkeys(("refused", "empty", "wrong", "in part", "right"), 0)
    for public, sent in submissions(name, spec, count, seed):
        try:
            response = kind.read(spec, public, sent)
        except InvalidResponse as refused:
            told["refused"] += bool(str(refused))
            continue
        result = kind.grade(spec, response)
        assert 0 <= result.fraction <= 1, (name, sent, result)
        assert result.reason == "", (name, sent, result)
        assert kind.grade(spec, kind.read(spec, public, Submission(kind.refill(spec, public, response)))) == result
        told[
            "empty" if not result.answered
            else "right" if result.correct
            else "in part" if result.fraction
            else "wrong"
        ] += 1  # fmt: skip
    return told
