"""Every wrong value at every place of a course folder is told with its file, line and remedy: all of them, without a
database; and files that are broken in other ways.
"""

import copy
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assessments.loading.reading import ASSESSMENTS, QUESTIONS, Assessments, Questions
from assessments.loading.schema import AssessmentFile, QuestionFile
from courses.loading import reading
from courses.loading.folder import Folder
from courses.loading.reading import COURSE, read_outline
from courses.loading.schema import CourseFile, LessonHead
from lms.lib.yaml_lines import Lines, YamlError, load_yaml
from tests.assessments.folders import EXAMPLE, places

WRONG: list[Any] = [
    None, True, False, 0, 7, -1, 10**14, 1.5, -0.1, 1e300, float("nan"), float("inf"), "", " ", "x", "x" * 25_000,
    "a\0b", "\ud800", "../x", "/etc/passwd", "2026-02-31", "fr", [], [[]], [None], ["a"], {}, {"a": 1}, {"fr": 1},
    {"xx": "a"},
    {"fr": "a"}, {"fr": None}, {"fr": ["a"]}, [{"id": "a"}], {"fr": {"fr": "a"}}, ["a"] * 600,
]  # fmt: skip
MODELS = {COURSE: CourseFile, QUESTIONS: QuestionFile, ASSESSMENTS: AssessmentFile}
REMOVED = object()


class Given(Folder):
    """The example, but for what one of its files holds."""

    def __init__(self, name: str = "", lines: Lines | None = None) -> None:
        super().__init__(EXAMPLE)
        self.given = {**FILES, **({name: lines} if lines is not None else {})}

    def read_yaml(self, name: str, model: Any) -> Any:
        lines = self.given[name]
        return self.validate(name, lines, model), lines


FILES = {name: load_yaml((EXAMPLE / name).read_text()) for name in MODELS}


def changed(lines: Lines, place: tuple[Any, ...], value: Any) -> Lines:
    data = copy.copy(lines.value)
    inside = data
    for key in place[:-1]:  # only the way to the place is copied
        inside[key] = copy.copy(inside[key])
        inside = inside[key]
    if value is REMOVED:
        del inside[place[-1]]
    else:
        inside[place[-1]] = value
    return Lines(data, lines.by_place)


def check(folder: Folder, file: str, place: tuple[Any, ...], value: Any) -> int:
    """Each problem says where, what and what to do; one at least stands on the way to the place, if there are any."""
    for problem in folder.problems:
        told = (file, place, str(value)[:40], problem)
        assert problem.file, told
        assert problem.line >= 1, told
        assert len(problem.what) > 3, told
        assert len(problem.remedy) > 3, told
        assert str(problem).encode(), told
    return len(folder.faults)


@pytest.fixture(scope="module")
def whole() -> Any:
    """What the rest of the folder holds, read once."""
    with translation.override("en"):
        folder = Folder(EXAMPLE)
        course = read_outline(folder)
        lessons = reading.read_lessons(Folder(EXAMPLE))
        bank = Questions(folder, course.languages).bank(course)
    assert not folder.faults
    return course, lessons, bank


def read_changed(name: str, lines: Lines, place: tuple[Any, ...], whole: Any) -> Folder:
    course, _lessons, bank = whole
    folder = Given(name, lines)
    if name == COURSE:
        read_outline(folder)
    elif name == ASSESSMENTS:
        Assessments(folder, course.languages, bank).read(course)
    elif folder.validate(name, lines, QuestionFile) is not None and place[0] == "questions" and len(place) > 1:
        Questions(folder, course.languages).read_row(place[1], lines.value["questions"][place[1]], lines)
    return folder


@pytest.mark.parametrize("name", MODELS)
def test_every_wrong_value_at_every_place__reported(name, whole, monkeypatch):
    monkeypatch.setattr(reading, "read_lessons", lambda folder: whole[1])
    tried = refused = 0
    with translation.override("en"):
        for place in places(FILES[name].value):
            is_row = name == QUESTIONS and len(place) == 2 and place[0] == "questions"
            for value in [*WRONG, *([] if is_row or isinstance(place[-1], int) else [REMOVED])]:
                lines = changed(FILES[name], place, value)
                tried += 1
                refused += bool(check(read_changed(name, lines, place, whole), name, place, value))
    assert tried > 500
    assert refused > tried // 2


@pytest.mark.parametrize("name", MODELS)
def test_another_type_of_value_is_never_taken_for_the_right_one(name, whole, monkeypatch):
    """A leaf that is a text, a number or a flag stands for nothing else; but for what may be a text or one for each
    language, and numbers with a point.
    """
    monkeypatch.setattr(reading, "read_lessons", lambda folder: whole[1])
    others: dict[type, list[Any]] = {
        str: [7, True, 1.5, [["x"]], [7]], int: ["7", True, [7], {"fr": 7}], float: ["7", True, [7], {"fr": 7}],
        bool: ["true", 0, 1, [True], {"fr": True}],
    }  # fmt: skip
    with translation.override("en"):
        for place in places(FILES[name].value):
            value = FILES[name].value
            for key in place:
                value = value[key]
            for other in others.get(type(value), []):
                lines = changed(FILES[name], place, other)
                folder = read_changed(name, lines, place, whole)
                assert folder.faults, (place, other)
                near = {FILES[name].of(place[:depth]) for depth in range(len(place) + 1)}
                assert {problem.line for problem in folder.faults} & near, (place, other, folder.faults)


@pytest.mark.parametrize("key", LessonHead.model_fields)
def test_every_wrong_value_above_a_lesson__reported(key):
    right = load_yaml('title: "Bienvenue"\nkey: welcome\nslug: bienvenue\nsummary: "x"\nminutes: 5\nrequired: true')
    for value in WRONG:
        folder = Given()
        lines = changed(right, (key,), value)
        folder.validate("fr/a.md", lines, LessonHead)
        check(folder, "fr/a.md", (key,), value)
        assert {problem.line for problem in folder.faults} <= {right.of((key,)), 1}


# -- files that are broken otherwise


@pytest.fixture(scope="module")
def place_of_files(tmp_path_factory) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("broken") / "course"))


def read_bytes(place: Path, name: str, content: bytes) -> tuple[Any, Folder]:
    (place / name).write_bytes(content)
    folder = Folder(place)
    model, _lines = folder.read_yaml(name, MODELS[name])
    check(folder, name, (), content[:40])
    assert (model is None) == bool(folder.faults)
    return model, folder


def texts() -> dict[str, str]:
    return {name: (EXAMPLE / name).read_text() for name in MODELS}


@st.composite
def broken(draw: st.DrawFn) -> tuple[str, bytes]:
    name = draw(st.sampled_from(sorted(MODELS)))
    content = texts()[name].encode()
    for _time in range(draw(st.integers(1, 2))):
        place = draw(st.integers(0, len(content)))
        more = draw(
            st.sampled_from([
                b"\t", b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b"&a ", b"*a", b"!!python/name:os.system ", b"<<: ",
                b"? ", b"- ", b": ", b"#", b"'", b'"', b"[", b"}", b"%YAML 1.2\n", b"---\n", b"...\n", b"| ", b"> ",
                b"\xe2\x80\xa8", b"\n", b"title: x\n", b"\xef\xbb\xbf",
            ]) | st.binary(max_size=4)
        )  # fmt: skip
        how = draw(st.sampled_from(["cut", "insert", "insert", "swap"]))
        content = (
            content[:place]
            if how == "cut"
            else content[:place] + more + content[place:]
            if how == "insert"
            else content[place:] + content[:place]
        )
    return name, content


@hypothesis_settings(max_examples=40, deadline=None)
@given(broken())
def test_whatever_is_broken_is_read_or_reported(place_of_files, case):
    read_bytes(place_of_files, *case)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("how", ["bom", "crlf", "cr", "end"])
def test_what_other_systems_write_is_read_alike(place_of_files, name, how):
    text = texts()[name]
    content = {
        "bom": b"\xef\xbb\xbf" + text.encode(), "crlf": text.replace("\n", "\r\n").encode(),
        "cr": text.replace("\n", "\r").encode(), "end": text.rstrip("\n").encode(),
    }[how]  # fmt: skip
    model, folder = read_bytes(place_of_files, name, content)
    assert model == MODELS[name].model_validate(FILES[name].value)
    assert not folder.faults


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1", "mac_roman"])
def test_another_encoding_is_told_by_its_line(place_of_files, encoding):
    text = "bank: {code: x}\n# Évaluation\nquestions: []\n"
    _model, folder = read_bytes(place_of_files, QUESTIONS, text.encode(encoding, "ignore"))
    (problem,) = folder.faults
    assert problem.line == (2 if encoding in ("latin-1", "mac_roman") else 1)
    assert "UTF-8" in problem.remedy


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb:\n\t- x\n", 3),
        ("a: 1\nb: 2\na: 3\n", 3),
        ("a: &x 1\nb: *x\n", 2),
        ("a: 1\nb: {c: 1, c: 2}\n", 2),
        ("a: !!binary aGk=\n", 1),
        ("a: |\n  x\n b: 2\n", 3),
        ("a: 1\n\n\nb: [1, 2\nc: 3\n", 5),
    ],
    ids=["tab", "twice", "reference", "twice inside", "tag", "indented", "open"],
)  # fmt: skip
def test_what_is_no_yaml_of_ours_is_told_by_its_line(text, line):
    with pytest.raises(YamlError) as error:
        load_yaml(text)
    assert error.value.line == line
    assert error.value.remedy


@pytest.mark.parametrize(
    "word",
    ["no", "yes", "on", "off", "y", "n", "NO", "Yes", "2026-02-31", "2026-01-01", "12:30:00", "1_000", "0x1F", "0o17",
     "1e3", ".5", "5.", "+.inf", ".nan", "=", "0b1", "1,5", "TRUE", "Null", "NaN", "08"],
)  # fmt: skip
def test_words_are_words(word):
    """Norway, dates, hours and other numbers of YAML 1.1 are texts here, but for whole numbers."""
    value = load_yaml(f"a: {word}").value["a"]
    assert value == word or (word == "08" and value == 8)
