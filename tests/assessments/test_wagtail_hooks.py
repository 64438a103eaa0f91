"""The lists of the admin: what they show, how they are searched, what they cost. And who may not see them."""

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale

from assessments.models import Question
from assessments.services import submit
from assessments.wagtail_hooks import link_regrade
from courses.models import Course
from tests.assessments.helpers import answer_all, begin
from tests.factories.assessments import make_assessment, make_bank, make_question
from tests.factories.courses import make_course, make_enrolment

pytestmark = pytest.mark.django_db
QUESTIONS = "wagtailsnippets_assessments_question"
ASSESSMENTS = "wagtailsnippets_assessments_assessment"


def test_questions_are_listed_with_what_trainers_sort_by(trainer_client):
    make_question("numeric", code="q1", prompt="<p>Combien&nbsp;?</p>")
    page = trainer_client.get(reverse(f"{QUESTIONS}:list")).content.decode()
    assert "Combien\xa0?" in page
    assert "Nombre" in page
    assert "Saisie de données" in page


def queries_of_the_list(trainer_client, of):
    trainer_client.get(reverse(f"{of}:list"))
    with CaptureQueriesContext(connection) as captured:
        trainer_client.get(reverse(f"{of}:list"))
    return len(captured)


def test_the_list_does_not_ask_more_for_more_questions(trainer_client):
    for number in range(3):
        make_question(code=f"q{number}")
    few = queries_of_the_list(trainer_client, QUESTIONS)
    for number in range(3, 12):
        make_question(code=f"q{number}")
    assert queries_of_the_list(trainer_client, QUESTIONS) <= few


def test_the_list_offers_to_translate_what_lacks_a_language(trainer_client, site):
    french = make_question(code="q1")
    translate = reverse("simple_translation:submit_snippet_translation", args=["assessments", "question", french.pk])
    assert trainer_client.get(reverse(f"{QUESTIONS}:list")).content.decode().count(translate) == 1
    english = french.copy_for_translation(Locale.objects.get(language_code="en"))
    english.save()
    assert translate not in trainer_client.get(reverse(f"{QUESTIONS}:list")).content.decode()


def test_the_list_of_assessments_names_their_courses_and_is_filtered_by_them(trainer_client):
    make_assessment(make_course("saisie", titles={"fr": "Saisie", "en": "Typing"}), code="eval-saisie")
    files = make_course("fichiers", titles={"fr": "Fichiers"})
    make_assessment(files, code="eval-fichiers")
    make_assessment(code="eval-nulle-part")
    page = trainer_client.get(reverse(f"{ASSESSMENTS}:list"))
    assert column_of(page, "courses") == ["Fichiers", "—", "Saisie"]
    page = trainer_client.get(reverse(f"{ASSESSMENTS}:list"), {"course": files.pk})
    assert column_of(page, "code") == ["eval-fichiers"]


def column_of(response, name):
    """What a column of the list says, row by row."""
    table = response.context["table"]
    (column,) = [column for column in table.columns.values() if column.name == name]
    return [column.get_value(row.instance) for row in table.rows]


def test_the_list_of_assessments_does_not_ask_more_for_more_of_them(trainer_client):
    make_assessment(make_course("c1"), code="a1")
    few = queries_of_the_list(trainer_client, ASSESSMENTS)
    for number in range(2, 6):
        make_assessment(make_course(f"c{number}"), code=f"a{number}")
    assert queries_of_the_list(trainer_client, ASSESSMENTS) <= few


def test_the_list_is_searched_and_filtered(trainer_client):
    make_question(code="q1", prompt="<p>Clavier</p>")
    make_question(code="q2", prompt="<p>Souris</p>", bank=make_bank("autre"))
    page = trainer_client.get(reverse(f"{QUESTIONS}:list"), {"q": "clav"}).content.decode()
    assert "Clavier" in page
    assert "Souris" not in page
    page = trainer_client.get(reverse(f"{QUESTIONS}:list"), {"bank": make_bank("autre").pk}).content.decode()
    assert "Souris" in page
    assert "Clavier" not in page


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


@pytest.mark.parametrize("who", ["trainer", "manager"])
def test_trainers_and_managers_do(who, request, site, sign_in):
    client = sign_in(request.getfixturevalue(who))
    assert client.get(reverse("import_questions")).status_code == 200
    assert client.get(reverse(f"{QUESTIONS}:add")).status_code == 200


def test_a_question_is_chosen_by_a_part_of_its_words_in_the_language_of_the_trainer(site, trainer, sign_in):
    """The chooser searched codes only: a question without a code could not be found."""
    make_question("single", language="fr", prompt="<p>Où est la pièce jointe ?</p>")
    make_question("single", language="en", prompt="<p>Where is the attachment?</p>")
    url = reverse(f"{Question.snippet_viewset.chooser_viewset.name}:choose_results")
    client = sign_in(trainer)
    assert "pièce jointe" in client.get(url, {"q": "jointe où"}).text
    assert "attachment" not in client.get(url).text
    assert "attachment" in client.get(url, {"locale": ""}).text


def test_saving_an_assessment_leads_to_marking_again_only_when_something_is_handed_in(site, rf, learner):
    assessment = make_assessment(make_course(), questions=[make_question()])
    request = rf.post("/")
    request._messages = CookieStorage(request)
    link_regrade(request, assessment)
    assert not list(request._messages)
    attempt = begin(make_enrolment(learner, Course.objects.get()), assessment)
    answer_all(learner, attempt)
    submit(attempt=attempt)
    link_regrade(request, assessment)
    (message,) = request._messages
    assert reverse("assessment_regrade", args=[assessment.pk]) in str(message)
