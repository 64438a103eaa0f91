"""What a document shows beside its words is told when it is lost: no element of HTML is forgotten."""

import pytest
from lxml.html import defs

from cms.blocks import PROSE
from cms.fields import words_in
from cms.foreign import as_rich_text, plain_text, read
from cms.foreign.lost_formatting import KINDS, SHOWN
from cms.foreign.tags import BLOCKS, BREAKING, FIELDS, INLINE, KEPT_APART, PLAYED, SILENT, TAGS, WRITTEN_AS
from cms.pasting import read_paste
from cms.table_text import TEXT_EMBEDS, code_embed, table_embed
from lms.lib.problems import ProblemKind

KEEPS_ITS_WORDS = {
    "a",
    "abbr",
    "acronym",
    "area",
    "basefont",
    "bdi",
    "bdo",
    "bgsound",
    "big",
    "blink",
    "body",
    "br",
    "col",
    "colgroup",
    "command",
    "comment",
    "data",
    "datalist",
    "device",
    "dialog",
    "dir",
    "figure",
    "font",
    "frame",
    "frameset",
    "hgroup",
    "html",
    "ilayer",
    "image",
    "isindex",
    "keygen",
    "label",
    "layer",
    "legend",
    "listing",
    "marquee",
    "menu",
    "multicol",
    "nobr",
    "noembed",
    "noframes",
    "nolayer",
    "optgroup",
    "output",
    "picture",
    "plaintext",
    "rb",
    "rbc",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "search",
    "server",
    "slot",
    "small",
    "spacer",
    "span",
    "tbody",
    "time",
    "wbr",
    "xmp",
}
"""Whose own look says nothing that a reader would miss."""
LOOKS = {"u", "ins", "mark"}


def test_every_element_of_html_has_its_fate():
    known = TAGS | INLINE | BLOCKS | BREAKING | FIELDS | KEPT_APART | PLAYED | SILENT | set(WRITTEN_AS) | LOOKS
    assert set(defs.tags) - known - KEEPS_ITS_WORDS == set()


CASES = {
    "underlined": ["<u>mot</u>", "<ins>mot</ins>", '<span style="text-decoration: underline">mot</span>',
                   '<p style="text-decoration-line:underline wavy">mot</p>'],
    "coloured": ['<font color="red">mot</font>', '<span style="color:#c00000">mot</span>', "<mark>mot</mark>",
                 '<span style="background:yellow;mso-highlight:yellow">mot</span>',
                 '<td style="background-color: rgb(255, 0, 0)">mot</td>', '<p style="color:darkred">mot</p>'],
    "tracked": ['<ins cite="mailto:Awa" datetime="2024-01-01">mot</ins>', '<del datetime="2024">mot</del>',
                '<span class=msoIns>mot</span>'],
    "note": ['mot<a href="#_ftn1" name="_ftnref1"><sup>mot</sup></a>', '<a href="#ftnt1" id="ftnt_ref1">mot</a>',
             '<a class="sdfootnoteanc" name="sdfootnote1anc" href="#sdfootnote1sym"><sup>mot</sup></a>'],
    "comment": [
        '<span class=MsoCommentReference><a href="#_msocom_1" id=_anchor_1>[A1]</a></span>'
        "<div style='mso-element:comment-list'><div style='mso-element:comment'>mot</div></div>",
        '<sup><a href="#cmnt1" id="cmnt_ref1">[a]</a></sup>'
        '<div><p><a href="#cmnt_ref1" id="cmnt1">[a]</a>mot</p></div>',
    ],
    "box": [
        "<!--[if gte vml 1]><v:shape><v:textbox><div><p class=MsoNormal>mot &eacute;crit</p></div>"
        "</v:textbox></v:shape><![endif]-->",
    ],
}  # fmt: skip


def test_every_kind_is_tried():
    assert set(CASES) == set(KINDS)
    assert set(SHOWN) < set(KINDS)


@pytest.mark.parametrize(("kind", "source"), [(kind, one) for kind, cases in CASES.items() for one in cases])
def test_what_is_lost_is_told_with_its_words_and_a_remedy(kind, source):
    if source.startswith("<td"):
        source = f"<table><tr><th>a</th></tr><tr>{source}</tr></table>"
    document = read(f"<p>avant</p>\n{source}")
    (problem,) = document.problems
    assert problem.kind is ProblemKind.LOST
    assert problem.what.startswith(str(KINDS[kind]()[0]))
    assert problem.remedy == KINDS[kind]()[1]
    assert "mot" in problem.what
    text = as_rich_text(document)
    assert ("mot" in plain_text(text) or "mot" in text) == (kind not in ("comment", "box"))
    assert "[a]" not in text.lower()
    assert any("mot" in told for told in read_paste(source, [*PROSE, *TEXT_EMBEDS])["lost"])


@pytest.mark.parametrize(
    "source",
    [
        '<p style="color:black;background:white">mot</p>', '<span style="color:#222222">mot</span>',
        '<a href="https://example.org" style="color:#0563c1"><u>mot</u></a>',
        '<span style="color:blue"><a href="https://example.org">mot</a></span>',
        '<span style="color:windowtext">mot</span>',
        '<span style="text-decoration:none">mot</span>', '<body style="color:red"><p>mot</p>', "<u> </u>mot",
        "<!--[if gte vml 1]><v:textbox><p>mot</p></v:textbox><![endif]--><![if !vml]><p>mot</p><![endif]>",
        '<span style="background:url(x.png)">mot</span>', '<span style="color:rgb(30,30,30)">mot</span>',
    ],
)  # fmt: skip
def test_what_nobody_would_miss_is_not(source):
    assert read(source).problems == ()


def test_words_of_tables_and_code_are_searched():
    source = f"<p>avant</p>{table_embed('Légende', 'Mois | Total')}{code_embed('=SOMME(A1:A3) & <b>')}<p>fin</p>"
    words = words_in(source)
    assert all(word in words for word in ("avant", "Légende", "Mois", "Total", "=SOMME(A1:A3) & <b>", "fin"))
