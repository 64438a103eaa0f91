"""What is copied from Word, LibreOffice and Google Docs into the editor: kept, or named with the remedy."""

import re

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import expect
from wagtail.rich_text import expand_db_html

from assessments.models import Question
from cms.blocks import INLINE, LIKE_PROSE, PROSE
from cms.foreign import as_rich_text, read
from cms.pasting import read_paste
from cms.table_text import TEXT_EMBEDS
from tests.factories.assessments import make_question

WORD = """<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word"><head><meta name=Generator content="Microsoft Word 15">
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->
<style><!-- p.MsoNormal{margin:0cm;font-family:"Calibri",sans-serif} --></style></head><body lang=FR>
<!--StartFragment-->
<h1>Les unités<o:p></o:p></h1>
<p class=MsoNormal>Un km vaut 10<sup>3</sup> m, et l’eau est H<sub>2</sub>O<a style='mso-footnote-id:ftn1' href="#_ftn1"
name="_ftnref1" title=""><span class=MsoFootnoteReference><span style='mso-special-character:footnote'>
<![if !supportFootnotes]><span class=MsoFootnoteReference>[1]</span><![endif]></span></span></a>.<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;
</span></span></span><![endif]>pommes<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='margin-left:72.0pt;mso-list:l0 level2 lfo1'><!--[if !supportLists]--><span
style='mso-list:Ignore'>o<span>&nbsp; </span></span><!--[endif]-->vertes<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>·<span>&nbsp; </span></span><![endif]>poires<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span
style='mso-list:Ignore'>1.<span>&nbsp; </span></span><![endif]>Ouvrir<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><![if !supportLists]><span
style='mso-list:Ignore'>2.<span>&nbsp; </span></span><![endif]>Fermer<o:p></o:p></p>
<table class=MsoTableGrid border=1><tr style='mso-yfti-irow:0'><td width=100><p class=MsoNormal>Mois<o:p></o:p></p></td>
<td><p class=MsoNormal>Total<o:p></o:p></p></td></tr><tr><td><p class=MsoNormal>mai</p></td><td>1&nbsp;250</td></tr>
</table>
<p class=MsoNormal>Tapez <span style='font-family:"Courier New"'>=SOMME(A1:A3)</span><!--[if gte vml 1]><v:shape id="p"
style='width:90pt'><v:imagedata src="file:///C:/Temp/msohtmlclip1/01/clip_image001.png"/></v:shape><![endif]--><![if
!vml]><img width=120 src="file:///C:/Temp/msohtmlclip1/01/clip_image002.png" v:shapes="Image_1"><![endif]></p>
<div style='mso-element:footnote-list'><![if !supportFootnotes]><br clear=all><hr align=left width="33%"><![endif]>
<div style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText><a style='mso-footnote-id:ftn1' href="#_ftnref1"
name="_ftn1"><span class=MsoFootnoteReference>[1]</span></a> Formule chimique.</p></div></div>
<!--EndFragment--></body></html>"""
GOOGLE = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1a2b"><p dir="ltr"><span
style="font-size:11pt;font-weight:700;">Gras</span><span style="font-weight:400"> et 10</span><span
style="font-size:6.6pt;vertical-align:super;">3</span><span style="font-style:italic"> m</span></p><ul><li dir="ltr"
aria-level="1"><p><span>un</span></p></li></ul><div><table><tbody><tr><td><p><span>a</span></p></td><td>b</td></tr>
</tbody></table></div><p><span><img src="https://lh7.example.org/docsz/x" alt="Un graphique"></span></p></b>"""
LIBRE = """<meta http-equiv="content-type" content="text/html; charset=utf-8"/><p>10<sup>3</sup> kg<a
class="sdfootnoteanc" name="sdfootnote1anc" href="#sdfootnote1sym"><sup>1</sup></a></p><ol><li><p>un</p></li></ol>
<pre class="western">if x:
    y</pre><p><font face="Liberation Mono, monospace">ls</font></p><div id="sdfootnote1"><p class="sdfootnote"><a
class="sdfootnotesym" name="sdfootnote1sym" href="#sdfootnote1anc">1</a>note</p></div>"""


def pasted(html: str, features: list[str] | None = None) -> tuple[str, list[str]]:
    answer = read_paste(html, features or [*PROSE, *TEXT_EMBEDS])
    return as_rich_text(read(html)), answer["lost"]


def test_word_is_kept_but_for_its_pictures():
    text, lost = pasted(WORD)
    assert text == (
        "<h2>Les unités</h2><p>Un km vaut 10<sup>3</sup> m, et l’eau est H<sub>2</sub>O <sup>[1]</sup>.</p>"
        "<ul><li>pommes<ul><li>vertes</li></ul></li><li>poires</li></ul><ol><li>Ouvrir</li><li>Fermer</li></ol>"
        '<embed caption="" embedtype="table" rows="Mois | Total\nmai | 1\u00a0250"/>'
        "<p>Tapez <code>=SOMME(A1:A3)</code></p><p>[1] Formule chimique.</p>"
    )
    notes, told = lost
    assert "clip_image002.png" in told
    assert "C:/" not in told
    assert "[1]" in notes


def test_google_docs_says_what_is_bold_and_raised_by_style():
    text, lost = pasted(GOOGLE)
    assert text == (
        "<p><b>Gras</b> et 10<sup>3</sup><i> m</i></p><ul><li>un</li></ul>"
        '<embed caption="" embedtype="table" rows="a | b"/>'
    )
    assert "Un graphique" in lost[0]


def test_libre_office_has_notes_and_code():
    text, lost = pasted(LIBRE)
    assert text == (
        "<p>10<sup>3</sup> kg<sup>1</sup></p><ol><li>un</li></ol>"
        '<embed code="if x:\n    y" embedtype="code"/><p><code>ls</code></p><p>1note</p>'
    )
    (notes,) = lost
    assert "“1”" in notes or "« 1 »" in notes.replace("\u00a0", " ")


@pytest.mark.parametrize("features", [INLINE, ["bold", "ul"]], ids=["steps", "introduction"])
def test_where_there_are_no_tables_their_words_are_kept_and_it__reported(features):
    answer = read_paste(WORD, features)
    words = " ".join(block["text"] for block in answer["content"]["blocks"])
    assert "Mois | Total" in words
    assert any("lignes de texte" in told for told in answer["lost"])


def test_a_question_has_another_place_for_pictures():
    assert read_paste(WORD, [*PROSE, *TEXT_EMBEDS])["lost"] != read_paste(WORD, LIKE_PROSE)["lost"]


def test_every_editor_reads_what_is_pasted():
    """No rich text of ours leaves a paste to the browser's own reading, which drops what it does not know."""
    from django.apps import apps
    from wagtail.fields import RichTextField

    from cms.rich_text import RichTextArea

    fields = [
        field
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, RichTextField) and model.__module__.partition(".")[0] in ("cms", "courses", "assessments")
    ]
    assert fields
    for field in fields:
        widget = field.formfield().widget
        assert isinstance(widget, RichTextArea), field
        assert widget.options["plugins"][0]["features"] == list(field.features), field


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body", ["", "1", "[]", '{"html": 1, "features": []}', '{"html": "x"}', "[" * 100_000, '{"html":"x","features":1}']
)
def test_what_no_editor_sends_is_refused(site, trainer, sign_in, body):
    answer = sign_in(trainer).post(reverse("read_pasted"), body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["error"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_word_pasted_in_a_browser_is_what_a_learner_reads(site, manager, desk, live_server, sign_in):
    """Copied and pasted with the keys of a real browser, saved, opened again and saved again."""
    question = make_question(prompt="<p>Avant.</p>")
    connection.close()
    cookie = sign_in(manager).cookies["sessionid"]
    desk.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    desk.goto(reverse("wagtailsnippets_assessments_question:edit", args=[question.pk]))
    desk.evaluate(
        """html => document.addEventListener('copy', event => {
            event.clipboardData.setData('text/html', html);
            event.clipboardData.setData('text/plain', 'words');
            event.preventDefault();
        }, {once: true})""",
        WORD,
    )
    desk.locator("body").press("Control+c")
    desk.locator(".Draftail-Editor [role=textbox]").first.click()
    desk.keyboard.press("Control+End")
    desk.keyboard.press("Control+v")
    desk.locator(".site-lost").wait_for()
    assert all(
        words in desk.locator(".site-lost").inner_text() for words in ("clip_image002.png", "Ce qui a été perdu")
    )
    box = desk.locator(".site-embed textarea")
    assert box.input_value() == "Mois | Total\nmai | 1\u00a0250"
    box.fill("Mois | Total\nmai | 1\u00a0250\njuin | 3")
    desk.keyboard.press("Tab")
    address = reverse("wagtailsnippets_assessments_question:edit", args=[question.pk])
    for _round in range(2):
        expect(desk.locator("input[name=prompt]")).to_have_value(re.compile("juin"))
        desk.locator("button.action-save").first.click()
        desk.locator(".messages .success").wait_for()
        desk.goto(address)
    text = expand_db_html(Question.objects.get(pk=question.pk).get_latest_revision_as_object().prompt)
    for part in ("10<sup>3</sup>", "H<sub>2</sub>O", "<sup>[1]</sup>", "<td>juin</td>", "<code>=SOMME(A1:A3)</code>"):
        assert part in text
    assert text.count("<li") == 5
    assert "10³ m, et l’eau est H₂O" in str(Question(prompt=text))


@pytest.mark.django_db
@pytest.mark.parametrize("form", [{}, {"html": "x"}])
def test_a_form_is_no_paste(site, trainer, sign_in, form):
    """Its body was read as fields before the view asks for it."""
    assert sign_in(trainer).post(reverse("read_pasted"), form).status_code == 422
