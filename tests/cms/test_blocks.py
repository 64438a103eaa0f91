"""Each block as a learner's phone gets it."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import translation
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.rich_text import RichText
from wagtailmedia.models import get_media_model

from cms.blocks import ContentBlocks, TableBlock
from cms.picture_sizes import make_sizes
from cms.table_text import table_rows, with_bars
from cms.text_embeds import to_embed
from cms.weight import body_weight, image_bytes, render


def body(*blocks):
    block = ContentBlocks()
    return block.to_python([{"type": kind, "value": value, "id": f"id{n}"} for n, (kind, value) in enumerate(blocks)])


def html(*blocks, language="en"):
    return render(body(*blocks), language)


@pytest.fixture
def image(db):
    from io import BytesIO

    from PIL import Image as Pillow

    file = BytesIO()
    Pillow.new("RGB", (900, 450), "teal").save(file, "PNG")
    return get_image_model().objects.create(title="x", file=ContentFile(file.getvalue(), "x.png"))


def test_rows_begin_blank_and_with_every_field():
    """A field left out of a row’s first state is shown as the word “undefined”, and saved as if typed."""
    check = ContentBlocks().child_blocks["self_check"]
    rows = check.get_form_state(check.get_default())["options"]
    assert len(rows) == 2
    for row in rows:
        assert set(row["value"]) == {"text", "correct", "feedback"}
        assert not any(row["value"].values())


def test_a_self_check_question_needs_a_right_answer_when_published():
    options = [{"text": "dix", "correct": False, "feedback": "?"}, {"text": "onze", "correct": False, "feedback": "?"}]
    stream = body(("self_check", {"question": "?", "options": options}))
    with pytest.raises(ValidationError) as refused, translation.override("en"):
        stream.stream_block.clean(stream)
    (error,) = refused.value.block_errors.values()
    assert "Tick the right answer" in str(error.as_json_data())
    assert len(stream.stream_block.clean_deferred(stream)) == 1
    options[1]["correct"] = True
    stream = body(("self_check", {"question": "?", "options": options}))
    assert len(stream.stream_block.clean(stream)) == 1


def test_text_has_no_wrapper():
    assert html(("text", "<p>Bonjour</p>")) == "<p>Bonjour</p>"


def test_image_comes_in_small_formats_with_its_size_and_alternative(image):
    make_sizes(image)
    page = html(("image", {"image": image.pk, "alt": "Un mur <bleu>", "caption": "Le mur"}))
    assert 'type="image/avif"' in page
    assert 'type="image/webp"' in page
    assert "320w" in page
    assert "640w" in page
    assert 'width="640" height="320" alt="Un mur &lt;bleu&gt;" loading="lazy"' in page
    assert "<figcaption>Le mur</figcaption>" in page


def test_a_deleted_image_leaves_no_trace(image):
    stream = body(("image", {"image": image.pk, "alt": "x", "caption": ""}))
    image.delete()
    assert render(stream, "en") == ""


@pytest.mark.parametrize(("kind", "word"), [("tip", "Tip"), ("example", "Example"), ("warning", "Warning")])
def test_callouts_have_a_class_and_a_title(kind, word):
    assert html((kind, {"title": "", "text": "<p>x</p>"})).startswith(f'<div class="{kind}"><p><strong>{word}<')
    assert "<strong>Mon titre</strong>" in html((kind, {"title": "Mon titre", "text": "<p>x</p>"}))


def test_words_of_blocks_are_in_the_language_of_the_page():
    with translation.override("en"):
        assert "<strong>Attention" in html(("warning", {"title": "", "text": "<p>x</p>"}), language="fr")


def test_steps_are_an_ordered_list():
    steps = [{"type": "item", "value": f"<p>{n}</p>", "id": str(n)} for n in range(2)]
    assert html(("steps", {"steps": steps})).count("<li>") == 2


def test_table_has_a_caption_a_header_and_numbers_at_the_end():
    page = html(("table", {"caption": "Prix", "rows": "Mot | Prix\na\\|b | 1 250,00 €\nc |"}))
    assert "<caption>Prix</caption>" in page
    assert '<th scope="col">Mot</th><th scope="col" class="num">Prix</th>' in page
    assert '<td>a|b</td><td class="num">1 250,00 €</td>' in page
    assert page.count("<td") == 4
    assert 'tabindex="0"' in page


def test_code_is_shown_as_typed():
    assert "<code>&lt;b&gt; =A1+B2</code>" in html(("code", {"code": "<b> =A1+B2"}))


def test_audio_shows_its_size_and_length_and_loads_nothing(db):
    media = get_media_model().objects.create(
        title="Message", type="audio", duration=80, file=ContentFile(b"x" * 96_000, "m.ogg")
    )
    page = html(("audio", {"media": media.pk, "transcript": "<p>Bonjour</p>"}))
    assert 'preload="none"' in page
    assert "1\u00a0min\u00a020\u00a0s · 96\u00a0kB" in page
    assert "<details>" in page
    assert "<p>Bonjour</p>" in page


def test_video_shows_its_size_and_loads_nothing(db):
    media = get_media_model().objects.create(
        title="Geste", type="video", file=ContentFile(b"x" * 1_300_000, "m.mp4"), width=640, height=360
    )
    page = html(("video", {"media": media.pk, "transcript": "<p>Bonjour</p>"}), language="fr")
    assert 'preload="none"' in page
    assert "1,3\u00a0Mo" in page


def test_download_shows_its_size(db):
    document = get_document_model().objects.create(title="x", file=ContentFile(b"a;b\n" * 500, "table.csv"))
    page = html(("download", {"document": document.pk, "title": "La table"}))
    assert f'href="{document.url}" download>La table</a>' in page
    assert "CSV · 2\u00a0kB" in page


def test_self_check_opens_one_answer_at_a_time_without_script():
    options = [
        {"type": "item", "value": {"text": t, "correct": c, "feedback": f}, "id": t}
        for t, c, f in (("oui", True, "Exact"), ("<non>", False, "Relisez"))
    ]
    page = html(
        ("self_check", {"question": "?", "options": options}), ("self_check", {"question": "?", "options": options})
    )
    assert page.count('<details name="check1">') == 2
    assert page.count('<details name="check2">') == 2
    assert "&lt;non&gt;" in page
    assert page.count("state-leaf") == 2
    assert "<script" not in page


def test_rich_text_links_are_expanded_by_wagtail(site):
    text = RichText(f'<p><a linktype="page" id="{site.pk}">Accueil</a></p>').source
    assert f'href="{site.get_url()}"' in html(("text", text), language="fr")


def test_weight_counts_text_and_pictures(image):
    make_sizes(image)
    light = body_weight(body(("text", "<p>Bonjour</p>")), "fr")
    heavy = body_weight(body(("image", {"image": image.pk, "alt": "x", "caption": ""})), "fr")
    assert 1100 < light < 1300
    assert heavy > light + image_bytes(image)


def test_a_photo_on_a_phone_weighs_at_most_15_kb(db, shared_data):
    source = shared_data / "comparison-course" / "courriel.jpg"
    photo = get_image_model().objects.create(title="p", file=ContentFile(source.read_bytes(), "courriel.jpg"))
    make_sizes(photo)
    assert 0 < image_bytes(photo) <= 15_000


@pytest.mark.parametrize(
    "pasted",
    ["Mois\tTotal\nmai\t1 250", "Mois\tTotal\r\nmai\t1 250\r\n", 'Mois\tTotal\n"mai"\t"1 250"\n'],
)
def test_cells_pasted_from_a_spreadsheet_are_columns(pasted):
    """In the block, in the table of a text, and in what was saved before."""
    assert TableBlock().clean({"caption": "", "rows": pasted})["rows"] == "Mois | Total\nmai | 1 250"
    table = table_rows(pasted)
    assert [cell["text"] for cell in table["header"]] == ["Mois", "Total"]
    assert [cell["text"] for cell in table["rows"][0]] == ["mai", "1 250"]
    assert to_embed("table")({"rows": pasted, "caption": ""}).attr["rows"] == "Mois | Total\nmai | 1 250"


def test_a_cell_with_bars_or_lines_stays_one():
    assert with_bars('a\tb\n"x\ny"\tz') == "a | b\nx y | z"
    assert with_bars("a\tb | c") == "a\tb | c"
    assert with_bars("a\t\nb\tc") == "| a |  |\nb | c"
