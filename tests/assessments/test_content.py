"""A published question is parsed once; a draft never shows; what a form shows can be sent again."""

import pytest

from assessments.content import content_of, draft_content
from assessments.models import Attempt, AttemptItem
from assessments.presentation import fill, presentation_of, refilled
from assessments.question_types import QUESTION_TYPES, Submission, UnknownQuestionType, get_question_type
from tests.factories.assessments import RIGHT, SPECS, make_in_both_languages, make_question

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", SPECS)
def test_a_revision_becomes_what_the_engine_reads(kind):
    question = make_question(kind)
    content = content_of([question.live_revision_id])[question.live_revision_id]
    assert (content.type, content.spec) == (kind, SPECS[kind])
    assert content.prompt == question.prompt
    assert get_question_type(kind).validate(content.spec) == []


def test_it_is_read_from_the_database_once(django_assert_num_queries):
    pks = [make_question(code=f"q{number}").live_revision_id for number in range(3)]
    with django_assert_num_queries(1):
        content_of(pks)
    with django_assert_num_queries(0):
        assert set(content_of(pks)) == set(pks)


def test_a_draft_changes_nothing_for_learners():
    question = make_question()
    before = content_of([question.live_revision_id])[question.live_revision_id]
    question.prompt = "<p>Brouillon</p>"
    draft = question.save_revision()
    question.refresh_from_db()
    assert question.live_revision_id != draft.pk
    assert content_of([question.live_revision_id])[question.live_revision_id] == before
    assert content_of([draft.pk])[draft.pk].prompt == "<p>Brouillon</p>"


def test_translations_share_key_and_answer_ids():
    french, english = make_in_both_languages("matching")
    contents = content_of([french.live_revision_id, english.live_revision_id])
    ids = [[pair["id"] for pair in content.spec["pairs"]] for content in contents.values()]
    assert ids[0] == ids[1]
    assert french.translation_key == english.translation_key


def test_links_of_the_editor_are_rendered():
    question = make_question()
    question.feedback = '<p><a href="https://example.org/">ici</a></p>'
    question.save_revision().publish()
    question.refresh_from_db()
    content = content_of([question.live_revision_id])[question.live_revision_id]
    assert 'href="https://example.org/"' in content.feedback


def test_an_empty_draft_has_no_content_yet():
    question = make_question(live=False)
    question.answers = []
    with pytest.raises(UnknownQuestionType):
        draft_content(question)


@pytest.mark.parametrize("kind", QUESTION_TYPES)
def test_a_form_comes_back_filled_in(kind):
    """Face and answer give the posted fields, and these give the answer again."""
    question = make_question(kind)
    content = content_of([question.live_revision_id])[question.live_revision_id]
    attempt = Attempt(seed=7, language="fr")
    item = AttemptItem(attempt=attempt, question_key=question.translation_key)
    presentation = presentation_of(attempt, item, content)
    fields = refilled(content, presentation, RIGHT[kind])
    again = get_question_type(kind).read(content.spec, presentation, Submission(fields))
    assert {**again, **RIGHT[kind]} == again
    filled = fill(presentation, fields)
    shown = [item for item in filled.get("options", []) if item["checked"]]
    shown += [item for name in ("lefts", "items") for item in filled.get(name, []) if item["value"]]
    assert shown or filled["value"]
    assert presentation_of(attempt, item, content) == presentation
