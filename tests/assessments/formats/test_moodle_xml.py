"""Moodle XML: the files of Moodle's own tests, each type, what is lost, and what a stranger might send."""

import base64
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from assessments.formats import moodle_xml
from assessments.import_entries import read_questions
from assessments.import_tags import filing_of
from assessments.models import Question
from lms.lib.parsing import UnreadableFileError
from lms.lib.problems import ProblemKind
from tests.assessments.test_importing import add


def png() -> str:
    file = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def quiz(kind: str, inside: str, text: str = "Quoi ?", files: str = "") -> bytes:
    asked = f'<questiontext format="html"><text><![CDATA[{text}]]></text>{files}</questiontext>'
    return f'<quiz><question type="{kind}"><name><text>Nom</text></name>{asked}{inside}</question></quiz>'.encode()


def answer(text: str, fraction: str, more: str = "") -> str:
    return (f'<answer fraction="{fraction}" format="html"><text>{text}</text>'
            f"<feedback format='html'><text>{text}</text></feedback>{more}</answer>")  # fmt: skip


def one(content: bytes):
    (entry,), pictures = read_questions(content)
    return entry, pictures


# -- the files of Moodle


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("truefalse.xml", ["true_false"], 0), ("qtype_match.xml", ["matching"], 0),
        ("qtype_numerical.xml", ["numeric"], 0),
        ("nested_categories.xml", ["true_false"], 0), ("html_chars_in_idnumbers.xml", ["true_false"], 0),
        ("old_format_file.xml", ["true_false"] * 2, 0), ("broken_cloze_questions.xml", [], 5),
        ("qtype_gapselect.xml", ["cloze"], 0), ("error_invalid_grades.xml", [], 1),
    ],
)  # fmt: skip
def test_the_files_of_moodle(name, good, bad, shared_data):
    entries, _pictures = read_questions((shared_data / "moodle" / name).read_bytes())
    kinds = [entry.converted.type for entry in entries if entry.usable]
    assert set(kinds) == set(good)
    assert sum(not entry.usable for entry in entries) == bad
    for entry in entries:
        assert all(problem.what and problem.remedy and problem.line for problem in entry.problems)


def test_every_file_of_moodle_is_tried(shared_data):
    asked = next(mark for mark in test_the_files_of_moodle.pytestmark if mark.name == "parametrize").args[1]
    assert {path.name for path in (shared_data / "moodle").glob("*.xml")} == {name for name, *_others in asked}


@pytest.mark.django_db
def test_pictures_of_moodle_come_along(shared_data, site, trainer_client):
    content = (shared_data / "moodle" / "truefalse.xml").read_bytes()
    _page, run = add(trainer_client, text="", file=SimpleUploadedFile("q.xml", content), live="on")
    assert run.added >= 1
    question = Question.objects.exclude(image=None).first()
    assert (question.image.width, question.image.height, question.image_alt) == (48, 48, "Moodle logo")
    assert not run.has("pictures")


# -- each type


def test_choices_keep_shares_order_and_points():
    inside = (answer("<![CDATA[<b>a</b> 10<sup>3</sup>]]>", "50") + answer("b", "50") + answer("c", "-100")
              + "<single>false</single><shuffleanswers>0</shuffleanswers><defaultgrade>2.0000000</defaultgrade>"
              + "<idnumber>q-7</idnumber>")  # fmt: skip
    entry, _pictures = one(quiz("multichoice", inside))
    assert entry.usable, entry.problems
    assert entry.converted.type == "multiple"
    assert [(row["text"], row["correct"], row["feedback"]) for row in entry.converted.spec["options"]] == [
        ("a 10³", True, "a 10³"),
        ("b", True, "b"), ("c", False, "c"),
    ]  # fmt: skip
    filing = filing_of(entry.question)
    assert (filing.points, filing.shuffle, entry.question.id, entry.question.title) == (2, False, "q-7", "Nom")


def test_one_choice():
    entry, _pictures = one(quiz("multichoice", answer("a", "100") + answer("b", "0") + "<single>true</single>"))
    assert (entry.converted.type, entry.usable) == ("single", True)


def test_true_or_false_has_its_feedback():
    entry, _pictures = one(quiz("truefalse", answer("true", "0") + answer("false", "100")))
    spec = entry.converted.spec
    assert (spec["answer"], spec["feedback_true"], spec["feedback_false"]) == (
        False,
        "true",
        "false",
    )


def test_short_answers_with_stars():
    inside = answer("Dakar*", "100") + answer("Thiès", "50") + answer("*", "0") + "<usecase>1</usecase>"
    entry, _pictures = one(quiz("shortanswer", inside))
    spec = entry.converted.spec
    assert ([row["text"] for row in spec["accepted"]], spec["wildcards"], spec["otherwise"]) == (
        ["Dakar*", "Thiès"], True, "*",
    )  # fmt: skip
    assert (spec["exact"], entry.problems) == (True, ())


def test_numbers_with_units():
    inside = (answer("3,14", "100", "<tolerance>0.01</tolerance>") + answer("*", "0")
              + "<units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit>"
              + "<unit><multiplier>100</multiplier><unit_name>cm</unit_name></unit></units>")  # fmt: skip
    entry, _pictures = one(quiz("numerical", inside))
    spec = entry.converted.spec
    assert (Decimal(spec["answer"]), Decimal(spec["tolerance"]), spec["otherwise"]) == (
        Decimal("3.14"), Decimal("0.01"), "*",
    )  # fmt: skip
    assert filing_of(entry.question).unit == "m"
    assert ["cm" in problem.what for problem in entry.problems] == [True]


def test_pairs_and_what_belongs_to_none():
    rows = [("grenouille", "amphibien"), ("chat", "mammifère"), ("", "insecte")]
    inside = "".join(
        f'<subquestion format="html"><text>{left}</text><answer><text>{right}</text></answer></subquestion>'
        for left, right in rows
    )
    entry, _pictures = one(quiz("matching", inside))
    assert entry.usable, entry.problems
    assert [(row["left"], row["right"]) for row in entry.converted.spec["pairs"]] == rows[:2]
    assert [row["text"] for row in entry.converted.spec["distractors"]] == ["insecte"]


@pytest.mark.parametrize("kind", ["description", "essay", "cloze", "calculated", ""])
def test_what_cannot_be_marked__reported(kind):
    entry, _pictures = one(quiz(kind, ""))
    (problem,) = entry.problems
    assert problem.refused
    assert entry.title == "Nom"


# -- what is lost


@pytest.mark.parametrize(
    ("inside", "what"),
    [
        ("<hidden>1</hidden>", "hidden"),
        ("<hidden>0</hidden>", ""),
        ('<generalfeedback><text>a</text><file name="b.png" encoding="base64">eA==</file></generalfeedback>', "b.png"),
        ('<hint><text/><file name="b.png" encoding="base64">eA==</file></hint>', "b.png"),
        ("<hint><text>un indice</text></hint>", "un indice"),
        ("<correctfeedback><text>Bien !</text></correctfeedback>", "Bien !"),
        ("<incorrectfeedback><text>Your answer is incorrect.</text></incorrectfeedback>", ""),
        ("<tags><tag><text>module 3</text></tag></tags>", "module 3"),
        ("<defaultgrade>0.5</defaultgrade>", "0.5"),
        ("<defaultgrade>1.0000000</defaultgrade>", ""),
    ],
)
def test_what_is_lost_is_named(inside, what):
    entry, _pictures = one(quiz("truefalse", answer("true", "100") + answer("false", "0") + inside))
    assert entry.usable
    assert [what in problem.what for problem in entry.problems] == ([True] if what else [])


def test_pictures_by_name_and_folder():
    text = '<p>Quoi ?</p><img src="@@PLUGINFILE@@/un%20dossier/%C3%A9t%C3%A9.png" alt="Un été">'
    files = f'<file name="été.png" path="/un dossier/" encoding="base64">{png()}</file>'
    entry, pictures = one(quiz("truefalse", answer("true", "100") + answer("false", "0"), text, files))
    assert entry.problems == ()
    assert list(pictures) == [entry.converted.picture.src]
    assert entry.converted.picture.alt == "Un été"


@pytest.mark.parametrize("content", ["", "AAAA", "%%%", base64.b64encode(b"<svg/>").decode()])
def test_a_picture_that_is_none__reported(content):
    files = f'<file name="a.png" encoding="base64">{content}</file>'
    inside = answer("true", "100") + answer("false", "0")
    entry, _pictures = one(quiz("truefalse", inside, '<p>Quoi ?</p><img src="@@PLUGINFILE@@/a.png" alt="x">', files))
    assert [problem.kind for problem in entry.problems] == [ProblemKind.LOST]


# -- what a stranger might send


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE quiz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><quiz><question>&b;</question></quiz>',
        b'<!DOCTYPE quiz [<!ENTITY a SYSTEM "file:///etc/passwd">]><quiz>&a;</quiz>',
        b'<!DOCTYPE quiz SYSTEM "http://127.0.0.1:9/x.dtd"><quiz></quiz>',
        b"<quiz><question>",
        b"<quiz>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</quiz>", b"<quiz>\xff</quiz>",
    ],
    ids=["entities", "a file", "the network", "cut", "deep", "not text"],
)  # fmt: skip
def test_what_is_made_to_hurt_is_refused(content):
    with pytest.raises(UnreadableFileError) as error:
        moodle_xml.loads(content)
    assert "passwd" not in str(error.value)


@pytest.mark.parametrize("grade", ["x", "1e400", "NaN", "9" * 200, ""])
def test_numbers_that_are_none__reported(grade):
    inside = answer("a", grade) + answer("b", "100")
    entry, _pictures = one(quiz("multichoice", inside))
    assert entry.usable == (grade == "")


@pytest.mark.django_db
def test_refused_questions_come_back_as_gift(site, trainer_client):
    inside = answer("a", "50") + answer("b", "0") + "<single>true</single>"
    _page, run = add(trainer_client, text="", file=SimpleUploadedFile("q.xml", quiz("multichoice", inside)))
    assert (run.added, run.left_out) == (0, 1)
    text = run.read("refused").decode()
    corrected = text.replace("%50%", "%100%")
    assert corrected != text
    entries, _pictures = read_questions(corrected.encode())
    assert [entry.usable for entry in entries] == [True]


@pytest.mark.parametrize("between", ["", "\n"], ids=["on one line", "on two lines"])
@pytest.mark.parametrize("number", [2, 3])
def test_one_identifier_is_one_question_wherever_it_stands(between, number):
    rows = [
        f'<question type="truefalse"><questiontext><text>Question {n} ?</text></questiontext>'
        f"<idnumber>k1</idnumber>{answer('true', '100')}{answer('false', '0')}</question>"
        for n in range(number)
    ]
    entries, _pictures = read_questions(f"<quiz>{between.join(rows)}</quiz>".encode())
    assert [entry.usable for entry in entries] == [True] + [False] * (number - 1)
    told = [problem.what for entry in entries[1:] for problem in entry.problems if problem.refused]
    assert ["line 1" in what for what in told] == [True] * (number - 1)
    assert all("question 1" in what for what in told) == (not between)


# -- texts with gaps


def cloze(text: str, kind: str = "cloze", inside: str = "", files: str = ""):
    entry, pictures = one(quiz(kind, inside, text, files))
    return entry, pictures


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("La capitale est {1:SHORTANSWER:=Dakar#Oui~%50%dakkar#Presque~Thiès#Non}.",
         "La capitale est [[Dakar#Oui|%50%dakkar#Presque|Thiès#Non]]."),
        ("<p>{2:SAC:=SO-1070} et {:MW:=a*~*#Relisez}</p>", "[[!SO-1070]]{2} et [[a*|*#Relisez]]"),
        ("{1:NUMERICAL:=12,5:0.5#Oui~%50%13:1~*#Non}", "[[#12.5:0.5#Oui|%50%13:1|*#Non]]"),
        ("{1:MULTICHOICE:Mali#Non~=S&eacute;n&eacute;gal~%25%Gambie}", "[[?|Mali#Non|=Sénégal|%25%Gambie]]"),
        ("{1:MCVS:=a \\} b~c \\~ d}", "[[?a } b|c ~ d]]"),
        ("[[x]] {1:SA:=a|b}", "\\[\\[x\\]\\] [[a\\|b]]"),
    ],
)  # fmt: skip
def test_embedded_answers_become_a_text_with_gaps(text, written):
    entry, _pictures = cloze(text)
    assert entry.usable, entry.problems
    assert (entry.converted.type, entry.converted.spec) == ("cloze", {"text": written})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Rien", "no gap"),
        ("Un {1:MULTICHOICE}", "{1:MULTICHOICE}"),
        ("{1:MULTICHOICE:=Apple#Correct}", "Gap 1"),
        ("{1:MULTICHOICE:Pear~%50%Apple}", "Gap 1: No option is marked as right."),
        ("{3:NUMERICAL:=zero}", "“zero” is not a number."),
        ("{1:MULTIRESPONSE:=a~=b~c}", "not several (MULTIRESPONSE)"),
        ("{1:DRAGGED:=a}", "DRAGGED"),
        ("{1:SA:=a} {1:SA:=b", "{1:SA:=b"),
    ],
)
def test_a_damaged_gap_is_refused_for_its_reason(text, words, settings):
    settings.LANGUAGE_CODE = "en"
    entry, _pictures = cloze(text)
    assert not entry.usable
    assert any(words in problem.what for problem in entry.problems if problem.refused), entry.problems


def test_the_choices_of_a_missing_word_are_those_of_its_group():
    rows = "".join(f"<selectoption><text>{text}</text><group>{group}</group></selectoption>"
                   for text, group in [("chat", 1), ("dort", 2), ("chien", 1), ("mange", 2)])  # fmt: skip
    entry, _pictures = cloze("Le [[1]] [[2]].", "gapselect", rows)
    assert entry.converted.spec == {"text": "Le [[?chat|chien]] [[?dort|mange]]."}
    entry, _pictures = cloze("Le [[9]].", "gapselect", rows)
    assert not entry.usable


def test_a_picture_in_the_text_stays_with_the_question():
    file = f'<file name="a.png" path="/" encoding="base64">{png()}</file>'
    entry, pictures = cloze('<img src="@@PLUGINFILE@@/a.png" alt="Une carte">Ici : {1:SA:=Dakar}', files=file)
    assert entry.usable, entry.problems
    assert entry.problems == ()
    assert (entry.converted.picture.alt, list(pictures)) == ("Une carte", [entry.converted.picture.src])
    assert entry.converted.spec == {"text": "Ici : [[Dakar]]"}


@pytest.mark.django_db
def test_a_text_with_gaps_that_is_refused_comes_back_by_its_title(trainer_client):
    content = quiz("cloze", "", "{1:SA:=a}") + b""
    twice = content.replace(b"</quiz>", content.removeprefix(b"<quiz>"))
    file = SimpleUploadedFile("q.xml", twice)
    _page, run = add(trainer_client, text="", file=file)
    assert (run.added, run.left_out) == (1, 1)
    assert "// Nom" in run.read("refused").decode()
    add(trainer_client, text="", file=SimpleUploadedFile("q.xml", content))
    assert Question.objects.count() == 1
