"""What the button “Translate” makes is a draft: in the words of another language, nobody meets it."""

import pytest
from django.test import Client
from wagtail.models import Locale, Page, TranslatableMixin

from assessments.models import Question
from cms.versions import models_with_drafts
from courses.enums import CourseRoleKind
from courses.roles import give_role
from lms.accounts.enums import Role
from tests.factories.assessments import make_bank, make_question
from tests.factories.courses import course_page, make_course
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db
DOOR = "/cms/translation/submit"


@pytest.fixture
def question(site):
    return make_question(bank=make_bank("banque", course=make_course("saisie")), prompt="<p>Combien ?</p>")


def client_of(question, role):
    user = make_user("membre", Role.TRAINER, all_courses=False)
    give_role(course=question.bank.course, user=user, role=role, by=None)
    client = Client()
    client.force_login(user)
    return client


def test_every_kind_of_row_with_drafts_is_known():
    """A new kind that is translated: see that its copy is a draft, as below."""
    found = {model for model in models_with_drafts() if issubclass(model, TranslatableMixin) and model is not Page}
    assert found == {Question}


def test_a_translated_question_is_a_draft(question):
    english = Locale.objects.get(language_code="en")
    question.prompt = "<p>Combien de fiches ?</p>"
    question.save_revision()  # a correction that nobody published
    client = client_of(question, CourseRoleKind.AUTHOR)
    address = f"{DOOR}/snippet/assessments/question/{question.pk}/"
    assert client.get(address).status_code == 200
    response = client.post(address, {"locales": [english.pk]})
    copy = Question.objects.get(locale=english)
    assert response.url == f"/cms/snippets/assessments/question/edit/{copy.pk}/"
    assert (copy.live, copy.has_unpublished_changes) == (False, True)
    assert (copy.live_revision, copy.latest_revision, copy.first_published_at) == (None, None, None)
    assert client.get(response.url).status_code == 200
    question.refresh_from_db()
    assert question.live
    copy.save_revision().publish()
    assert Question.objects.get(pk=copy.pk).live


def test_a_reviewer_begins_no_language(question):
    english = Locale.objects.get(language_code="en")
    client, pages = client_of(question, CourseRoleKind.REVIEWER), Page.objects.count()
    places = (
        f"{DOOR}/snippet/assessments/question/{question.pk}/",
        f"{DOOR}/page/{course_page(question.bank.course).pk}/",
    )
    for address in places:
        assert client.get(address).status_code == 404
        assert client.post(address, {"locales": [english.pk], "include_subtree": "on"}).status_code == 404
    assert (Question.objects.count(), Page.objects.count()) == (1, pages)
