"""Course folders whatever is in them: the example is whole, any damage is told by file and line, a later load takes
away what is no longer there and keeps what was edited here.
"""

import copy
import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from wagtail.images import get_image_model

from assessments.loading import load_folder
from assessments.loading.reading import read_folder
from assessments.loading.schema import QUESTION_ROWS
from assessments.models import Assessment, Question, QuestionBank
from assessments.question_types import QUESTION_TYPES
from assessments.services.starting import try_draw
from courses.loading import ContentError
from courses.models import Course, CoursePage, LoadedPart
from courses.outline import get_outline
from lms.lib.problems import ProblemKind
from tests.assessments.folders import EXAMPLE, dump, places

pytestmark = pytest.mark.pages

WRONG: list[Any] = [None, True, 7, -1, 1.5, 10**14, "", " ", "x" * 400, "a\0b", "\ud800", "../x", [], {}, ["a"],
                    {"a": 1}, [[]], {"fr": 1}, {"xx": "a"}, [None], "2026-02-31"]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "course"))


# -- the example


def test_the_example_course_is_taken_as_it_is_written(site, tmp_path):
    place = tmp_path / "new"
    call_command("example_course", str(place), stdout=StringIO())
    with pytest.raises(CommandError, match="not empty"):
        call_command("example_course", str(place))
    out = StringIO()
    call_command("load_course", str(place), stdout=out, stderr=out)
    assert "Check the" not in out.getvalue()
    course = Course.objects.get(code="example-course")
    french, english = get_outline(course, "fr"), get_outline(course, "en")
    assert [step.title for step in french.steps] == ["Recopier une fiche", "Le clavier AZERTY", "Évaluation finale"]
    assert [step.title for step in english.steps] == ["Copy a form", "Final assessment"]
    assert french.required == english.required  # the lesson in French only is not required
    assert {question.kind for question in Question.objects.all()} == set(QUESTION_TYPES)
    doubt = Question.objects.filter(code="q-doubt")
    assert len({row.translation_key for row in doubt}) == 1
    assert doubt.count() == 2
    assert {row.difficulty for row in doubt} == {3}
    assert try_draw(Assessment.objects.get()) == 5
    marks = {(row.kind, row.key, row.language): row.fields for row in LoadedPart.objects.all()}
    report, words = load_folder(place)
    assert (report.created, report.updated, report.kept_edits, report.retired) == (0, 0, [], [])
    assert words == f"questions: 0 made, 0 renewed, {Question.objects.count()} as before"
    assert {(row.kind, row.key, row.language): row.fields for row in LoadedPart.objects.all()} == marks


def test_folders_hold_every_type_of_question():
    """A new type wants a row in assessments/loading/schema.py, in docs/course-folders.md and in the example."""
    assert set(QUESTION_ROWS) == set(QUESTION_TYPES)
    _course, bank, _assessments, _reader = read_folder(EXAMPLE)
    assert {question.type for question in bank.questions} == set(QUESTION_TYPES)
    told = (settings.BASE_DIR / "docs" / "course-folders.md").read_text()
    assert all(f"`{name}`" in told for name in QUESTION_TYPES)


def test_every_key_of_the_schema_is_documented():
    from assessments.loading import schema
    from courses.loading import schema as course_schema

    told = (settings.BASE_DIR / "docs" / "course-folders.md").read_text()
    models = [row for module in (schema, course_schema) for row in vars(module).values()
              if isinstance(row, type) and issubclass(row, course_schema.Strict)]  # fmt: skip
    keys = {key for model in models if model.__name__ != "SkillName" for key in model.model_fields}
    missing = sorted(key for key in keys if key not in told)
    assert not missing


# -- any damage


def read(folder: Path) -> list[str]:
    """What is wrong with the folder; each point names a file and a line."""
    try:
        read_folder(folder)
    except ContentError as error:
        found = error.problems
    else:
        return []
    assert found
    for problem in found:
        assert problem.file, problem
        assert problem.line >= 1, problem
        assert problem.what, problem
        assert problem.remedy, problem
        assert str(problem).encode()
    return [str(problem) for problem in found]


YAML_FILES = {name: yaml.safe_load((EXAMPLE / name).read_text())
              for name in ("course.yaml", "questions.yaml", "assessments.yaml")}  # fmt: skip
PLACES = [(name, place) for name, data in YAML_FILES.items() for place in places(data)]
FILES = sorted(path.relative_to(EXAMPLE).as_posix() for path in EXAMPLE.rglob("*") if path.is_file())
FRONT = [(name, place) for name in FILES if name.endswith(".md")
         for place in places(yaml.safe_load((EXAMPLE / name).read_text().split("---\n")[1]))]  # fmt: skip
REMOVE = object()


def mutate(data: Any, place: tuple[Any, ...], value: Any) -> Any:
    data = yaml.safe_load(yaml.safe_dump(data))
    inside = data
    for key in place[:-1]:
        inside = inside[key]
    if value is REMOVE:
        del inside[place[-1]]
    else:
        inside[place[-1]] = value
    return data


@st.composite
def damages(draw: st.DrawFn) -> tuple[str, Any]:
    kind = draw(st.sampled_from(["yaml", "yaml", "yaml", "front", "cut", "bytes", "name", "line"]))
    if kind in ("yaml", "front"):
        name, place = draw(st.sampled_from(PLACES if kind == "yaml" else FRONT))
        return kind, (name, place, draw(st.sampled_from([*WRONG, REMOVE])))
    name = draw(st.sampled_from(FILES))
    size = (EXAMPLE / name).stat().st_size
    return kind, (name, draw(st.integers(0, size)), draw(st.binary(min_size=1, max_size=8)))


def damage(folder: Path, kind: str, how: Any) -> None:
    name, place, what = how
    path = folder / name
    if kind == "yaml":
        path.write_text(dump(mutate(YAML_FILES[name], place, what)))
    elif kind == "front":
        _none, head, body = path.read_text().split("---\n", 2)
        path.write_text(f"---\n{dump(mutate(yaml.safe_load(head), place, what))}---\n{body}")
    elif kind == "cut":
        path.write_bytes(path.read_bytes()[:place])
    elif kind == "bytes":
        content = path.read_bytes()
        path.write_bytes(content[:place] + what + content[place:])
    elif kind == "name":
        path.rename(path.with_name(f"x{path.suffix}" if place % 2 else f"{path.name}.bak"))
    else:  # a line is gone
        lines = path.read_bytes().split(b"\n")
        del lines[place % len(lines)]
        path.write_bytes(b"\n".join(lines))


@hypothesis_settings(
    max_examples=12, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(damages())
def test_any_damage_is_told_by_file_and_line_and_nothing_is_written(site, tmp_path, damaged):
    folder = tmp_path / "course"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(EXAMPLE, folder)
    damage(folder, *damaged)
    before = set(Path(settings.MEDIA_ROOT).rglob("*"))
    if read(folder):
        with pytest.raises(ContentError):
            load_folder(folder)
        assert not (Course.objects.exists())
        assert not (QuestionBank.objects.exists())
        assert not (CoursePage.objects.exists())
        assert not get_image_model().objects.exists()
    else:  # still a course: then it is written, or refused whole
        refused = None
        try:
            with transaction.atomic():
                load_folder(folder)
                assert Course.objects.exists()
                transaction.set_rollback(True)
        except ContentError as error:
            refused = error
        if refused is not None:
            assert all(problem.file and problem.line for problem in refused.problems)
            assert set(Path(settings.MEDIA_ROOT).rglob("*")) == before


@pytest.mark.parametrize("name", ["course.yaml", "questions.yaml", "assessments.yaml", "fr/clavier.md"])
@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n",  # each line three times the one before
        "[" * 100_000,
        "- " * 100_000,
        "\n".join(" " * depth + "a:" for depth in range(2000)),
        "a" * (3 * 1024 * 1024),
        "!!python/object/apply:os.system [id]",
        "---\n" * 50,
        "---\ntitle: *x\n---\n",
        "<<: {a: 1}",
        "%YAML 9" + "9" * 5000,
        "? [a, b]\n: c",
    ],
    ids=["aliases", "brackets", "dashes", "indented", "huge", "tag", "marks", "alias", "merge", "directive", "key"],
)
def test_a_file_made_to_hurt_is_refused(folder, name, text):
    (folder / name).write_text(text)
    assert any(name in told for told in read(folder))


def test_a_quiz_named_but_missing_is_a_fault(site, tmp_path):
    (tmp_path / "lesson1.html").write_text("<h1>Un</h1><p>Deux.</p>")
    with pytest.raises(CommandError, match=r"other\.gift"):
        call_command("load_course", str(tmp_path), "--quiz", "other.gift")
    assert not Course.objects.exists()


@pytest.mark.parametrize(
    ("file", "key"), [("questions.yaml", "prompt:"), ("assessments.yaml", "intro:")], ids=["question", "introduction"]
)
def test_a_picture_in_a_text_of_yaml_is_named(folder, file, key):
    text = (folder / file).read_text()
    place = text.index('fr: "', text.index(key)) + len('fr: "')
    (folder / file).write_text(f"{text[:place]}![un bureau](desk.png) {text[place:]}")
    problems = read_folder(folder)[3].problems
    assert [(problem.file, problem.kind) for problem in problems] == [(file, ProblemKind.LOST)]
    assert "desk.png" in problems[0].what
    assert problems[0].line


def languages_of(data: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every text in English, in questions and assessments."""
    if isinstance(data, dict) and {"fr", "en"} <= data.keys():
        yield (*place, "en")
        return
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield from languages_of(value, (*place, key))


@pytest.mark.parametrize(("file", "first"), [("questions.yaml", "prompt"), ("assessments.yaml", "title")])
def test_a_text_in_a_language_that_its_owner_lacks_is_named(folder, file, first):
    """Whatever text it is: each question, and each assessment, loses its English once."""
    data = yaml.safe_load((folder / file).read_text())
    rows = data["questions"] if isinstance(data, dict) else data
    tried = 0
    for number, row in enumerate(rows):
        ways = [way for way in languages_of(row) if way != (first, "en")]
        changed = copy.deepcopy(data)
        del (changed["questions"] if isinstance(changed, dict) else changed)[number][first]["en"]
        (folder / file).write_text(dump(changed))
        problems = [problem for problem in read_folder(folder)[3].problems if problem.kind == ProblemKind.LOST]
        named = sorted(problem.what.partition(" ")[0] for problem in problems)
        assert named == sorted(".".join(map(str, way[:-1])) for way in ways), row
        tried += len(ways)
    assert tried > (10 if first == "prompt" else 0)
