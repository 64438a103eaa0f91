"""The trainers' side: lists, editing with the engine's advice, previews, import, results. And who may not."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from assessments.importing import read_gift, refused_file
from assessments.models import Assessment, Question
from assessments.results import by_question, results_of
from assessments.services import submit
from tests.assessments.helpers import answer_all, begin, wrong_fields
from tests.factories.assessments import SPECS, make_assessment, make_bank, make_question
from tests.factories.courses import make_course, make_enrolment, make_skill

pytestmark = pytest.mark.django_db

QUESTIONS = "wagtailsnippets_assessments_question"
ASSESSMENTS = "wagtailsnippets_assessments_assessment"
ADD = "/cms/snippets/assessments/question/add/?locale=fr"
GIFT = """::Q1::Deux et deux ?{=quatre#Oui ~cinq ~=3~huit}

::Q2::Dakar est au Sénégal.{T}

::Q3::Racontez.{}

::Q4::Sans fin {=oui ~non
"""


@pytest.fixture
def client(site, trainer, sign_in):
    return sign_in(trainer)


@pytest.fixture
def french(site):
    return Locale.objects.get(language_code="fr")


def question_data(right=1, **changes):
    options = [("Oui", "on" if right > 0 else ""), ("Non", "on" if right > 1 else "")]
    data = {
        "prompt": rich_text("<p>Vraiment ?</p>"),
        "answers": streamfield(
            [
                (
                    "single",
                    {
                        "options": streamfield(
                            [("item", {"text": text, "correct": ok, "feedback": ""}) for text, ok in options]
                        ),
                        "shuffle": "on",
                    },
                )
            ]
        ),
        "feedback": rich_text(""),
        "image": "",
        "image_alt": "",
        "bank": make_bank().pk,
        "skill": make_skill().pk,
        "difficulty": 2,
        "points": 1,
        "code": "neuf",
        **changes,
    }  # fmt: skip
    posted = nested_form_data(data)
    for number in range(len(options)):  # ListBlock items carry no type of their own
        posted.pop(f"answers-0-value-options-{number}-type", None)
    return posted


# -- lists and editing


def test_questions_are_listed_with_what_trainers_sort_by(client):
    make_question("numeric", code="q1", prompt="<p>Combien&nbsp;?</p>")
    page = client.get(reverse(f"{QUESTIONS}:list")).content.decode()
    assert "Combien\xa0?" in page
    assert "Nombre" in page
    assert "Saisie de données" in page


def queries_of_the_list(client, of):
    client.get(reverse(f"{of}:list"))
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse(f"{of}:list"))
    return len(captured)


def test_the_list_does_not_ask_more_for_more_questions(client):
    for number in range(3):
        make_question(code=f"q{number}")
    few = queries_of_the_list(client, QUESTIONS)
    for number in range(3, 12):
        make_question(code=f"q{number}")
    assert queries_of_the_list(client, QUESTIONS) <= few


def test_the_list_offers_to_translate_what_lacks_a_language(client, site):
    french = make_question(code="q1")
    translate = reverse("simple_translation:submit_snippet_translation", args=["assessments", "question", french.pk])
    assert client.get(reverse(f"{QUESTIONS}:list")).content.decode().count(translate) == 1
    english = french.copy_for_translation(Locale.objects.get(language_code="en"))
    english.save()
    assert translate not in client.get(reverse(f"{QUESTIONS}:list")).content.decode()


def test_the_list_of_assessments_names_their_courses_and_is_filtered_by_them(client):
    make_assessment(make_course("saisie", titles={"fr": "Saisie", "en": "Typing"}), code="eval-saisie")
    files = make_course("fichiers", titles={"fr": "Fichiers"}, languages=("fr",))
    make_assessment(files, code="eval-fichiers", languages=("fr",))
    make_assessment(code="eval-nulle-part")
    page = client.get(reverse(f"{ASSESSMENTS}:list"))
    assert column_of(page, "courses") == ["Fichiers", "—", "Saisie"]
    page = client.get(reverse(f"{ASSESSMENTS}:list"), {"course": files.pk})
    assert column_of(page, "code") == ["eval-fichiers"]


def column_of(response, name):
    """What a column of the list says, row by row."""
    table = response.context["table"]
    (column,) = [column for column in table.columns.values() if column.name == name]
    return [column.get_value(row.instance) for row in table.rows]


def test_the_list_of_assessments_does_not_ask_more_for_more_of_them(client):
    make_assessment(make_course("c1"), code="a1")
    few = queries_of_the_list(client, ASSESSMENTS)
    for number in range(2, 6):
        make_assessment(make_course(f"c{number}"), code=f"a{number}")
    assert queries_of_the_list(client, ASSESSMENTS) <= few


def test_the_list_is_searched_and_filtered(client):
    make_question(code="q1", prompt="<p>Clavier</p>")
    make_question(code="q2", prompt="<p>Souris</p>", bank=make_bank("autre"))
    page = client.get(reverse(f"{QUESTIONS}:list"), {"q": "clav"}).content.decode()
    assert "Clavier" in page
    assert "Souris" not in page
    page = client.get(reverse(f"{QUESTIONS}:list"), {"bank": make_bank("autre").pk}).content.decode()
    assert "Souris" in page
    assert "Clavier" not in page


def test_a_question_is_published_from_the_form(client, french):
    response = client.post(ADD, {**question_data(), "action-publish": "1"})
    assert response.status_code == 302, response.context["form"].errors
    question = Question.objects.get()
    assert (question.live, question.kind, question.locale) == (True, "single", french)


def test_the_engine_says_what_to_mend_before_it_is_published(client):
    response = client.post(ADD, {**question_data(right=2), "action-publish": "1"})
    assert response.status_code == 200
    assert "une seule réponse" in str(response.context["form"].errors["answers"].as_data())
    assert not Question.objects.exists()


def test_a_draft_may_be_unfinished(client):
    client.post(ADD, question_data(right=0))
    assert not Question.objects.get().live


def test_a_picture_needs_its_description(client):
    from wagtail.images import get_image_model
    from wagtail.images.tests.utils import get_test_image_file

    image = get_image_model().objects.create(title="x", file=get_test_image_file())
    data = {**question_data(image=image.pk), "action-publish": "1"}
    response = client.post(ADD, data)
    assert "image_alt" in response.context["form"].errors


@pytest.mark.parametrize("kind", SPECS)
@pytest.mark.parametrize("mode", ["", "answers"])
def test_every_type_is_previewed(kind, mode, client, rf):
    question = make_question(kind)
    page = question.make_preview_request(preview_mode=mode).render().content.decode()
    assert f"Question {kind}" in page
    assert ("Bonne réponse" in page) == (mode == "answers")


def test_an_unfinished_question_has_a_preview_too(client):
    question = make_question(live=False)
    question.answers = []
    assert question.make_preview_request(preview_mode="").status_code == 200


def test_autosave_never_overwrites_what_learners_saw(trainer, site):
    question = make_question()
    shown = question.live_revision
    question.prompt = "<p>Autre</p>"
    assert question.save_revision(user=trainer, overwrite_revision=shown).pk != shown.pk


def assessment_data(bank, **section):
    return nested_form_data(
        {
            "code": "neuve",
            "titles_fr": "Évaluation",
            "titles_en": "Assessment",
            "pass_mark": 70,
            "max_attempts": 0,
            "pause_minutes": 0,
            "time_limit_minutes": 0,
            "show_answers": "passed",
            "sections": inline_formset(
                [
                    {
                        "titles_fr": "",
                        "titles_en": "",
                        "bank": bank.pk if bank else "",
                        "draw": 1,
                        "skill": "",
                        "difficulty": "",
                        "named": inline_formset([]),
                        **section,
                    }
                ]
            ),
        }
    )


def test_an_assessment_is_made_with_sections_and_named_questions(client):
    question = make_question()
    named = inline_formset([{"question": question.pk}])
    response = client.post(reverse(f"{ASSESSMENTS}:add"), assessment_data(None, named=named))
    assert response.status_code == 302, response.context["form"].errors
    assert Assessment.objects.get().sections.get().named.get().question == question


def test_a_section_needs_a_bank_or_questions(client):
    response = client.post(reverse(f"{ASSESSMENTS}:add"), assessment_data(None))
    assert response.status_code == 200
    assert not Assessment.objects.exists()


def test_a_bank_that_is_too_small_is_said_on_saving(client):
    page = client.post(reverse(f"{ASSESSMENTS}:add"), assessment_data(make_bank()), follow=True)
    assert any("1" in str(message) and message.level_tag == "warning" for message in page.context["messages"])


# -- import


def import_data(**changes):
    return {
        "text": GIFT,
        "bank": make_bank().pk,
        "skill": make_skill().pk,
        "difficulty": 1,
        "locale": Locale.objects.get(language_code="fr").pk,
        **changes,
    }


def test_a_file_is_looked_at_before_anything_is_added(client):
    file = SimpleUploadedFile("q.gift", GIFT.encode())
    page = client.post(reverse("import_questions"), import_data(text="", file=file))
    assert (page.context["good"], page.context["bad"]) == (2, 2)
    assert "Q4" in page.context["form"].initial["text"]
    assert not Question.objects.exists()


def test_the_good_ones_are_added_once_as_drafts_or_live(client):
    client.post(reverse("import_questions"), import_data(step="add"))
    assert [(row.code, row.live, row.difficulty) for row in Question.objects.order_by("code")] == [
        ("q1", False, 1),
        ("q2", False, 1),
    ]
    page = client.post(reverse("import_questions"), import_data(step="add", live="on"), follow=True)
    assert Question.objects.count() == 2
    assert "déjà" in page.content.decode()
    client.post(reverse("import_questions"), import_data(step="add", live="on", bank=make_bank("b2").pk))
    assert Question.objects.filter(live=True).count() == 2


def test_the_bad_ones_come_back_as_a_file_that_can_be_mended(client):
    response = client.post(reverse("import_questions"), import_data(step="refused"))
    text = response.content.decode()
    assert "attachment" in response["Content-Disposition"]
    assert "::Q4::Sans fin {=oui ~non" in text
    assert "Q1" not in text
    mended = text.replace("~non", "~non}").replace("Racontez.{}", "Racontez.{=oui ~non}")
    assert [entry.usable for entry in read_gift(mended)] == [True, True]
    assert not Question.objects.exists()


def test_escaped_signs_survive_the_way_back():
    source = "::A\\:B::Que vaut 1\\=1 ?{=vrai ~faux"
    assert source in refused_file(read_gift(source))


@pytest.mark.parametrize(
    "changes",
    [
        {"text": ""},
        {"file": SimpleUploadedFile("x.gift", b"PK\x03\x04\x00\x00")},
        {"file": SimpleUploadedFile("x.gift", b"x" * (1024 * 1024 + 1))},
        {"bank": ""},
        {"text": "// nothing\n"},
    ],
)
def test_what_cannot_be_imported_is_refused_in_words(changes, client):
    page = client.post(reverse("import_questions"), import_data(step="add", **changes))
    assert page.status_code == 422
    assert page.context["form"].errors
    assert not Question.objects.exists()


def test_a_strangers_markup_is_cleaned(client):
    text = '::X::[html]<p onclick\\="x()">Oui<script>alert(1)</script></p>{=<b>a</b> ~b}'
    client.post(reverse("import_questions"), import_data(step="add", text=text))
    question = Question.objects.get()
    assert question.prompt == "<p>Oui</p>"
    assert "<" not in question.answers.get_prep_value()[0]["value"]["options"][0]["value"]["text"]


# -- results


@pytest.fixture
def taken(learner, stranger, site):
    """Two learners, one of them right; two questions, one of them answered."""
    course = make_course()
    assessment = make_assessment(course, questions=[make_question(code="q1", prompt="<p>=1+1</p>")])
    for user, fields in ((learner, None), (stranger, wrong_fields)):
        attempt = begin(make_enrolment(user, course), assessment)
        answer_all(user, attempt, *([fields] if fields else []))
        submit(attempt=attempt)
    return assessment


def test_results_count_attempts_marks_and_questions(taken):
    found = results_of(taken)
    assert (found.attempts, found.learners, found.learners_passed, found.pass_rate) == (2, 2, 1, 50)
    assert (found.bars[0], found.bars[9], found.mean) == (1, 1, 50.0)
    assert [(row.text, row.shown, row.percent) for row in found.questions] == [("=1+1", 2, 50)]


def test_the_hardest_question_comes_first():
    details = [({"items": [{"answered": True, "fraction": "1"}, {"answered": False, "fraction": "0"}]}, ["a", "b"])]
    assert [(row.key, row.percent, row.unanswered) for row in by_question(details)] == [("b", 0, 1), ("a", 100, 0)]


def test_results_are_shown_and_exported_without_formulas(client, taken):
    address = reverse("assessment_results", args=[taken.pk])
    page = client.get(address).content.decode()
    assert "=1+1" in page
    assert "Awa" not in page
    exported = client.get(address, {"export": "csv"})
    text = exported.content.decode("utf-8-sig")
    assert "=1+1" in text
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ","))
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_no_attempts_yet(client):
    page = client.get(reverse("assessment_results", args=[make_assessment().pk]))
    assert page.status_code == 200
    assert client.get(reverse("assessment_results", args=[999])).status_code == 404


# -- who may not


@pytest.mark.parametrize("who", ["learner", "employer_user"])
def test_only_the_team_comes_in(who, request, site, sign_in):
    client = sign_in(request.getfixturevalue(who))
    assessment = make_assessment()
    addresses = [
        reverse(f"{QUESTIONS}:list"),
        reverse(f"{QUESTIONS}:edit", args=[make_question().pk]),
        reverse("import_questions"),
        reverse("assessment_results", args=[assessment.pk]),
    ]
    for address in addresses:
        assert client.get(address).status_code in (302, 403)
    assert client.post(reverse("import_questions"), import_data(step="add")).status_code in (302, 403)
    assert Question.objects.count() == 1


@pytest.mark.parametrize("who", ["trainer", "manager"])
def test_trainers_and_managers_do(who, request, site, sign_in):
    client = sign_in(request.getfixturevalue(who))
    assert client.get(reverse("import_questions")).status_code == 200
    assert client.get(reverse(f"{QUESTIONS}:add")).status_code == 200


@pytest.mark.parametrize(("kind", "part"), [("single", "options"), ("multiple", "options"), ("matching", "pairs")])
def test_a_new_question_begins_with_room_for_two_answers(kind, part):
    from assessments.models import Question

    block = Question._meta.get_field("answers").stream_block.child_blocks[kind]
    assert len(block.get_default()[part]) == 2
