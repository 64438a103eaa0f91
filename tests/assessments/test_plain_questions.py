"""Questions as people paste them."""

import pytest
from django.urls import reverse

from assessments.import_entries import read_questions
from assessments.models import Question, QuestionImportRun
from assessments.plain_questions import PlainError, as_gift, read_plain
from lms.lib import runs
from tests.factories.assessments import make_assessment, make_bank
from tests.factories.courses import make_course
from tests.factories.runs import work_off

LIST = """Que faire d’abord : lire {ou} saisir ?
*Lire
- Saisir = taper

Quelles couleurs ?
[x] Rouge
✓ Bleu
[ ] Table
☐ ~Chaise

Capitale du Sénégal ?
Dakar
"""


def kinds(text: str) -> list[tuple[str, bool]]:
    entries, _pictures = read_questions(as_gift(read_plain(text)).encode())
    return [(entry.question.type, entry.usable) for entry in entries]


@pytest.mark.django_db
def test_a_list_is_read_with_the_right_answers():
    found = read_plain(LIST)
    assert [(len(one.right), len(one.wrong)) for one in found] == [(1, 1), (2, 2), (1, 0)]
    assert kinds(LIST) == [("single", True), ("multiple", True), ("short_text", True)]


@pytest.mark.django_db
def test_rows_of_a_spreadsheet_are_questions():
    assert kinds("Capitale du Mali ?\tBamako\tDakar\tConakry\r\nCapitale du Bénin ?\tPorto-Novo") == [
        ("single", True), ("short_text", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line"),
    [("Quoi ?\nun\ndeux", 1), ("a ?\n*b\n\n\nQuoi ?\n*", 5), ("Quoi ?", 1), ("a\tb\nc\t", 2), ("\tb", 1)],
)
def test_what_is_no_question_is_named_by_its_line(text, line):
    with pytest.raises(PlainError, match=f" {line}\\b"):
        read_plain(text)


@pytest.mark.django_db
def test_questions_are_written_where_the_assessment_is(site, trainer, sign_in):
    course = make_course(lessons=1)
    bank = make_bank(course=course)
    assessment = make_assessment(course, questions=[], bank=bank, draw=2)
    assessment.course = course
    assessment.save()
    client, address = sign_in(trainer), reverse("assessment_write", args=[assessment.pk])
    page = client.get(address)
    skill, locale = page.context["form"].fields["skill"].queryset[0], page.context["form"].initial["locale"]
    refused = client.post(address, {"text": "Quoi ?", "skill": skill.pk, "locale": locale.pk})
    assert refused.status_code == 422
    assert "étoile" in refused.content.decode()
    answer = client.post(address, {"text": LIST, "skill": skill.pk, "locale": locale.pk})
    run = work_off(QuestionImportRun.objects.get())
    assert answer.url == reverse("runs:run", args=[run.pk])
    runs.confirm(run)
    work_off(run)
    assert {(row.kind, row.bank_id, row.live) for row in Question.objects.all()} == {
        ("single", bank.pk, True), ("multiple", bank.pk, True), ("short_text", bank.pk, True),
    }  # fmt: skip
    assert "3 questions dans la banque" in client.get(address).content.decode()
