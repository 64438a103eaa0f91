"""What the button “Translate” makes is a draft: in the words of another language, nobody meets it."""

import pytest
from django.test import Client
from wagtail.models import Locale, Page, TranslatableMixin
from wagtail.test.utils.form_data import rich_text

from assessments.models import Question
from cms.translating import untranslated_fields
from cms.version_references import models_with_drafts
from courses.enums import CourseRoleKind
from courses.roles import give_role
from lms.accounts.enums import Role
from tests.factories.assessments import make_bank, make_question
from tests.factories.courses import course_page, lesson_page, make_course
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


def in_english(client, page, **options):
    """The page and what stands below it, as “Translate” begins them."""
    client.post(f"{DOOR}/page/{page.pk}/", {"locales": [Locale.objects.get(language_code="en").pk], **options})


def publish_by_form(client, row, **changed):
    """What the browser sends when “Publish” is pressed in the editor as it stands."""
    kind = "pages" if isinstance(row, Page) else f"snippets/{row._meta.app_label}/{row._meta.model_name}/edit"
    address = f"/cms/pages/{row.pk}/edit/" if isinstance(row, Page) else f"/cms/{kind}/{row.pk}/"
    form = client.get(address).context["form"]
    return client.post(address, form_data(form) | {"action-publish": "1"} | changed)


def form_data(form):
    data = {}
    for field in form:
        widget, value = field.field.widget, field.value()
        if field.name in {"body", "answers"}:
            data |= stream(field.name, field.value())
        elif field.name == "prompt":
            data["prompt"] = rich_text(str(field.value()))
        elif not getattr(widget, "is_hidden", False) and value not in (None, False):
            data[field.html_name] = value
    for formset in getattr(form, "formsets", {}).values():
        data |= {f"{formset.prefix}-TOTAL_FORMS": 0, f"{formset.prefix}-INITIAL_FORMS": 0}
    return data


def stream(name, value):
    (block,) = value
    return {
        f"{name}-count": "1", f"{name}-0-deleted": "", f"{name}-0-order": "0", f"{name}-0-type": block.block_type,
        f"{name}-0-value": rich_text(str(block.value)),
    }  # fmt: skip


def test_a_lesson_in_the_words_of_another_language_is_not_published(site, trainer, sign_in):
    """Its draft may be saved; once it is translated it is published, and what is published already stays as it is."""
    course, client = make_course("saisie", lessons=1), sign_in(trainer)
    source = lesson_page(course)
    source.body = [("text", "<p>Relire une saisie avant de la rendre évite bien des fautes.</p>")]
    source.save_revision().publish()
    in_english(client, course_page(course), include_subtree="on")
    copy = lesson_page(course, language="en")
    refused = publish_by_form(client, copy)
    assert refused.status_code == 200
    assert "mot pour mot le texte d’une autre langue" in str(refused.context["form"].errors)
    copy.refresh_from_db()
    assert not copy.live
    words = rich_text("<p>Reading an entry again before it is handed in avoids many mistakes.</p>")
    assert publish_by_form(client, copy, **{"body-0-value": words}).status_code == 302
    copy.refresh_from_db()
    assert copy.live
    copy.body = source.body
    assert untranslated_fields(copy) == []  # somebody decided that once


def test_few_words_may_be_the_same_in_two_languages(site):
    english, question = Locale.objects.get(language_code="en"), make_question("numeric")
    for words, fields in (("<p>2 + 2 = ?</p>", []), ("<p>Combien de fiches avez-vous saisies hier ?</p>", ["prompt"])):
        question.prompt = words
        question.save()
        copy = question.copy_for_translation(english)
        copy.first_published_at = None
        assert untranslated_fields(copy) == fields
