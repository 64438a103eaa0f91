"""Pictures beside a file of questions: kept with the question, or named with the line and what to do."""

import base64
import io
import zipfile
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from PIL import Image

from assessments.illustrations import InArchive, InFolder
from assessments.import_entries import read_gift
from assessments.models import Question, QuestionImportRun
from lms.lib.parsing import UnreadableFileError
from lms.lib.problems import ProblemKind
from tests.assessments.helpers import write_gift
from tests.assessments.test_importing import add, import_data
from tests.factories.assessments import make_bank
from tests.factories.courses import make_skill

pytestmark = pytest.mark.pages


def png(colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 20), colour).save(file, "PNG")
    return file.getvalue()


def archive(**files: bytes | str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return file.getvalue()


def asked(*sources: str) -> str:
    pictures = "".join(f'<img src="{source}" alt="Un formulaire">' for source in sources)
    text = f"[html]<p>Que voyez-vous ?</p>{pictures}"
    return f"\n\n{text.replace('=', chr(92) + '=').replace(':', chr(92) + ':')} {{=a ~b}}\n"


def told(content: bytes | str) -> list[tuple[int, str, ProblemKind]]:
    return [(fault.line, fault.what, fault.kind) for entry in read_gift(content) for fault in entry.problems]


@pytest.mark.django_db
def test_a_picture_in_the_archive_is_kept_with_the_question(site, trainer_client):
    content = archive(
        cours__questions_DOT_gift=asked("images/form%201.png"), **{"cours__images__form 1_DOT_png": png()}
    )
    file = SimpleUploadedFile("questions.zip", content)
    _page, run = add(trainer_client, text="", file=file, live="on")
    question = Question.objects.get()
    assert (question.image.width, question.image_alt, run.added) == (40, "Un formulaire", 1)
    assert question.live
    again = SimpleUploadedFile("questions.zip", content)
    assert add(trainer_client, text="", file=again)[1].known == 1
    assert (
        "<img"
        in trainer_client.get(reverse("wagtailsnippets_assessments_question:edit", args=[question.pk])).content.decode()
    )


def test_a_picture_in_the_text_itself_is_kept():
    source = "data:image/png;base64," + base64.b64encode(png()).decode()
    (entry,) = read_gift(asked(source))
    assert entry.problems == ()
    assert entry.converted.picture.alt == "Un formulaire"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (asked("a.png"), "a.png"),
        (archive(q_DOT_gift=asked("a.png")), "a.png"),
        (archive(q_DOT_gift=asked("../a.png"), a_DOT_png=png()), "../a.png"),
        (archive(q_DOT_gift=asked("A.png"), a_DOT_png=png()), "A.png"),
        (archive(q_DOT_gift=asked("a.png"), a_DOT_png=png()[:60]), "a.png"),
        (archive(q_DOT_gift=asked("a.png"), a_DOT_png=b"<svg onload=alert(1)>"), "a.png"),
        (archive(q_DOT_gift=asked("https://example.org/a.png"), a_DOT_png=png()), "https://example.org/a.png"),
        (archive(q_DOT_gift=asked("a.png", "b.png"), a_DOT_png=png(), b_DOT_png=png("blue")), "b.png"),
        (asked("data:image/png;base64,AAAA"), ""),
    ],
)
def test_what_cannot_be_kept_is_named_by_its_line(content, what):
    ((line, problem, kind),) = told(content)
    assert (line, kind) == (3, ProblemKind.LOST)
    assert what in problem


@pytest.mark.parametrize(
    "content",
    [archive(a_DOT_png=png()), archive(a_DOT_gift="Un ?{T}", b_DOT_gift="Deux ?{T}"),
     archive(a_DOT_gift=asked("a.png"))[:90], archive(a_DOT_gift=" " * (1024 * 1024 + 1))],
    ids=["no questions", "two files", "damaged", "a bomb"],
)  # fmt: skip
def test_an_archive_that_is_no_file_of_questions_is_refused(content):
    with pytest.raises(UnreadableFileError):
        read_gift(content)


@pytest.mark.parametrize(
    ("name", "source"),
    [("form 1.png", "images/form%201.png"), ("form 1.png", "images/form 1.png"),
     ("écran.png", quote("images/écran.png")), ("capture d'écran.png", "images/capture d'écran.png"),
     ("a&b.png", "images/a&amp;b.png"), ("a.png", "images/a.png?v=1"), ("a=b.png", "images/a=b.png"),
     ("a:b.png", "images/a:b.png")],
)  # fmt: skip
def test_pictures_go_with_the_questions_that_come_back(name, source):
    content = archive(**{"q_DOT_gift": "x", f"images__{name}": png(), "images__other_DOT_png": png(), "z_DOT_gift": ""})
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert list(InArchive(opened, "").named_in(asked(source))) == [f"images/{name}"]


def test_nothing_is_read_outside_the_folder(tmp_path):
    (tmp_path / "secret.png").write_bytes(png())
    inside = tmp_path / "course"
    inside.mkdir()
    (inside / "link.png").symlink_to(tmp_path / "secret.png")
    pictures = InFolder(inside, inside)
    for name in ("../secret.png", "link.png", str(tmp_path / "secret.png"), "a" * 5000, "\0"):
        assert not isinstance(pictures.content(name), tuple)


def test_the_form_takes_archives_with_questions_only(db, site, trainer_client):
    for content, status in ((archive(q_DOT_gift=asked("a.png")), 302), (archive(a_DOT_png=png()), 422)):
        file = SimpleUploadedFile("questions.zip", content)
        assert trainer_client.post(reverse("import_questions"), import_data(text="", file=file)).status_code == status
    assert QuestionImportRun.objects.count() == 1


@pytest.mark.django_db
def test_a_folder_on_the_command_line(site, tmp_path, capsys):
    (tmp_path / "lesson1.html").write_text("<h1>Un</h1><p>Texte</p>")
    (tmp_path / "quiz.gift").write_text(asked("a.png"))
    make_skill("dl.basics")
    with pytest.raises(CommandError) as error:
        call_command("load_course", str(tmp_path), code="essai")
    assert error.value.returncode == 2
    assert "quiz.gift, line 3" in capsys.readouterr().err
    (tmp_path / "a.png").write_bytes(png())
    call_command("load_course", str(tmp_path), code="essai")
    question = Question.objects.get()
    assert (question.image.width, question.image_alt) == (40, "Un formulaire")


@pytest.mark.django_db
def test_the_title_of_a_question_is_its_name(site, trainer_client):
    add(trainer_client, text="::Formulaire 3::Deux et deux ?{=4 ~5}", live="on")
    question = Question.objects.get()
    assert question.title == "Formulaire 3"
    listed = trainer_client.get(reverse("wagtailsnippets_assessments_question:list")).content.decode()
    assert "Formulaire 3" in listed
    text = write_gift(make_bank(), question.locale)
    assert "::Formulaire 3::" in text
    Question.objects.all().delete()
    add(trainer_client, text=text)
    assert Question.objects.get().title == "Formulaire 3"


def test_an_archive_has_one_place_for_pictures():
    with zipfile.ZipFile(io.BytesIO(archive(a__q_DOT_gift="", a__b_DOT_png=png()))) as made:
        assert isinstance(InArchive(made, "a").content("./b.png"), tuple)
        assert not isinstance(InArchive(made, "").content("b.png"), tuple)


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["", "cours/"])
@pytest.mark.parametrize("name", ["form 1.png", "formulaire-é.png", "images/a.png"])
def test_a_refused_question_comes_back_with_its_picture(site, trainer_client, place, name):
    """Fixed in the file that comes back and sent again as it is, it is whole; pictures of the others stay away."""
    source = quote(name)
    wrong = asked(source).replace("{=a ~b}", "{}").replace("Que voyez", "Racontez ce que")
    files = {f"{place}questions.gift": asked("other.png") + wrong, f"{place}{name}": png(),
             f"{place}other.png": png("blue")}  # fmt: skip
    _page, run = add(trainer_client, text="", file=SimpleUploadedFile("q.zip", pack_all(files)))
    assert (run.added, run.left_out) == (1, 1)
    answer = trainer_client.get(reverse("runs:file", args=[run.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="questions-to-fix.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as back:
        assert set(back.namelist()) == {"questions-to-fix.gift", name}
        fixed = {one: back.read(one) for one in back.namelist()}
    fixed["questions-to-fix.gift"] = fixed["questions-to-fix.gift"].replace(b"{}", b"{=a ~b}")
    _page, again = add(trainer_client, text="", file=SimpleUploadedFile("q.zip", pack_all(fixed)))
    assert (again.added, again.left_out) == (1, 0)
    assert Question.objects.get(prompt__contains="Racontez").image.width == 40


def pack_all(files: dict[str, bytes | str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return made.getvalue()


def test_an_archive_made_to_fill_the_memory_gives_back_what_fits(monkeypatch):
    monkeypatch.setattr("assessments.illustrations.LARGEST_ARCHIVE", 1000)
    names = [f"p{number}.png" for number in range(20)]
    content = pack_all({"q.gift": "x", **dict.fromkeys(names, b"\0" * 300)})
    found = InArchive(zipfile.ZipFile(io.BytesIO(content)), "").named_in(" ".join(names))
    assert sum(map(len, found.values())) <= 1000
    assert found
