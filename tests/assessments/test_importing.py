"""Question files of trainers: looked at first, then added once; what is wrong comes back to be fixed."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import Locale

from assessments.import_entries import read_gift, refused_file
from assessments.models import Question, QuestionImportRun
from assessments.question_imports import ADDED_AT_ONCE, LOSSES, Loss
from lms.lib import runs
from lms.lib.known_files import KINDS
from lms.lib.runs import RunState
from tests.factories.assessments import make_bank
from tests.factories.courses import make_skill
from tests.factories.runs import work_off

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


def add(client, **changes):
    """The whole way: (the page at its end, the run)."""
    address = client.post(reverse("import_questions"), import_data(**changes))["Location"]
    run = work_off(QuestionImportRun.objects.latest("created_at"))
    client.post(address, {"step": "go"})
    run = work_off(run)
    assert run.state == RunState.DONE, run.note
    return client.get(address).content.decode(), run


def losses(run: QuestionImportRun) -> list[Loss]:
    return LOSSES.validate_json(run.read("lost"))


def test_a_file_is_looked_at_before_anything_is_added(trainer_client):
    file = SimpleUploadedFile("q.gift", GIFT.encode())
    address = trainer_client.post(reverse("import_questions"), import_data(text="", file=file))["Location"]
    assert work_off(QuestionImportRun.objects.get()).state == RunState.READY
    page = trainer_client.get(address)
    assert (page.context["good"], page.context["bad"]) == (2, 2)
    assert "Q4" in page.content.decode()
    assert not Question.objects.exists()


def test_the_good_ones_are_added_once_as_drafts_or_live(trainer_client):
    add(trainer_client)
    assert list(Question.objects.values_list("live", "difficulty")) == [(False, 1), (False, 1)]
    page, _run = add(trainer_client, live="on")
    assert Question.objects.count() == 2
    assert "déjà" in page
    add(trainer_client, live="on", bank=make_bank("b2").pk)
    assert Question.objects.filter(live=True).count() == 2


def test_the_bad_ones_come_back_as_a_file_that_can_be_fixed(trainer_client):
    page, run = add(trainer_client)
    assert run.left_out == 2
    response = trainer_client.get(re.search(r"/cms/runs/[^\"]+/file/", page)[0])
    text = response.content.decode()
    assert "attachment" in response["Content-Disposition"]
    assert "::Q4::Sans fin {=oui ~non" in text
    assert "Q1" not in text
    corrected = text.replace("~non", "~non}").replace("Racontez.{}", "Racontez.{=oui ~non}")
    assert [entry.usable for entry in read_gift(corrected)] == [True, True]


def coded(word: str, code: str) -> str:
    return f"// [id:{word}] [tag:code:{code}]\n::{word}::Que vaut {word} ?{{=oui ~non}}"


def test_a_code_that_another_question_has__reported(trainer_client):
    """In the bank, or further up in the file; not where the same file is imported again."""
    _page, run = add(trainer_client, text=f"{coded('a', 'un')}\n\n{coded('b', 'un')}\n\n{coded('c', 'deux')}")
    assert [(loss.line, loss.question) for loss in losses(run) if "code" in loss.what] == [(5, "Que vaut b ?")]
    assert set(Question.objects.values_list("code", flat=True)) == {"un", "", "deux"}
    _page, run = add(trainer_client, text=coded("c", "deux"))
    assert losses(run) == []
    _page, run = add(trainer_client, text=coded("d", "deux"))
    assert [loss.line for loss in losses(run)] == [2]


def test_a_skill_that_is_not_here__reported(trainer_client):
    _page, run = add(trainer_client, text="// [tag:skill:dw.nothing]\n::a::Que vaut a ?{=oui ~non}")
    assert ["dw.nothing" in loss.what for loss in losses(run)] == [True]


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
    ],
)
def test_what_cannot_be_imported_is_refused_in_words(changes, trainer_client):
    page = trainer_client.post(reverse("import_questions"), import_data(**changes))
    assert page.status_code == 422
    assert page.context["form"].errors
    assert not QuestionImportRun.objects.exists()


@pytest.mark.parametrize("size", [10, 2 * 1024 * 1024])
def test_a_known_file_is_named_beside_the_field_whatever_its_size(size, trainer_client):
    file = SimpleUploadedFile("questions.gift", b'<?xml version="1.0"?><assessmentItem>' + b" " * size)
    page = trainer_client.post(reverse("import_questions"), import_data(file=file))
    assert (page.status_code, page.context["form"]["file"].errors) == (
        422, [f"{KINDS['qti'].what} {KINDS['qti'].remedy}"],
    )  # fmt: skip


@pytest.mark.parametrize("text", ["// nothing\n", "a {T}\n\n" * 501])
def test_no_questions_or_too_many_are_refused_in_words(text, trainer_client):
    address = trainer_client.post(reverse("import_questions"), import_data(text=text))["Location"]
    run = work_off(QuestionImportRun.objects.get())
    assert run.state == RunState.REFUSED
    assert "500" in trainer_client.get(address).content.decode()
    assert not any(run.has(name) for name in ("upload", "entries"))


def test_who_may_not_publish_adds_drafts_only(trainer_client, trainer):
    publish = Permission.objects.get(codename="publish_question")
    Group.objects.get(name="Trainers").permissions.remove(publish)
    page = trainer_client.post(reverse("import_questions"), import_data(live="on"))
    assert page.status_code == 422
    assert "live" in page.context["form"].errors


def test_stopped_half_way(trainer_client, trainer):
    """What is done stays, and what was not reached comes back with the refused ones."""
    text = "\n\n".join(f"::N{number}::Deux et {number} ?{{={number} ~x}}" for number in range(12))
    trainer_client.post(reverse("import_questions"), import_data(text=f"{text}\n\n::Q3::Racontez.{{}}"))
    run = work_off(QuestionImportRun.objects.get())
    runs.confirm(run)
    runs.work(label=run._meta.label, run_id=run.pk, seconds=0)
    runs.stop(run)
    run = work_off(run)
    assert (Question.objects.count(), run.added, run.left_out) == (ADDED_AT_ONCE, ADDED_AT_ONCE, 13 - ADDED_AT_ONCE)
    left = read_gift(run.read("refused"))
    assert [entry.usable for entry in left].count(True) == 12 - ADDED_AT_ONCE


def test_a_strangers_markup_is_cleaned(trainer_client):
    text = '::X::[html]<p onclick\\="x()">Oui<script>alert(1)</script></p>{=<b>a</b> ~b}'
    add(trainer_client, text=text)
    question = Question.objects.get()
    assert question.prompt == "<p>Oui</p>"
    assert "<" not in question.answers.get_prep_value()[0]["value"]["options"][0]["value"]["text"]


@pytest.mark.parametrize("who", ["learner", "employer_user"])
def test_only_the_team_may_add(who, request, site, sign_in):
    client = sign_in(request.getfixturevalue(who))
    assert client.post(reverse("import_questions"), import_data()).status_code in (302, 403)
    assert not Question.objects.exists()


def test_a_question_moved_to_another_bank_stops_no_other(trainer_client):
    add(trainer_client, text="// [id:un]\nCombien ? {#1000:0}")
    Question.objects.update(bank=make_bank("ailleurs"))
    _page, run = add(trainer_client, text="// [id:un]\nCombien ? {#1001:0}\n\n// [id:deux]\nSaine {T}")
    assert (run.added, run.left_out) == (1, 1)
    assert "dans une autre banque" in run.read("refused").decode()
    assert Question.objects.filter(code="deux").exists()


def test_a_question_that_cannot_be_stored_stops_no_other(trainer_client, monkeypatch):
    from assessments import importing

    code = importing.free_code
    monkeypatch.setattr(
        importing, "free_code", lambda bank, locale, name: code(bank, locale, name) if name != "un" else 1 / 0
    )
    _page, run = add(trainer_client, text="// [id:un]\nCombien ? {#1001:0}\n\n// [id:deux]\nSaine {T}")
    assert (run.added, run.left_out, run.failed) == (1, 1, [0])
    assert "Combien" in run.read("refused").decode()
