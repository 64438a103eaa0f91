"""The questions of a bank as a file for other systems."""

import pytest
from django.urls import reverse
from django.utils.html import escape
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Locale

from assessments.answers import read_answers
from assessments.formats import gift
from assessments.formats.plain import plain_text
from assessments.import_entries import read_gift
from assessments.importing import add_to_bank
from assessments.models import Question
from assessments.question_types import QUESTION_TYPES
from tests.assessments.helpers import write_gift
from tests.factories.assessments import make_bank, make_question
from tests.factories.courses import make_skill

pytestmark = pytest.mark.django_db
KNOWN = sorted(name for name, kind in QUESTION_TYPES.items() if kind.in_files and name not in gift.LEFT_OUT)


@pytest.fixture
def french(site):
    return Locale.objects.get(language_code="fr")


def test_what_is_exported_can_be_imported_elsewhere_and_is_the_same(french):
    for kind in KNOWN:
        make_question(kind, code=kind.replace("_", "-"))
    entries = read_gift(write_gift(make_bank(), french))
    assert [entry.usable for entry in entries] == [True] * len(KNOWN)
    other = make_bank("ailleurs")
    add_to_bank(entries=entries, bank=other, skill=make_skill(), difficulty=1, locale=french, live=True)
    kept = Question.objects.filter(bank=other)
    assert {(row.code, row.kind, row.prompt) for row in kept} == {
        (row.code, row.kind, row.prompt.strip()) for row in Question.objects.filter(bank=make_bank())
    }


def test_importing_it_into_the_same_bank_adds_nothing(french):
    for kind in KNOWN:
        make_question(kind, code=kind.replace("_", "-"))
    entries = read_gift(write_gift(make_bank(), french))
    done = add_to_bank(
        entries=entries, bank=make_bank(), skill=make_skill(), difficulty=1, locale=french, live=True
    )  # fmt: skip
    assert done == (0, len(KNOWN), 0)


@pytest.mark.parametrize("code", ["Q_1", "_q--1_", ""], ids=["case", "dashes", "none"])
def test_a_question_is_known_again_whatever_its_code(french, code):
    questions = [make_question(code=code, prompt="<p>Que voyez-vous ?</p>") for _one in range(2 if not code else 1)]
    entries = read_gift(write_gift(make_bank(), french))
    for bank, done in ((make_bank(), (0, len(questions), 0)), (make_bank("ailleurs"), (len(questions), 0, 0))):
        added = add_to_bank(entries=entries, bank=bank, skill=make_skill(), difficulty=1, locale=french, live=True)
        assert added == done


@pytest.mark.parametrize(
    "text", ["a -> b", "<b>x</b>", "// x", "$CATEGORY: x", "[html]x", "~%50%a", "::t:: x", "{=x}#\\n"]
)
@pytest.mark.parametrize("kind", ["matching", "multiple", "short_text", "single"])
def test_signs_of_the_format_stand_for_themselves(french, kind, text):
    """All but the arrow in pairs and typed answers, which is written as another sign."""
    question = make_question(kind, code="q1", prompt=f"<p>{escape(text)}</p>")
    question.answers = with_words(question.answers.get_prep_value(), text)
    question.save()
    (entry,) = read_gift(write_gift(make_bank(), french))
    assert entry.usable
    name, spec = read_answers(question.answers.get_prep_value())
    assert (entry.converted.type, plain_text(entry.question.prompt)) == (name, text)
    is_arrow = kind in {"matching", "short_text"}
    assert words(entry.converted.spec) == [word.replace("->", "→") if is_arrow else word for word in words(spec)]


def with_words(value, text):
    """The stored answers with ``text`` behind everything that a trainer typed."""
    if isinstance(value, list):
        return [with_words(row, text) for row in value]
    if isinstance(value, dict):
        typed = {"text", "left", "right", "feedback"}
        return {
            key: f"{each} {text}" if key in typed and isinstance(each, str) else with_words(each, text)
            for key, each in value.items()
        }
    return value


def words(spec):
    rows = [row for name in ("options", "accepted", "pairs", "distractors") for row in spec.get(name, ())]
    return [row[key] for row in rows for key in ("text", "left", "right", "feedback") if row.get(key)]


def test_only_live_questions_of_the_bank_and_the_language_are_in_it(french):
    make_question(code="oui", prompt="<p>Celle-ci</p>")
    make_question(code="brouillon", live=False)
    make_question(code="anglais", language="en")
    make_question(code="autre", bank=make_bank("autre"))
    assert [entry.title for entry in read_gift(write_gift(make_bank(), french))] == ["Celle-ci"]


def test_what_a_file_cannot_hold_is_named_at_its_head(french):
    make_question("ordering", code="q1", prompt="<p>Rangez\nceci</p>")
    image = get_image_model().objects.create(title="x", file=get_test_image_file())
    image.file.storage.delete(image.file.name)
    make_question(code="q2", prompt="<p>Regardez</p>", image=image, image_alt="x")
    make_question("numeric", code="q3", prompt="<p>Combien ?</p>")
    typed = make_question("short_text", code="q4", prompt="<p>La touche ?</p>")
    typed.answers = with_words(typed.answers.get_prep_value(), "->")
    typed.save()
    text = write_gift(make_bank(), french)
    assert text.partition("\n\n")[0].splitlines() == [
        "// Without its picture – Regardez",
        "// Without its unit (FCFA) – Combien ?",
        "// With “→” instead of “->” in its answers – La touche ?",
    ]
    assert [entry.usable for entry in read_gift(text)] == [True] * 4


def test_what_gift_has_no_way_to_write_is_named_at_the_head(french):
    make_question("cloze", code="q1", prompt="<p>Complétez</p>")
    make_question(
        "short_text", code="q2", prompt="<p>Le code ?</p>",
        spec={"accepted": [{"text": "SO-[0-9]+"}], "regex": True, "shown": "SO-1"},
    )  # fmt: skip
    make_question("short_text", code="q3", prompt="<p>Exact ?</p>", spec={"accepted": [{"text": "A"}], "exact": True})
    text = write_gift(make_bank(), french)
    assert text.partition("\n\n")[0].splitlines() == [
        "// Left out: GIFT has no such question – Complétez",
        "// Left out: no file format has regular expressions as answers – Le code ?",
        "// Without its rule that capitals, accents and spaces count, which only an import here keeps – Exact ?",
    ]
    (entry,) = read_gift(text)
    other = make_bank("ailleurs")
    add_to_bank(entries=[entry], bank=other, skill=make_skill(), difficulty=1, locale=french, live=True)
    assert read_answers(Question.objects.get(bank=other).answers.get_prep_value())[1]["exact"] is True


def test_a_type_that_files_do_not_have_is_named_at_the_head(french, monkeypatch):
    monkeypatch.setattr(QUESTION_TYPES["ordering"], "in_files", False, raising=False)
    make_question("ordering", code="q1", prompt="<p>Rangez\nceci</p>")
    note = "// Left out: this file format has no such question type (Put in order) – Rangez ceci\n\n"
    assert write_gift(make_bank(), french) == note


def test_the_file_is_offered_in_each_language(trainer_client):
    make_question(code="q1", prompt="<p>Quoi ?</p>")
    address = reverse("export_questions", args=[make_bank().pk, "fr"])
    page = trainer_client.get(reverse("wagtailsnippets_assessments_questionbank:list")).content.decode()
    assert address in page
    assert "Exporter pour Moodle (français)" in page
    assert "Exporter pour Moodle (English)" in page
    response = trainer_client.get(address)
    assert response["Content-Disposition"] == 'attachment; filename="banque-fr.gift"'
    assert "Quoi ?" in response.content.decode()
    assert trainer_client.get(reverse("export_questions", args=[make_bank().pk, "de"])).status_code == 404
