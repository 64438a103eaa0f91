"""Learners from a table: what is read, what is refused with which remedy, and that nothing happens twice."""

import io
import json

import pytest
from django.core.exceptions import ValidationError
from django.db import DataError
from django.http import QueryDict
from django.utils import timezone
from hypothesis import assume, given
from hypothesis import strategies as st
from openpyxl import Workbook

from lms.accounts import imports, learner_import, usernames
from lms.accounts.learner_import import LearnerImport
from lms.accounts.models import AuditEvent, ImportedRow, ImportRun, User
from lms.lib import runs
from lms.lib.runs import RefusedError, RunState
from lms.lib.tables import TableError, read_table
from tests.factories.people import make_user
from tests.factories.runs import check_import, import_learners, work_off


def run(content: bytes | str, by: User) -> ImportRun:
    done = import_learners(content, by)
    assert done.state == RunState.DONE, done.note
    return done


def ids(run: ImportRun, outcome: str) -> list[int]:
    return sorted(run.rows.filter(outcome=outcome).values_list("user", flat=True))


def plan(content: bytes | str, by: User) -> imports.Plan:
    content = content.encode() if isinstance(content, str) else content
    return learner_import.plan_of(table=read_table(content, max_rows=imports.MAX_ROWS), by=by)


def refused_rows(run: ImportRun) -> str:
    return run.read("refused").decode("utf-8-sig")


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
    User.objects.filter(pk=stranger.pk).update(phone="+221770000001", phone_verified_at=timezone.now())
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


def test_good_rows_come_in_and_bad_ones_come_back_to_fix(trainer):
    result = run("Nom complet;Téléphone\nAwa Ndiaye;77 123 45 67\nFatou Sow;=1+1\n+Aby;", trainer)
    assert (len(ids(result, "created")), result.left_out) == (1, 2)
    returned = refused_rows(result)
    header, first, second = returned.splitlines()
    assert header.startswith("Nom complet")
    assert "'=1+1" in first
    assert second.startswith("'+Aby")
    assert "3" in first
    assert "Numéro de téléphone" in first


def test_a_corrected_file_comes_in_again(trainer):
    result = run("Nom complet;Téléphone\nFatou Sow;+2217", trainer)
    returned = refused_rows(result)
    assert "'+2217" in returned
    result = run(returned.replace("'+2217", "'+221771234567"), trainer)
    assert len(ids(result, "created")) == 1
    assert User.objects.get(role="learner").phone == "+221771234567"


def test_the_same_file_again_creates_nobody(trainer):
    content = "Nom complet;Téléphone\nAwa Ndiaye;77 123 45 67\nÉlodie Sow;"
    first = run(content, trainer)
    again = run(content, trainer)
    assert ids(again, "created") == []
    assert ids(again, "known") == ids(first, "created")
    assert User.objects.filter(role="learner").count() == 2


def test_saying_go_twice_creates_nobody_more(trainer):
    done = run("Awa Ndiaye", trainer)
    assert not runs.confirm(done)
    assert not runs.stop(done)
    assert User.objects.filter(role="learner").count() == 1


def test_two_rows_of_one_name_are_two_people_however_far_apart(trainer):
    """One has a number and the other none: the plan says two, and slices make two."""
    names = "\n".join(f"{chr(97 + n % 26)}wa {chr(97 + n // 26)}diaye" for n in range(100))
    done = run(f"Nom complet;Téléphone\nInès Koffi;77 123 45 67\n{names}\nInès Koffi;", trainer)
    assert User.objects.filter(full_name="Inès Koffi").count() == 2
    assert done.rows.filter(outcome="created").count() == 102


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
    assert given == [(learner_import.created_by_run(result)[:2], "Dakar")]
    assert result.left_out == 1
    run(content, trainer)
    assert [sorted(ids) for ids, _value in given] == [learner_import.created_by_run(result)[:2]] * 2


def test_trail(trainer):
    run("Awa Ndiaye", trainer)
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
    with pytest.raises(RefusedError):
        plan("Téléphone;Ville\n77 123 45 67;Dakar", trainer)


def test_few_queries_for_each_slice(trainer, django_assert_max_num_queries):
    names = [f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}wa {chr(97 + n // 676)}diaye" for n in range(1500)]
    checked = check_import("\n".join(["Nom complet", *names]), trainer)
    assert (checked.state, checked.total) == (RunState.READY, 1500)
    runs.confirm(checked)
    with django_assert_max_num_queries(25 * (1500 // 60)):
        work_off(checked)
    assert len(ids(checked, "created")) == 1500


def test_a_row_that_the_database_refuses_leaves_the_others(trainer, monkeypatch):
    real = learner_import.create_learners

    def create(*, rows, by):
        users = real(rows=rows, by=by)
        if any(user.full_name == "Fatou Sow" for user in users):
            raise DataError("value too long")
        return users

    monkeypatch.setattr(learner_import, "create_learners", create)
    done = run("Nom complet\nAwa Ndiaye\nFatou Sow\nInès Koffi", trainer)
    assert list(User.objects.filter(role="learner").order_by("pk").values_list("full_name", flat=True)) == [
        "Awa Ndiaye", "Inès Koffi",
    ]  # fmt: skip
    assert "Fatou Sow" in refused_rows(done)
    assert done.left_out == 1


def test_a_number_taken_meanwhile_comes_back(trainer, stranger):
    checked = check_import("Nom complet;Téléphone\nAwa Ndiaye;77 123 45 67\nFatou Sow;", trainer)
    User.objects.filter(pk=stranger.pk).update(phone="+221771234567", phone_verified_at=timezone.now())
    runs.confirm(checked)
    done = work_off(checked)
    assert (ids(done, "created"), done.left_out) == ([User.objects.get(full_name="Fatou Sow").pk], 1)
    assert "Awa Ndiaye" in refused_rows(done)


def test_stopped_half_way(trainer):
    """What is done stays, and what was not reached comes back with the refused ones."""
    names = [f"Awa {chr(97 + n // 26)}{chr(97 + n % 26)}diaye" for n in range(150)]
    checked = check_import("\n".join(["Nom complet", *names, "X1"]), trainer)
    runs.confirm(checked)
    assert runs.work(label=checked._meta.label, run_id=checked.pk, seconds=0)
    checked.refresh_from_db()
    assert 0 < checked.position < 150
    runs.stop(checked)
    done = work_off(checked)
    made = User.objects.filter(role="learner").count()
    assert (done.state, made, done.left_out) == (RunState.STOPPED, checked.position, 151 - made)
    assert refused_rows(done).count("arrêté") == 150 - made
    again = run(refused_rows(done), trainer)
    assert User.objects.filter(role="learner").count() == 150
    assert again.left_out == 1


def test_thrown_away_before_anything_was_created(trainer):
    checked = check_import("Awa Ndiaye", trainer)
    runs.stop(checked)
    assert work_off(checked).state == RunState.STOPPED
    assert not any(checked.has(name) for name in learner_import.LearnerImport.files)


def test_files_do_not_stay(trainer, monkeypatch):
    waiting, done = check_import("Awa Ndiaye", trainer), run("Awa Ndiaye\nX1", trainer)
    assert not any(done.has(name) for name in ("upload", "table", "plan"))
    assert runs.purge() == 0
    ImportRun.objects.update(created_at=timezone.now() - runs.KEEP_FILES * 1.1)
    monkeypatch.setattr(runs, "KEEP_FILES", -runs.KEEP_FILES)
    assert runs.purge() >= 4
    waiting.refresh_from_db()
    assert waiting.state == RunState.STOPPED
    ImportRun.objects.update(created_at=timezone.now() - runs.KEEP_ROWS * 1.1)
    runs.purge()
    assert not ImportRun.objects.exists()
    assert not ImportedRow.objects.exists()
    assert User.objects.filter(full_name="Awa Ndiaye").exists()


# --- what the importer is told before anything is written, and may say


def test_headings_as_people_write_them(trainer):
    for header in (
        "N° de téléphone;Nom et prénoms", "\ufeffContact;NOM & PRÉNOM(S)", "Tél.;Nom complet", "WhatsApp;Full name",
        "Mobile phone number;Learner's name", "Numéro de téléphone (WhatsApp);Noms et Prénoms", "GSM;Name",
    ):  # fmt: skip
        (row,) = plan(f"{header}\n77 123 45 67;Awa Ndiaye", trainer).rows
        assert (row.problems, row.name, row.values["phone"]) == ([], "Awa Ndiaye", "+221771234567"), header


@pytest.mark.parametrize(
    "header", ["Prénom(s);Nom", "Prénoms;NOM DE FAMILLE", "First name;Last name", "Given names;Surname"]
)
def test_a_name_in_two_columns(trainer, header):
    assert plan(f"{header}\nAwa;Ndiaye", trainer).rows[0].name == "Awa Ndiaye"


def test_an_unknown_heading_is_told_and_may_be_corrected(trainer):
    content = "Nom complet;Telefone;Date de naissance;Contact d'urgence\nAwa Ndiaye;77 123 45 67;2001-02-03;76"
    run = check_import(content, trainer)
    found = json.loads(run.read("plan"))["unknown"]
    assert [(each["title"], each["guess"]) for each in found][:2] == [("Telefone", "phone"), ("Date de naissance", "")]
    assert found[2]["title"] == "Contact d'urgence", "somebody else's number is not taken for theirs"
    answers = LearnerImport().options(QueryDict("country=SN&column-1=phone&column-x=phone&column-2=&create=x"))
    assert runs.check_again(run, **answers)
    work_off(run)
    again = json.loads(run.read("plan"))
    assert again["new"][0]["phone"] == "+221771234567"
    assert "Telefone" not in [each["title"] for each in again["unknown"]]


def test_the_country_of_a_list_and_of_a_row(trainer):
    run = learner_import.start_import(
        content="Nom;Contact;Pays\nAwa Ba;701020304;\nIna Sow;97123456;Bénin\nAma Ka;0612345678;fr\nEva;1;Xx".encode(),
        by=trainer, country="CI",
    )  # fmt: skip
    work_off(run)
    found = json.loads(run.read("plan"))
    assert [row["phone"] for row in found["new"]] == ["+2250701020304", "+2290197123456", "+33612345678"]
    assert found["counts"]["bad"] == 1
    runs.confirm(run)
    work_off(run)
    ina = User.objects.get(username="ina.sow")
    assert (ina.phone_typed, ina.country) == ("97123456", "BJ")


def test_somebody_who_may_be_here_already_waits_for_a_word(trainer):
    here = make_user("awa.ndiaye", full_name="Awa N’Diaye", phone="+221770000001", created_by=trainer)
    content = "Nom;Contact\nNDIAYE Awa;77 123 45 67\nNdiaye  awa;77 123 45 68\nAma Ba;77 123 45 69"
    run = check_import(content, trainer)
    found = json.loads(run.read("plan"))
    assert [(row["number"], row["others"][0]["pk"]) for row in found["alike"]] == [(2, here.pk), (3, here.pk)]
    assert found["counts"]["new"] == 1
    runs.confirm(run, **LearnerImport().options(QueryDict("country=SN&create=3")))
    done = work_off(run)
    assert sorted(User.objects.filter(created_by=trainer).exclude(pk=here.pk).values_list("phone", flat=True)) == [
        "+221771234568", "+221771234569",
    ]  # fmt: skip
    assert "awa.ndiaye" in refused_rows(done)


# -- what stands around the list


def names_of(content: str, by: User) -> list[str]:
    return [row.name for row in plan(content, by).new]


@pytest.mark.parametrize(
    "above",
    ["\n\n", "sep=;\n", "Liste des apprenants;;;\n;;;\n", "Centre de Dakar\nGroupe A; salle 2\nmars 2026\n"],
    ids=["empty rows", "sep", "title", "three titles"],
)
def test_the_row_of_titles_may_stand_below_others(trainer, above):
    read = plan(f"{above}N°;Nom et prénoms;Téléphone\n1;Awa Diop;771234567\n2;Bin Ka;771234568\n", trainer)
    assert [row.name for row in read.new] == ["Awa Diop", "Bin Ka"]
    assert not read.bad
    kept = [line.replace(";", " ").split() for line in above.replace("sep=;", "").split("\n") if line.strip(";")]
    assert [text.replace(";", " ").split() for text in read.above] == kept  # told, and counted by nobody


def test_rows_keep_the_numbers_of_the_spreadsheet_below_a_title(trainer):
    read = plan("Liste\n\nNom;Tél\n;771234567\n", trainer)
    assert [row.number for row in read.bad] == [4]


def test_slices_are_cut_below_a_title_too(trainer):
    run("Liste des apprenants\n\nNom;Téléphone\nAwa Diop;771234567\nBin Ka;771234568\n", trainer)
    assert User.objects.filter(role="learner").count() == 2


@pytest.mark.parametrize(
    ("header", "row", "name", "unread"),
    [
        ("Nom;Prénom;Nom", "Diop;Awa;Ndiaye", "Awa Diop", ["Nom"]),
        ("Nom;Prénom;Bénéficiaire", "Diop;Awa;Oui", "Awa Diop", ["Bénéficiaire"]),
        ("Nom complet;Prénom;Nom", "Awa Diop;Awa;Diop", "Awa Diop", ["Nom complet"]),
        ("Prénom;Nom complet", "Awa;Awa Diop", "Awa Diop", ["Prénom"]),
        ("Surname;Other names;Phone no.", "Diop;Awa;771234567", "Awa Diop", []),
        ("Nom;;Téléphone", "Awa Diop;boursière;771234567", "Awa Diop", ["Colonne B"]),
        ("Nom;Téléphone", "Awa Diop;771234567;boursière", "Awa Diop", ["Colonne C"]),
    ],
)
def test_a_column_that_is_not_read__reported(trainer, header, row, name, unread):
    read = plan(f"{header}\n{row}\n", trainer)
    assert ([one.name for one in read.new], [column.title for column in read.unread]) == ([name], unread)


def test_a_column_without_title_is_told_where_no_row_has_titles(trainer):
    read = plan("Awa Diop;771234567;boursière\nBin Ka;;\n", trainer)
    assert (len(read.new), [column.title for column in read.unread]) == (2, ["Colonne C"])
    chosen = learner_import.plan_of(
        table=read_table(b"Awa Diop;771234567;en\nBin Ka;;\n"), by=trainer,
        reading=imports.Reading(chosen={2: "language"}),
    )  # fmt: skip
    assert [row.values["language"] for row in chosen.new][:1] == ["en"]
    assert len(chosen.new) == 2


def test_titles_that_nobody_knows_are_no_learner(trainer):
    with pytest.raises(RefusedError, match="Nom du père"):
        plan("Nom du père;Contact d'urgence\nPapa Diop;771234567\n", trainer)


TITLES = ["Nom", "Prénom", "Nom complet", "Téléphone", "Langue", "Pays", "Ville", "", "Bénéficiaire"]
CELLS = ["", "Awa Diop", "771234567", "fr"]


@given(st.lists(st.sampled_from(TITLES), min_size=1, max_size=6), st.lists(st.sampled_from(CELLS), max_size=8))
def test_every_cell_is_read_or_its_column__reported(titles, cells):
    """Whatever the titles: what stands in a column is read, listed as unread, or the file is refused."""
    assume(any(titles))
    by = User(username="m", role="trainer", language="fr")
    try:
        read = imports.read_rows([titles, cells], by)
    except ValidationError:
        return
    layout = read.layout
    places = {*layout.places.values(), layout.first, layout.family, *(column.place for column in layout.unknown)}
    places |= {column.place for column in imports.untitled(read, {})}
    rows = [row.cells for row in read.rows]
    assert {place for row in rows for place, text in enumerate(row) if text} <= places


def test_new_rows_of_one_name_are_shown_before_they_are_made(trainer):
    read = plan("Nom;Tél\nAïssatou Sow;771000002\nAïssatou  SOW;\nSow Aïssatou;771000003\nBin Ka;\n", trainer)
    assert [[row.number for row in rows] for rows in read.namesakes] == [[2, 3, 4]]
    assert learner_import.in_short(read)["namesakes"] == [{"name": "Aïssatou Sow", "rows": "2, 3, 4"}]


def test_of_two_columns_marked_the_same_one_is_told_as_unread(trainer):
    data = QueryDict("column-10=phone&column-2=phone&column-1=first")
    assert LearnerImport().options(data)["answers"]["columns"] == {"2": "phone", "1": "first"}


def test_what_was_chosen_is_shown_again_to_be_taken_back(trainer):
    table = read_table(b"Nom;Ville;Num GSM perso\nAwa Diop;Dakar;771234567\n")
    read = learner_import.plan_of(table=table, by=trainer, reading=imports.Reading(chosen={1: "language"}))
    short = learner_import.in_short(read)
    assert short["chosen"] == [{"place": 1, "title": "Ville", "key": "language", "example": "Dakar"}]
    assert [column["place"] for column in short["unknown"]] == [2]
