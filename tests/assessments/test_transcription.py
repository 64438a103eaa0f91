"""Transcription for learners and authors: a form without script, a recording that waits for a tap, the trial."""

import brotli
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.models import ReferenceIndex
from wagtailmedia.models import get_media_model

from assessments.answers import read_answers, write_answers
from assessments.rules import check_question
from assessments.services.trial import trial_of
from tests.assessments.helpers import begin, save
from tests.factories.assessments import SECRET, SPECS, make_assessment, make_question
from tests.factories.courses import make_enrolment

SPEC = SPECS["transcribe"]


@pytest.fixture
def sound(db):
    return get_media_model().objects.create(
        title="Seck au téléphone", type="audio", duration=12, file=ContentFile(b"OggS\x00" + b"x" * 40_000, "appel.ogg")
    )


def page_of(client, attempt):
    return client.get(reverse("assessments:question", args=["saisie", "evaluation", attempt.pk, 1]))


def test_a_learner_hears_on_a_tap_and_writes_without_script(learner, course, sound, sign_in):
    question = make_question("transcribe", spec={**SPEC, "sound": sound.pk})
    attempt = begin(make_enrolment(learner, course), make_assessment(course, questions=[question]))
    item = attempt.items.get()
    answer = page_of(sign_in(learner), attempt)
    html = answer.content.decode()
    assert f'preload="none" src="{sound.url}"' in html
    assert "40" in html[html.index("<figcaption>") : html.index("</figcaption>")]  # kB, told before the tap
    assert "autoplay" not in html
    for key in (SECRET, "Seck", "Thiès"):  # nor the name that the library gives the recording
        assert key not in html, key
    assert len(brotli.compress(answer.content, quality=5)) < 5_000
    save(learner, attempt, 1, {"answer": ["Zsecretz rappelez Mme Seck\nau 12 rue"]})
    assert "Zsecretz rappelez Mme Seck\nau 12 rue</textarea>" in page_of(sign_in(learner), attempt).content.decode()
    sound.delete()
    assert "<audio" not in page_of(sign_in(learner), attempt).content.decode()
    assert item.attempt_id == attempt.pk


def test_there_is_something_to_write_down(db, sound):
    bare, heard = (write_answers("transcribe", spec) for spec in (SPEC, {**SPEC, "sound": sound.pk}))
    with pytest.raises(ValidationError, match="nothing to write down"):
        check_question(answers=bare, has_picture=False, picture_text="")
    check_question(answers=bare, has_picture=True, picture_text="Une lettre")
    check_question(answers=heard, has_picture=False, picture_text="")


def test_a_recording_in_use_is_known_to_the_library(course, sound):
    question = make_question("transcribe", spec={**SPEC, "sound": sound.pk})
    assert read_answers(question.answers.get_prep_value())[1] == {**SPEC, "sound": sound.pk}
    ReferenceIndex.create_or_update_for_object(question)
    assert ReferenceIndex.get_references_to(sound).filter(object_id=str(question.pk)).exists()


def test_the_trial_finds_the_gold_text_right_and_the_text_of_another_task_wrong(course):
    other = {**SPEC, "gold": "Le camion part demain avec douze caisses de mangues", "critical": "mangues"}
    tasks = [make_question("transcribe", code=f"t{n}", spec=spec) for n, spec in enumerate((SPEC, other))]
    found = trial_of(make_assessment(course, questions=tasks, pass_mark=90, evidence="simulation"))
    assert (found.gold, found.blank, found.passed, found.is_sound) == (100, 0, 0, True)
