"""No pattern of the product looks at a text again and again: each is tried by itself, wherever it is used.

Steps are counted (``tests.steps``) for four times the text, made of the characters that the pattern speaks of: a
pattern that looks from each of them to the end takes sixteen times the steps, a linear one four times. Who knows how
long its texts can be gives it a line of ``BOUNDED``.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache

from tests.conftest import ROOT
from tests.steps import Counted, Counter, deeply

APPS = ("lms", "cms", "courses", "assessments", "certificates", "placement")
FUNCTIONS = {"compile", "match", "fullmatch", "search", "findall", "finditer", "split", "sub", "subn"}
FROM_THE_START = {"match", "fullmatch"}
N, MOST = 10, 7.0
UNITS = [" ", "a", "0", "<", "\n", "a "]
BOUNDED = {
    "assessments.formats.gift._FORMAT": "replaced where it stands at the begin",
    "assessments.question_types.numbers._WRITTEN": "40 characters",
    "lms.lib.known_files._GIFT": "looks 300 characters on, in the head of a file",
    "lms.lib.redaction.EMAIL": "looks 64 characters on",
    "lms.lib.redaction.NUMBER": "looks 22 characters on",
    "placement.regions.NOTE": "names of a library",
}
"""Pattern -> why it takes no time."""


@cache
def sources() -> dict[str, str]:
    files = [file for app in APPS for file in (ROOT / app).rglob("*.py") if "migrations" not in file.parts]
    return {".".join(file.relative_to(ROOT).with_suffix("").parts): file.read_text() for file in files}


def literal_patterns() -> Iterator[tuple[str, str | bytes, str]]:
    """(where, pattern, how it is used) of each that stands in a call of ``re``."""
    for module, source in sources().items():
        for node in ast.walk(ast.parse(source)):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if not is_call or ast.unparse(node.func.value) != "re" or node.func.attr not in FUNCTIONS - {"compile"}:
                continue
            if node.args and isinstance(node.args[0], ast.Constant):
                yield f"{module}:{node.lineno}", node.args[0].value, node.func.attr


def compiled_patterns() -> Iterator[tuple[str, "re.Pattern[str]", str]]:
    """Those of a module, used from the start of a text or from anywhere."""
    uses: dict[str, dict[str, set[str]]] = {module: {} for module in ["", *sources()]}
    for module, source in sources().items():
        for name, function in re.findall(r"\b(_?[A-Z][A-Z_0-9]*)\.(\w+)\(", source):
            for place in ("", module):
                uses[place].setdefault(name, set()).add(function)
    for module in sources():
        if ".management." in module or module.endswith(
            (".asgi", ".wsgi", ".production", ".local", ".celery", "launch")
        ):
            continue
        if "re.compile" not in sources()[module]:
            continue
        for name, value in vars(importlib.import_module(module)).items():
            if isinstance(value, re.Pattern):
                used = uses[module if name.startswith("_") else ""].get(name, set())
                yield f"{module}.{name}", value, "match" if used and used <= FROM_THE_START else "search"


@cache
def all_patterns() -> dict[str, tuple["re.Pattern[str]", str]]:
    found = {where: (re.compile(pattern), used) for where, pattern, used in literal_patterns()}
    found |= {where: (pattern, used) for where, pattern, used in compiled_patterns()}
    return {where: each for where, each in found.items() if re.search(r"[*+]|,\}", text_of(each[0]))}


def text_of(pattern: "re.Pattern[str]") -> str:
    return pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")


def letters_of(pattern: str) -> set[str]:
    """Characters that it names, and what stands between two of its special signs."""
    return {sign for sign in pattern if sign.isprintable()} | set(re.findall(r"[^\\\[\](){}?*+|^$.]{2,12}", pattern))


def worst(pattern: "re.Pattern[str]", used: str) -> tuple[float, str]:
    function = "match" if used in FROM_THE_START else "findall"

    def steps(unit: str, length: int) -> int:
        counter = Counter()
        Counted(pattern, counter).count(unit * length, 0, function)
        return counter.steps

    tried = [(steps(unit, 4 * N) / steps(unit, N), unit) for unit in sorted({*UNITS, *letters_of(text_of(pattern))})]
    return max(tried)


def too_slow() -> list[str]:
    found = []
    for where, (pattern, used) in all_patterns().items():
        ratio, unit = (0.0, "") if where in BOUNDED else worst(pattern, used)
        if ratio > MOST:
            found.append(f"{where}: {unit!r} takes {ratio:.1f} times the steps: {pattern.pattern!r}")
    return found


def test_each_grows_with_the_text():
    assert len(all_patterns()) > 50
    assert BOUNDED.keys() <= all_patterns().keys()
    assert deeply(lambda: [too_slow()]) == [[]]
