"""Questions and assessments written in the admin, with the engine's advice."""

import re
from html import unescape

import pytest
from django.urls import reverse
from wagtail.models import Locale
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from assessments.models import Assessment, Question
from tests.factories.assessments import make_bank, make_question
from tests.factories.courses import make_skill

pytestmark = pytest.mark.django_db
ASSESSMENTS = "wagtailsnippets_assessments_assessment"
ADD = "/cms/snippets/assessments/question/add/?locale=fr"


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


@pytest.mark.parametrize(("kind", "part"), [("single", "options"), ("multiple", "options"), ("matching", "pairs")])
def test_a_new_question_begins_with_room_for_two_answers(kind, part):
    from assessments.models import Question

    block = Question._meta.get_field("answers").stream_block.child_blocks[kind]
    assert len(block.get_default()[part]) == 2


def test_a_question_is_published_from_the_form(trainer_client, french):
    response = trainer_client.post(ADD, {**question_data(), "action-publish": "1"})
    assert response.status_code == 302, response.context["form"].errors
    question = Question.objects.get()
    assert (question.live, question.kind, question.locale) == (True, "single", french)


def test_the_engine_says_what_to_fix_before_it_is_published(trainer_client):
    response = trainer_client.post(ADD, {**question_data(right=0), "action-publish": "1"})
    assert response.status_code == 200
    assert "au moins une réponse" in str(response.context["form"].errors["answers"].as_data())
    assert not Question.objects.exists()


def test_a_draft_may_be_unfinished(trainer_client):
    trainer_client.post(ADD, question_data(right=0))
    assert not Question.objects.get().live


def test_a_picture_needs_its_description(trainer_client):
    from wagtail.images import get_image_model
    from wagtail.images.tests.utils import get_test_image_file

    image = get_image_model().objects.create(title="x", file=get_test_image_file())
    data = {**question_data(image=image.pk), "action-publish": "1"}
    response = trainer_client.post(ADD, data)
    assert "image_alt" in response.context["form"].errors


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
            "purpose": "certifying",
            "evidence": "knowledge",
            "pass_mark": 70,
            "skill_pass_mark": 50,
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


def test_an_assessment_is_made_with_sections_and_named_questions(trainer_client):
    question = make_question()
    named = inline_formset([{"question": question.pk}])
    response = trainer_client.post(reverse(f"{ASSESSMENTS}:add"), assessment_data(None, named=named))
    assert response.status_code == 302, response.context["form"].errors
    assert Assessment.objects.get().sections.get().named.get().question == question


def test_a_section_needs_a_bank_or_questions(trainer_client):
    response = trainer_client.post(reverse(f"{ASSESSMENTS}:add"), assessment_data(None))
    assert response.status_code == 200
    assert not Assessment.objects.exists()


def test_a_bank_that_is_too_small_is_reported_on_saving(trainer_client):
    page = trainer_client.post(reverse(f"{ASSESSMENTS}:add"), assessment_data(make_bank()), follow=True)
    assert any("1" in str(message) and message.level_tag == "warning" for message in page.context["messages"])


def warnings_of(client, bank, **fields):
    """What the editor warns of after an assessment of one section is saved."""
    page = client.post(reverse(f"{ASSESSMENTS}:add"), {**assessment_data(bank), **fields}, follow=True)
    return [unescape(str(message)) for message in page.context["messages"] if message.level_tag == "warning"]


def test_a_skill_that_hangs_on_one_question_is_told_to_the_author(trainer_client):
    make_question()
    (told,) = warnings_of(trainer_client, make_bank())
    assert (
        "Saisie de données : 1 question. Une seule décide, et parmi les personnes qui répondent au hasard, 25 % "
        "atteignent 50 %. Posez-en au moins 3." in told.replace("\u00a0", " ")
    )


def test_practice_may_hang_on_one_question(trainer_client):
    make_question()
    assert not warnings_of(trainer_client, make_bank(), purpose="practice")


def test_enough_questions_of_a_skill_are_not_warned_of(trainer_client):
    for _number in range(3):
        make_question()
    assert not warnings_of(trainer_client, make_bank(), **{"sections-0-draw": "3"})


def test_the_next_question_begins_in_the_same_bank(trainer_client):
    data = question_data()
    answer = trainer_client.post(ADD, {**data, "action-publish": "1"}, follow=True)
    link = re.search(r'href="(/cms/snippets/assessments/question/add/[?][^"]*bank=[^"]*)"', answer.content.decode())
    form = trainer_client.get(unescape(link[1])).context["form"]
    assert (form["bank"].value(), form["skill"].value()) == (data["bank"], data["skill"])
    for nonsense in ("?bank=x", "?bank=999999", "?skill=" + "9" * 30):
        assert trainer_client.get("/cms/snippets/assessments/question/add/" + nonsense).status_code in {200, 302, 400}
