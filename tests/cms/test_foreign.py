"""HTML of others: every visible character and every picture is in what we keep, or is named."""

import re
from html import escape, unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from wagtail.rich_text import expand_db_html

from cms import foreign
from cms.blocks import INLINE, PROSE
from cms.foreign import Code, Document, Picture, Table, Text
from cms.table_text import join_rows, split_row
from lms.lib.problems import ProblemKind

HOLDERS = ["p", "div", "b", "em", "sup", "sub", "span", "h1", "h4", "ul", "ol", "li", "blockquote", "pre", "code",
           "table", "tr", "td", "th", "caption", "dl", "dt", "dd", "a", "q", "s", "section", "object", "svg", "math",
           "button", "foo", "font", "center", "label", "details", "summary", "figure", "figcaption"]  # fmt: skip
WORDS = st.text(alphabet="abcdéàŒ 12<&→ع漢", min_size=1, max_size=6)
LIST_LEVELS = [0, 1, 1, 2, 3]
PICTURES = st.integers(0, 99).map(lambda n: ("img", n))
TREES = st.recursive(
    WORDS.map(lambda text: ("text", text)) | PICTURES,
    lambda inner: st.tuples(st.sampled_from(HOLDERS), st.lists(inner, max_size=4)),
    max_leaves=12,
)


def write(tree: tuple) -> str:
    name, content = tree
    if name == "text":
        return escape(content)
    if name == "img":
        return f'<img src="p{content}.png" alt="seen {content}">'
    return f"<{name}>{''.join(map(write, content))}</{name}>"


def seen(tree: tuple) -> tuple[str, set[str]]:
    """(visible words, pictures)"""
    name, content = tree
    if name == "text":
        return content, set()
    if name == "img":
        return "", {f"p{content}.png"}
    parts = [seen(child) for child in content]
    return "".join(text for text, _ in parts), set().union(*(names for _, names in parts))


def kept(document: Document) -> str:
    words = []
    for piece in document.pieces:
        if isinstance(piece, Text):
            words.append(unescape(re.sub("<[^<>]*>", "", piece.html)))
        elif isinstance(piece, Table):
            words += [piece.caption, *(cell for row in piece.rows for cell in row)]
        elif isinstance(piece, Code):
            words.append(piece.code)
    return "".join(words)


def letters(text: str) -> dict[str, int]:
    text = text.translate({**dict(zip(map(ord, "¹²₁₂ᵃᵇᶜᵈₐ"), "1212abcda", strict=True))})
    return {c: text.count(c) for c in set(text) if not c.isspace()}


@given(st.lists(TREES, max_size=4))
def test_every_letter_and_picture_is_kept_or_named(trees):
    document = foreign.read("".join(map(write, trees)))
    words, pictures = seen(("div", trees))
    told = kept(document) + "".join(problem.what for problem in document.problems if problem.kind is ProblemKind.LOST)
    for character, count in letters(words).items():
        assert letters(told).get(character, 0) >= count, (character, document)
    assert {piece.src for piece in document.pictures} == pictures


@given(st.lists(TREES, max_size=3))
def test_the_same_holds_for_plain_words_and_for_one_text(trees):
    source = "".join(map(write, trees))
    words, pictures = seen(("div", trees))
    named = "".join(problem.what for problem in foreign.lost_in_plain(source))
    for told in (foreign.plain_text(source), unescape(foreign.as_html(foreign.read(source)))):
        for character, count in letters(words).items():
            assert letters(told + named).get(character, 0) >= count, (character, told)
    assert all(name in named for name in pictures)


@given(st.lists(TREES, max_size=3))
@example([("pre", [("text", " 1")])])
@example([("table", [("tr", [("td", [("text", "\u00a01")])])])])
def test_what_was_read_is_read_again_as_the_same(trees):
    once = foreign.as_html(foreign.read("".join(map(write, trees))))
    assert foreign.as_html(foreign.read(once)) == once
    assert foreign.clean(once) == once


@pytest.mark.parametrize(
    ("source", "html", "plain"),
    [
        ("10<sup>3</sup> m", "<p>10<sup>3</sup> m</p>", "10³ m"),
        ("H<sub>2</sub>O", "<p>H<sub>2</sub>O</p>", "H₂O"),
        ("x<sup>n/2</sup>", "<p>x<sup>n/2</sup></p>", "x^(n/2)"),
        ("<div>un<div>deux</div>trois</div>", "<p>un</p><p>deux</p><p>trois</p>", "un\ndeux\ntrois"),
        ("<li>seul", "<p>seul</p>", "seul"),
        ("<ul><li>a<p>b</p><ul><li>c</ul></ul>", "<ul><li>a<br>b<ul><li>c</li></ul></li></ul>", "a\nb\nc"),
        ("<table><tr><td>a<td>b<tr><td>1<td>2</table>", "<p>a | b<br>1 | 2</p>", "a | b\n1 | 2"),
        ("<pre>if x:\n  y</pre>", "<p><code>if x:</code><br><code>&nbsp;&nbsp;y</code></p>", "if x:\ny"),
        ("<strike>non</strike>", "<p><s>non</s></p>", "non"),
        ("<p>a</p><script>x()</script>", "<p>a</p>", "a"),
        ('<a href="https://x.org/?a=1&amp;b">l</a>', '<p><a href="https://x.org/?a=1&amp;b">l</a></p>', "l"),
    ],
)
def test_what_becomes_of_it(source, html, plain):
    assert foreign.as_html(foreign.read(source)) == html
    assert foreign.plain_text(source) == plain


@pytest.mark.parametrize(
    ("source", "named", "line"),
    [
        ("<p>\n\n<iframe src='https://v.org/1'></iframe></p>", "https://v.org/1", 3),
        ("<math><mi>x</mi><mn>2</mn></math>", "x2", 1),
        ("\n<a href='../page.html'>a</a>", "../page.html", 2),
        ("<input value='42'>", "42", 1),
        ("<object data='f.swf'>texte</object>", "f.swf", 1),
        ("<table><tr><td><video src='v.mp4'></video></table>", "v.mp4", 1),
    ],
)
def test_what_is_lost_is_named_with_line_and_remedy(source, named, line):
    (problem,) = foreign.read(source).problems
    assert problem.kind is ProblemKind.LOST
    assert named in problem.what
    assert problem.line == line
    assert problem.remedy


def test_too_deep_or_too_long_is_refused_and_not_cut():
    for source in ("<div>" * 300 + "deep", "<b>" * 5000 + "x", "x" * (foreign.LONGEST + 1)):
        assert any(problem.refused for problem in foreign.read(source).problems)


def test_a_picture_stands_where_it_stood():
    pieces = foreign.read("<p>un <b>deux<img src='a.png' alt='A'>trois</b></p>").pieces
    assert pieces == (Text("<p>un <b>deux</b></p>"), Picture("a.png", "A", 1), Text("<p><b>trois</b></p>"))


def test_the_editor_knows_what_the_reader_keeps():
    features = {"strong": "bold", "b": "bold", "em": "italic", "i": "italic", "sup": "superscript",
                "sub": "subscript", "s": "strikethrough", "a": "link"}  # fmt: skip
    tags = foreign.TAGS - {"p", "br", "li"}
    assert {features.get(tag, tag) for tag in tags} == set(PROSE)
    assert {features.get(tag, tag) for tag in foreign.INLINE | {"a"}} == set(INLINE)


@given(st.lists(TREES, max_size=3))
def test_tables_and_code_are_read_again_as_what_they_are(trees):
    """Stored, shown to a learner, exported and imported again: the same."""
    document = foreign.read("".join(map(write, trees)))
    stored = foreign.as_rich_text(document)
    again = foreign.read(expand_db_html(stored))
    assert foreign.as_rich_text(again) == stored
    shown = [type(piece) for piece in again.pieces if not isinstance(piece, Text)]
    assert shown == [type(piece) for piece in document.pieces if isinstance(piece, Table | Code)]


@pytest.mark.parametrize(
    "cells", [["", "a"], ["a", ""], ["a|b", "c|"], ["|", "\\"], ["1\u00a0250", "x"], ["a", "", "b"]]
)
def test_cells_survive_being_typed(cells):
    assert split_row(join_rows([cells])) == cells


def test_no_break_spaces_stay_in_cells():
    (table,) = foreign.read("<table><tr><td>1&nbsp;250&#8239;;<td> a\n b </table>").pieces
    assert table == Table("", (("1\u00a0250\u202f;", "a b"),))


@given(st.lists(st.tuples(st.sampled_from(LIST_LEVELS), WORDS), max_size=8))
def test_lists_of_word_keep_every_word(items):
    styles = {level: f" style='mso-list:l0 level{level} lfo1'" if level else "" for level in LIST_LEVELS}
    source = "".join(f"<p{styles[level]}>{escape(text)}</p>" for level, text in items)
    document = foreign.read(source)
    assert document.problems == ()
    for character, count in letters("".join(text for _level, text in items)).items():
        assert letters(kept(document)).get(character, 0) == count
