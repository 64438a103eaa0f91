"""What is sent as formatted text."""

import json

import pytest
from django.core.exceptions import BadRequest
from django.http import QueryDict
from wagtail.admin.rich_text import get_rich_text_editor_widget

from cms import foreign
from cms.blocks import LIKE_PROSE
from tests.factories.courses import course_page, make_course

GOOD = {"text": "Bonjour <b>", "type": "unstyled", "key": "a", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}
DAMAGED = [
    "{",
    "1",
    "[]",
    '"text"',
    "[" * 100_000,
    {"blocks": 1},
    {"blocks": [1]},
    {"blocks": [GOOD | {"text": 1}]},
    {"blocks": [GOOD | {"entityRanges": [{"offset": 0, "length": 3, "key": 9}]}]},
    {"blocks": [GOOD | {"inlineStyleRanges": 7}]},
]
FORGIVEN = [{"blocks": [{}]}, {"blocks": [GOOD | {"depth": "deep"}]}]
"""Newer versions of Wagtail's converter read something here, and lose none of it."""


def read(sent: object) -> str:
    data = QueryDict(mutable=True)
    data["text"] = sent if isinstance(sent, str) else json.dumps(sent)
    return get_rich_text_editor_widget().value_from_datadict(data, {}, "text")


@pytest.mark.parametrize("sent", DAMAGED, ids=[str(number) for number in range(len(DAMAGED))])
def test_damaged_text_is_a_bad_request(sent):
    with pytest.raises(BadRequest):
        read(sent)


def linked(kind: str, **data: object) -> dict[str, object]:
    entity = {"type": kind, "mutability": "MUTABLE", "data": data}
    return {"blocks": [GOOD | {"entityRanges": [{"offset": 0, "length": 3, "key": 0}]}], "entityMap": {"0": entity}}


@pytest.mark.parametrize("key", ["x", "1\0", "9" * 30, "-1", "1 2", ""])
@pytest.mark.parametrize("kind", ["LINK", "DOCUMENT"])
def test_a_link_to_what_is_no_row_is_a_bad_request(key, kind):
    with pytest.raises(BadRequest):
        read(linked(kind, id=key))


@pytest.mark.parametrize("kind", ["LINK", "DOCUMENT"])
def test_a_link_to_a_row_stays(kind):
    assert 'id="7"' in read(linked(kind, id=7))


@pytest.mark.parametrize("sign", ["\0", "\ud83d", "\x01", "\uffff"])
def test_what_no_database_holds_is_left_out(sign):
    read_back = read({"blocks": [GOOD | {"text": f"Bon{sign}jour"}]})
    assert ">Bonjour<" in read_back
    code = {"type": "CODE", "mutability": "IMMUTABLE", "data": {"code": f"a{sign}b"}}
    block = GOOD | {"text": " ", "type": "atomic", "entityRanges": [{"offset": 0, "length": 1, "key": 0}]}
    assert sign not in read({"blocks": [block], "entityMap": {"0": code}})


def test_a_line_break_of_word_is_a_space():
    assert ">Bon jour<" in read({"blocks": [GOOD | {"text": "Bon\x0bjour"}]})


@pytest.mark.parametrize("sent", FORGIVEN, ids=["no text", "no depth"])
def test_text_that_a_converter_may_forgive_is_no_error(sent):
    try:
        text = read(sent)
    except BadRequest:
        return
    assert ("Bonjour &lt;b&gt;" in text) == ("Bonjour" in json.dumps(sent))


def test_whole_text_is_read_and_escaped():
    assert "Bonjour &lt;b&gt;" in read({"blocks": [GOOD], "entityMap": {}})


def test_the_editor_answers_400(site, sign_in, manager):
    page = course_page(make_course())
    assert sign_in(manager).post(f"/cms/pages/{page.pk}/edit/", {"outcomes": "[1]"}).status_code == 400


def test_what_an_import_has_stored_opens_in_the_editor():
    """A break that is not closed stopped the whole page."""
    text = foreign.as_rich_text(
        foreign.read("<p>un<br>deux</p><table><tr><td>a<td>b<tr><td><td>c</table><pre>x = 1\n  y</pre>")
    )
    assert "<br>" in text
    content = json.loads(get_rich_text_editor_widget(features=LIKE_PROSE).format_value(text))
    assert [block["type"] for block in content["blocks"] if block["text"].strip()] == ["unstyled"]
    kinds = {entity["type"]: entity["data"] for entity in content["entityMap"].values()}
    assert kinds == {"TABLE": {"caption": "", "rows": "a | b\n|  | c |"}, "PREFORMATTED": {"code": "x = 1\n  y"}}
