"""Question files of trainers: looked at first, then added once; what is wrong comes back to be mended."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import Locale

from assessments.importing import read_gift, refused_file
from assessments.models import Question
from tests.factories.assessments import make_bank
from tests.factories.courses import make_skill

pytestmark = pytest.mark.django_db
GIFT = """::Q1::Deux et deux ?{=quatre#Oui ~cinq ~=3~huit}

::Q2::Dakar est au Sénégal.{T}

::Q3::Racontez.{}

::Q4::Sans fin {=oui ~non
"""


def import_data(**changes):
    return {
        "text": GIFT,
        "bank": make_bank().pk,
        "skill": make_skill().pk,
        "difficulty": 1,
        "locale": Locale.objects.get(language_code="fr").pk,
        **changes,
    }


def test_a_file_is_looked_at_before_anything_is_added(trainer_client):
    file = SimpleUploadedFile("q.gift", GIFT.encode())
    page = trainer_client.post(reverse("import_questions"), import_data(text="", file=file))
    assert (page.context["good"], page.context["bad"]) == (2, 2)
    assert "Q4" in page.context["form"].initial["text"]
    assert not Question.objects.exists()


def test_the_good_ones_are_added_once_as_drafts_or_live(trainer_client):
    trainer_client.post(reverse("import_questions"), import_data(step="add"))
    assert [(row.code, row.live, row.difficulty) for row in Question.objects.order_by("code")] == [
        ("q1", False, 1),
        ("q2", False, 1),
    ]
    page = trainer_client.post(reverse("import_questions"), import_data(step="add", live="on"), follow=True)
    assert Question.objects.count() == 2
    assert "déjà" in page.content.decode()
    trainer_client.post(reverse("import_questions"), import_data(step="add", live="on", bank=make_bank("b2").pk))
    assert Question.objects.filter(live=True).count() == 2


def test_the_bad_ones_come_back_as_a_file_that_can_be_mended(trainer_client):
    response = trainer_client.post(reverse("import_questions"), import_data(step="refused"))
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
def test_what_cannot_be_imported_is_refused_in_words(changes, trainer_client):
    page = trainer_client.post(reverse("import_questions"), import_data(step="add", **changes))
    assert page.status_code == 422
    assert page.context["form"].errors
    assert not Question.objects.exists()


def test_a_strangers_markup_is_cleaned(trainer_client):
    text = '::X::[html]<p onclick\\="x()">Oui<script>alert(1)</script></p>{=<b>a</b> ~b}'
    trainer_client.post(reverse("import_questions"), import_data(step="add", text=text))
    question = Question.objects.get()
    assert question.prompt == "<p>Oui</p>"
    assert "<" not in question.answers.get_prep_value()[0]["value"]["options"][0]["value"]["text"]


@pytest.mark.parametrize("who", ["learner", "employer_user"])
def test_only_the_team_may_add(who, request, site, sign_in):
    client = sign_in(request.getfixturevalue(who))
    assert client.post(reverse("import_questions"), import_data(step="add")).status_code in (302, 403)
    assert not Question.objects.exists()
