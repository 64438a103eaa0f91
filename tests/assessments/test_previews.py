"""A question as a learner will see it, and with its answers."""

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import rich_text

from tests.factories.assessments import SPECS, make_question

pytestmark = [pytest.mark.django_db, pytest.mark.pages]


@pytest.mark.parametrize("kind", SPECS)
@pytest.mark.parametrize("mode", ["", "answers"])
def test_every_type_is_previewed(kind, mode, trainer_client, rf):
    question = make_question(kind)
    page = question.make_preview_request(preview_mode=mode).render().content.decode()
    assert f"Question {kind}" in page
    assert ("Bonne réponse" in page) == (mode == "answers")


def test_an_unfinished_question_has_a_preview_too(trainer_client):
    question = make_question(live=False)
    question.answers = []
    assert question.make_preview_request(preview_mode="").status_code == 200


@pytest.mark.parametrize(
    "begun", [{}, {"answers-count": "0"}, {"prompt": rich_text(""), "answers-count": "0", "points": "1"}]
)
def test_a_question_that_is_only_begun_has_a_preview_without_an_error(site, trainer, sign_in, caplog, begun):
    address = reverse("wagtailsnippets_assessments_question:preview_on_add")
    client = sign_in(trainer)
    assert client.post(address, begun).status_code == 200
    assert client.get(address).status_code == 200
    assert not caplog.records
