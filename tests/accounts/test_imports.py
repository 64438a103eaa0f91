"""Learners from a table: what is read, what is refused with which remedy, and that nothing happens twice."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from openpyxl import Workbook

from lms.accounts import enrolling, imports, usernames
from lms.accounts.models import AuditEvent, User
from lms.accounts.signals import learners_created
from lms.lib.tables import TableError
from tests.factories.people import make_user


def run(content: bytes | str, by: User) -> enrolling.Result:
    content = content.encode() if isinstance(content, str) else content
    return enrolling.run_import(token=enrolling.keep_upload(content=content, by=by), by=by)


def plan(content: bytes | str, by: User) -> imports.Plan:
    return enrolling.plan_of(content=content.encode() if isinstance(content, str) else content, by=by)


def problems(content: bytes | str, by: User) -> list[tuple[int, str, str]]:
    return [(row.number, p.column, p.text) for row in plan(content, by).bad for p in row.problems]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_separators_and_encodings(trainer, separator, encoding):
    lines = ["Nom complet;Téléphone;Langue", "Inès Koffi;77 123 45 67;français", "Noël Bâ;;en"]
    content = "\r\n".join(lines).replace(";", separator).encode(encoding)
    run(content, trainer)
    ines, noel = User.objects.filter(role="learner").order_by("full_name")
    assert (ines.full_name, ines.phone, ines.language, ines.username) == (
        "Inès Koffi", "+221771234567", "fr", "ines.koffi",
    )  # fmt: skip
    assert (noel.full_name, noel.phone, noel.language) == ("Noël Bâ", None, "en")
    assert noel.created_by == trainer
    assert not noel.has_usable_password()


def test_a_spreadsheet(trainer):
    book = Workbook()
    book.active.append(["Prénom", "Nom", "Tél."])
    book.active.append(["Awa", "Ndiaye", 771234567])
    out = io.BytesIO()
    book.save(out)
    run(out.getvalue(), trainer)
    assert User.objects.get(role="learner").phone == "+221771234567"
    assert User.objects.get(role="learner").full_name == "Awa Ndiaye"


def test_a_pasted_list_without_titles(trainer):
    run("Awa Ndiaye\t77 123 45 67\nFatou Sow\t\n\nMariama Diallo", trainer)
    assert User.objects.filter(role="learner").count() == 3


def test_each_refusal_names_row_column_and_remedy(trainer, stranger):
    User.objects.filter(pk=stranger.pk).update(phone="+221770000001")
    table = """Nom complet;Téléphone;Langue
;77 123 45 67;fr
Awa Ndiaye;123;fr
Awa Ba;;klingon
=cmd|' /C calc'!A0;;fr
Fatou Sow;77 123 45 60;fr
Fatou Sy;+221 77 123 45 60;fr
Ndeye Fall;;fr
ndeye fall;;fr
Ama Toure;2,21771E+11;fr
Ina Koffi;77 000 00 01;fr"""
    found = problems(table, trainer)
    assert [(row, column) for row, column, _text in found] == [
        (2, "Nom"), (3, "Numéro de téléphone"), (4, "Langue"), (5, "Nom"), (7, "Numéro de téléphone"), (9, "Nom"),
        (10, "Numéro de téléphone"), (11, "Numéro de téléphone"),
    ]  # fmt: skip
    texts = [text for _row, _column, text in found]
    assert "ligne 6" in texts[4]
    assert "ligne 8" in texts[5]
    assert "texte" in texts[6]
    assert stranger.full_name not in texts[7]
    assert stranger.username not in texts[7]


def test_good_rows_come_in_and_bad_ones_come_back_to_mend(trainer):
    result = run("Nom complet;Téléphone\nAwa Ndiaye;77 123 45 67\nFatou Sow;=1+1\n+Aby;", trainer)
    assert (len(result.created), result.bad) == (1, 2)
    mend = enrolling.read_kept(trainer, result.token, "csv").decode("utf-8-sig")
    header, first, second = mend.splitlines()
    assert header.startswith("Nom complet")
    assert "'=1+1" in first
    assert second.startswith("'+Aby")
    assert "3" in first
    assert "Numéro de téléphone" in first


def test_a_mended_file_comes_in_again(trainer):
    result = run("Nom complet;Téléphone\nFatou Sow;+2217", trainer)
    mend = enrolling.read_kept(trainer, result.token, "csv").decode("utf-8-sig")
    assert "'+2217" in mend
    result = run(mend.replace("'+2217", "'+221771234567"), trainer)
    assert len(result.created) == 1
    assert User.objects.get(role="learner").phone == "+221771234567"


def test_the_same_file_again_creates_nobody(trainer):
    content = "Nom complet;Téléphone\nAwa Ndiaye;77 123 45 67\nÉlodie Sow;"
    first = run(content, trainer)
    again = run(content, trainer)
    assert again.created == []
    assert sorted(again.known) == sorted(first.created)
    assert User.objects.filter(role="learner").count() == 2


def test_sending_the_same_preview_twice_creates_nobody_more(trainer):
    token = enrolling.keep_upload(content=b"Awa Ndiaye", by=trainer)
    enrolling.run_import(token=token, by=trainer)
    with pytest.raises(FileNotFoundError):
        enrolling.run_import(token=token, by=trainer)
    assert User.objects.filter(role="learner").count() == 1


def test_a_namesake_of_another_trainers_learner_is_a_new_person(trainer):
    other = make_user("other.trainer", "trainer")
    run("Awa Ndiaye", other)
    run("Awa Ndiaye", trainer)
    assert sorted(User.objects.filter(role="learner").values_list("username", flat=True)) == [
        "awa.ndiaye",
        "awa.ndiaye2",
    ]


def test_names_become_user_names(db):
    make_user("Awa.Ndiaye")
    names = ["Awa Marie N’Diaye", "awa ndiaye", "Ɓintu Ɗiallo", "李小龙", "Jean", "Cœur-Anne Œuvre"]
    assert usernames.free_names(names) == [
        "awa.ndiaye2", "awa.ndiaye3", "bintu.diallo", "apprenant", "jean", "coeur.oeuvre",
    ]  # fmt: skip


def test_a_column_of_an_app_above(trainer, monkeypatch):
    given = []

    def clean(text: str, by: User) -> str:
        if text == "nulle part":
            raise ValidationError("Ce groupe n’existe pas.")
        return text

    monkeypatch.setattr(imports, "EXTRA_COLUMNS", [])
    column = imports.Column("cohort", "Groupe", ("groupe",), clean, lambda ids, value, by: given.append((ids, value)))
    imports.register_column(column)
    imports.register_column(column)
    content = "Nom complet;Groupe\nAwa Ndiaye;Dakar\nFatou Sow;Dakar\nAma Ba;\nIna Koffi;nulle part"
    result = run(content, trainer)
    assert given == [(result.created[:2], "Dakar")]
    assert result.bad == 1
    run(content, trainer)
    assert [sorted(ids) for ids, _value in given] == [result.created[:2]] * 2


def test_news_and_trail(trainer):
    heard = []
    learners_created.connect(lambda **news: heard.append(news["user_ids"]), weak=False, dispatch_uid="test")
    result = run("Awa Ndiaye", trainer)
    learners_created.disconnect(dispatch_uid="test")
    assert heard == [result.created]
    assert AuditEvent.objects.filter(verb="create-learner", actor=trainer).count() == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"\xd0\xcf\x11\xe0" + b"x" * 50, b"%PDF-1.7", b"PK\x03\x04 not a zip", b"a\x00b", b'"open'],
)  # fmt: skip
def test_what_is_no_table_is_refused_whole(trainer, content):
    with pytest.raises(TableError):
        plan(content, trainer)


def test_too_many_rows(trainer):
    with pytest.raises(TableError, match="5000"):
        plan("Nom complet\n" + "Awa Ndiaye\n" * 5002, trainer)


def test_no_column_of_names(trainer):
    with pytest.raises(ValidationError):
        plan("Téléphone;Ville\n77 123 45 67;Dakar", trainer)


def test_five_thousand_rows_in_few_queries(trainer, django_assert_max_num_queries):
    names = [f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}wa {chr(97 + n // 676)}diaye" for n in range(1500)]
    token = enrolling.keep_upload(content="\n".join(["Nom complet", *names]).encode(), by=trainer)
    with django_assert_max_num_queries(60):
        result = enrolling.run_import(token=token, by=trainer)
    assert len(result.created) == 1500


def test_files_are_only_ones_own_and_do_not_stay(trainer, manager, monkeypatch):
    token = enrolling.keep_upload(content=b"Awa Ndiaye", by=trainer)
    for person, name in ((manager, token), (trainer, "../" + token), (trainer, "0" * 32)):
        with pytest.raises(FileNotFoundError):
            enrolling.read_kept(person, name, "upload")
    assert enrolling.purge_old_files() == 0
    monkeypatch.setattr(enrolling, "KEEP", -enrolling.KEEP)
    assert enrolling.purge_old_files() >= 1
    assert not storages["private"].exists(enrolling.path_for(trainer, token, "upload"))
