"""A bank that is exported and imported into an empty one is the same, pictures and tables included."""

import io
import re
import zipfile
from dataclasses import replace

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from wagtail.models import Locale
from wagtail.rich_text import expand_db_html

from assessments import exporting
from assessments.answers import read_answers, write_answers
from assessments.exporting import export_bank
from assessments.formats.neutral import Pictures
from assessments.illustrations import InText, is_archive, open_archive
from assessments.import_entries import read_gift
from assessments.importing import add_to_bank
from assessments.models import Question
from assessments.question_types import QUESTION_TYPES
from cms import foreign
from cms.table_text import code_embed, join_rows, table_embed
from courses.loading.media import collection_of, store_image
from tests.assessments.formats.test_round_trip import SPECS, comparable
from tests.assessments.test_importing import add
from tests.factories.assessments import make_bank, make_question
from tests.factories.courses import make_skill

pytestmark = pytest.mark.pages

WORDS = st.text(alphabet="aé1 =~#{}:\\[]&;<>\"'«|%*_→³₂", min_size=1, max_size=10).filter(str.strip)
INLINE = st.one_of(
    WORDS.map(lambda text: escaped(text)),
    WORDS.map(lambda text: f"10<sup>{escaped(text.strip())}</sup>"),
    st.just("H<sub>2</sub>O et x<sup>n/2</sup>"),
    st.just('<b>gras</b> <i>vu</i> <a href="https://example.org/?a=1&amp;b=2">lien</a>'),
)
PIECES = st.one_of(
    INLINE.map(lambda html: f"<p>{html}</p>"),
    INLINE.map(lambda html: f"<ul><li>{html}</li><li>deux</li></ul>"),
    st.lists(st.lists(WORDS, min_size=2, max_size=2), min_size=2, max_size=3).map(
        lambda rows: table_embed("", join_rows([["a", "b"], *rows]))
    ),
    WORDS.map(lambda text: code_embed(f"si x:\n    {text.strip()}\nfin")),
)
TEXTS = st.lists(PIECES, max_size=3).map("".join)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def normal(html: str) -> str:
    """A rich text as the import keeps it: the same words and marks."""
    return foreign.as_rich_text(foreign.read(expand_db_html(html)))


def picture(colour: str, size: int = 8):
    file = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(file, "PNG")
    return store_image(collection_of("elsewhere"), f"Formulaire {colour}.png", ContentFile(file.getvalue()))


def read_export(bank, locale) -> list[tuple[list, Pictures]]:
    """[(entries, pictures)] of what is downloaded, whichever of the three kinds of file it is."""
    name, content = export_bank(bank, locale)
    files = [content.read()]
    if name.endswith(".zip") and not is_archive(files[0]):
        with zipfile.ZipFile(io.BytesIO(files[0])) as outer:
            files = [outer.read(inner) for inner in outer.namelist()]
    return [(read_gift(file), open_archive(file)[1] if is_archive(file) else InText()) for file in files]


def import_into(bank, locale, parts):
    done = [
        add_to_bank(
            entries=entries, bank=bank, skill=make_skill(), difficulty=2, locale=locale, live=True, pictures=pictures
        )
        for entries, pictures in parts
    ]  # fmt: skip
    return tuple(map(sum, zip(*done, strict=True)))


def told(bank) -> list[tuple]:
    rows = []
    for row in Question.objects.filter(bank=bank).order_by("code").select_related("skill", "image"):
        kind, spec = read_answers(row.answers.get_prep_value())
        rows.append((
            row.code, row.title, kind, normal(row.prompt), normal(row.feedback), row.points, row.difficulty,
            row.skill.code, spec.get("shuffle", True), comparable(QUESTION_TYPES[kind], without_ids(spec)),
            row.image_alt, row.image.get_file_hash() if row.image else "",
        ))  # fmt: skip
    return rows


def without_ids(value):
    """The names of options are given anew in another bank."""
    if isinstance(value, list):
        return [without_ids(row) for row in value]
    return {key: without_ids(part) for key, part in value.items() if key != "id"} if isinstance(value, dict) else value


@pytest.fixture
def french(site):
    return Locale.objects.get(language_code="fr")


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=8, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), derandomize=True
)
@given(data=st.data())
def test_a_bank_comes_back_as_it_was(french, data):
    with transaction.atomic():
        check_a_round(french, data)
        transaction.set_rollback(True)


def check_a_round(french, data):
    pictures = [None, picture("red"), picture("blue")]
    for number, (name, specs) in enumerate(sorted(SPECS.items())):
        kind = QUESTION_TYPES[name]
        spec = data.draw(specs.filter(lambda spec, kind=kind: not kind.validate(spec)))
        image = data.draw(st.sampled_from(pictures))
        question = make_question(
            name, code=f"q{number}", prompt=f"<p>Quoi ?</p>{data.draw(TEXTS)}", live=False,
            title=data.draw(st.just("") | WORDS.map(lambda text: " ".join(text.split()))), image=image,
            image_alt=data.draw(WORDS.map(str.strip)) if image else "", points=data.draw(st.integers(1, 9)),
            difficulty=data.draw(st.integers(1, 3)), skill=data.draw(st.sampled_from(["a.b", "c.d"])),
        )  # fmt: skip
        question.answers, question.feedback = write_answers(name, spec), data.draw(TEXTS)
        question.save_revision().publish()
    parts = read_export(make_bank(), french)
    problems = [problem for entries, _pictures in parts for entry in entries for problem in entry.problems]
    assert not [problem for problem in problems if problem.refused], problems
    other = make_bank("autre")
    assert import_into(other, french, parts) == (len(SPECS), 0, 0)
    assert told(other) == told(make_bank())
    assert import_into(make_bank(), french, parts) == (0, len(SPECS), 0)
    assert import_into(other, french, read_export(other, french)) == (0, len(SPECS), 0)


@pytest.mark.django_db
def test_two_pictures_of_one_name_are_two(french):
    for number, colour in enumerate(("red", "blue")):
        image = picture(colour)
        image.title = "Formulaire"
        image.save()
        make_question(code=f"q{number}", prompt=f"<p>Quoi {number} ?</p>", image=image, image_alt="un formulaire")
    other = make_bank("autre")
    import_into(other, french, read_export(make_bank(), french))
    assert told(other) == told(make_bank())
    assert Question.objects.filter(bank=other).values("image").distinct().count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "most"), [("MAX_QUESTIONS", 2), ("LARGEST_ARCHIVE", 64 * 1024 + 1500), ("LARGEST_TEXT", 1200)]
)
def test_what_one_import_does_not_take_is_several_files(french, monkeypatch, name, most):
    monkeypatch.setattr(exporting, name, most)
    for number in range(5):
        image = picture("red", 8 + number) if number % 2 else None
        make_question(code=f"q{number}", prompt=f"<p>Quoi {number} ?</p>", image=image, image_alt="x" if image else "")
    parts = read_export(make_bank(), french)
    assert len(parts) > 1
    other = make_bank("autre")
    assert import_into(other, french, parts) == (5, 0, 0)
    assert told(other) == told(make_bank())


@pytest.mark.django_db
def test_a_picture_whose_file_is_gone_is_named(french):
    image = picture("red")
    image.file.storage.delete(image.file.name)
    make_question(code="q", prompt="<p>Quoi ?</p>", image=image, image_alt="x")
    name, content = export_bank(make_bank(), french)
    assert name == "banque-fr.gift"
    assert content.read().decode().startswith("// Without its picture – Quoi ?")


@pytest.mark.django_db
def test_the_download_goes_through_the_form_again(french, trainer_client):
    make_question(code="q", prompt="<p>Quoi ?</p>", image=picture("red"), image_alt="un formulaire")
    response = trainer_client.get(reverse("export_questions", args=[make_bank().pk, "fr"]))
    assert response["Content-Disposition"] == 'attachment; filename="banque-fr.zip"'
    assert response["Content-Type"] == "application/zip"
    file = SimpleUploadedFile("banque-fr.zip", b"".join(response.streaming_content))
    _page, run = add(trainer_client, text="", file=file, bank=make_bank("autre").pk)
    assert (run.added, run.left_out) == (1, 0)
    assert [row.image_alt for row in Question.objects.filter(bank__code="autre")] == ["un formulaire"]


def test_no_field_of_a_question_is_forgotten():
    """A new field wants a place in the file, or a word here why it has none."""
    kept = {"bank", "code", "title", "prompt", "image", "image_alt", "answers", "feedback", "skill", "difficulty",
            "points"}  # fmt: skip
    of_wagtail = {"id", "translation_key", "locale", "live", "has_unpublished_changes", "first_published_at",
                  "last_published_at", "go_live_at", "expire_at", "expired", "live_revision",
                  "latest_revision"}  # fmt: skip
    assert {field.name for field in Question._meta.concrete_fields} == kept | of_wagtail


def test_pictures_stand_behind_the_text():
    (entry,) = read_gift('[html]<p>Quoi ?</p><img src\\="pictures/a.png" alt\\="x">{T}')
    assert re.sub(r"\s", "", foreign.as_rich_text(foreign.read(entry.question.prompt.text))) == "<p>Quoi?</p>"
    assert replace(entry, line=0).usable
