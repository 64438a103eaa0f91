"""No reader of a stranger's text takes more than in proportion to its length. Steps are counted: see ``tests.steps``.

A new pattern or loop in one of ``MODULES`` is tried with every text below by itself.
"""

import importlib
import pkgutil
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import assessments.formats
import assessments.question_types
import cms.foreign
import courses.loading
from assessments.formats import gift
from assessments.formats.plain import lost_in_plain, plain_text
from assessments.formats.rich import Rich
from assessments.import_entries import read_gift, refused_file
from assessments.importing import rich_html
from assessments.question_types.comparing import fits
from assessments.question_types.normalisation import comparable_answer
from assessments.question_types.transcribed import Norm
from cms import advice, foreign
from cms.foreign import from_markdown, inline
from cms.table_text import table_rows
from cms.translating import text_of
from lms.lib.decoding import decode
from lms.lib.known_files import recognise
from tests.steps import deeply, grows


def modules() -> list[ModuleType]:
    names = [
        f"{package.__name__}.{found.name}"
        for package in (assessments.formats, assessments.question_types, cms.foreign, courses.loading)
        for found in pkgutil.iter_modules(package.__path__)
    ]
    more = [
        "assessments.import_entries",
        "assessments.import_tags",
        "assessments.importing",
        "cms.advice",
        "cms.templatetags.content",
        "cms.translating",
        "lms.lib.known_files",
        "lms.lib.decoding",
    ]
    return [importlib.import_module(name) for name in [*names, *more]]


MODULES = modules()
N, MOST = 25, 7.0  # pieces; four times the text takes four times the steps or a little more, quadratic sixteen

READERS: dict[str, tuple[Callable[[str], Any], list[str]]] = {
    "gift": (
        lambda text: refused_file(read_gift(text)),
        ["[id:", "// [id:", "[tag:x", "::", ":: ::", "{", "}", "{}", "a{", "\n\n", "}\n\n", "a{T}\n\n", "{\n", "\\",
         "\\=", " ", "\t", "=", "~", "~=", "->", "%", "%1", "%1%", "#", "####", "$CATEGORY:", "$CATEGORY: a\n", "<a ",
         "<!--", "[html]", "//", "// x\n", "\u3000", "_"],
    ),
    "one gift question": (
        lambda text: gift.loads(f"// [id:{text}]\n::t::Q{{={text} ~b{text}#c}}"),
        ["a", " ", "\\n", "%50%", "<b>", "<", "\\{", "[", "->", "#", "&", "\\\\"],
    ),
    "one gift number": (lambda text: gift.loads(f"Q{{#{text}}}"), ["1", "=1", "1:", "1..", " ", "=%50%2", "~", "."]),
    "true or false": (lambda text: gift.loads(f"Q{{T{text}}}"), [" ", "#", "#a", "\n"]),
    "html": (
        lambda text: (rich_html(Rich(text, "html")), plain_text(Rich(text, "html")), lost_in_plain(Rich(text, "html"))),
        ["<", "<a ", "<h1>", "<h1 ", "</p>", "<p>", "<p> ", "<!--", "<td>x", "<br>", "&", "&#", "<img>",
         "<sup>2</sup>", "<table>", "<table></table>", "<table><tr><td>1</table>", "<li>a", "<pre>a</pre>",
         "<a href=x>y</a>", "<b>x</b>", "<tr><td>"],
    ),
    "pasted from Word": (
        lambda text: foreign.read(f'<p class="MsoNormal" style="{text}">x</p>'), ["mso-list:", "mso-list: ", " ", ";"],
    ),
    "blocks to be translated": (
        lambda text: text_of(SimpleNamespace(body=text), "body"), ["<", "<a ", "<a>", "a ", "&"],
    ),
    "a transcript": (
        lambda text: (Norm().words(text), Norm("en").words(text)), [" ", "«", " »", "1 ", "1,", "'", "h "],
    ),
    "a page": (foreign.read_page, ["<h1>", "<h1>a</h1>", "<p>a", "<"]),
    "moodle's own": (lambda text: rich_html(Rich(text)), ["<", "<a", "a\n", "\n\n", "&"]),
    "markdown": (
        from_markdown,
        ["a ", "*", "_", "**a", "`", "[", "[a](", "![", "<", "<a ", "| a |\n", "\n", "\n\n", "a\n", "~~", "&", "\\",
         "- a\n", "> ", "1. ", "# a\n", "]", "a|b\n-|-\n"],
    ),
    "a line of markdown": (inline, [" ", "a", "\n", "*"]),
    "a file of any kind": (
        lambda text: (recognise(text.encode()), recognise(f"<?xml?>{text}".encode()), decode(text.encode("cp1252"))),
        ["\n", " ", "=", "~", "{", "{ ", "::", "::a", "a;b\n", "<!--", "<!-- -->", "<?", "<!doctype ", "A) a\n",
         "ANSWER: ", "$CATEGORY", "[", "é"],
    ),
    "an answer with stars": (
        lambda text: (fits(text[:500], "ab" * 250), fits("*a*b" * 10, text[:500])), ["*", "*a", "\\*", "\\", "a", "b"],
    ),
    "a typed answer": (lambda text: comparable_answer(text[:500]), ["(", "()", "'", " ", "-", "a-", "…"]),
    "a typed table": (table_rows, ["|", "a|", "\\|", "\n", "|\n", "1 ", "-"]),
    "words": (
        lambda text: (advice.text_of_html(text), advice.lix(text)), ["<", "<br", "a", "a-", "a’", ". ", "é ", "</p>"],
    ),
}  # fmt: skip
CASES = [(name, token) for name, (_reader, tokens) in READERS.items() for token in tokens]


@pytest.mark.parametrize(("name", "token"), CASES)
def test_four_times_the_text_takes_about_four_times_the_steps(name, token):
    reader = READERS[name][0]
    ratio = deeply(lambda: grows(reader, lambda n: token * n, MODULES, N))
    assert ratio <= MOST, f"{name}: {token!r} takes {ratio:.1f} times the steps"
