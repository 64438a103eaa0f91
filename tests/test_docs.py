"""What the documentation names exists: paths, links, modules, settings and make targets."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.utils.module_loading import import_string

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]
FOLDERS = "lms|cms|courses|assessments|certificates|placement|templates|tests|docs|bench|locale"

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def quoted(page, pattern):
    return [word for word in re.findall(r"`([^`\n]+)`", page.read_text()) if re.fullmatch(pattern, word)]


@each_page
def test_its_paths_and_links_lead_somewhere(page):
    paths = [ROOT / word for word in quoted(page, rf"({FOLDERS})/[\w/.-]*") if "/xx/" not in word]
    links = [page.parent / link for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text())]
    assert [str(path) for path in paths + links if not path.exists()] == []


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_page
def test_its_links_lead_to_headings(page):
    links = re.findall(r"\]\(([^)#:]*)#([^)]+)\)", page.read_text())
    assert [f"{link}#{name}" for link, name in links if name not in anchors(page.parent / link if link else page)] == []


def test_the_contents_of_contributing_name_each_paragraph():
    page = ROOT / "CONTRIBUTING.md"
    listed = set(re.findall(r"\]\(#([^)]+)\)", page.read_text().split("## Contents")[1].split("\n## ")[0]))
    assert anchors(page) - listed == {"contributing", "contents"}, "a line of its contents"


@each_page
def test_its_modules_can_be_imported(page):
    tables = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    for name in quoted(page, rf"({FOLDERS})(\.\w+)+"):
        if name in tables:
            continue
        path = ROOT / name.replace(".", "/")
        if not path.with_suffix(".py").exists() and not (path / "__init__.py").exists():
            import_string(name)


NAMES = r"((?:`[A-Za-z_][^`]*`(?:, | and | or |, and )?)+)"
PLACE = rf"(?: [\w’-]+){{0,4}} ?\(?`((?:{FOLDERS})/[\w/]+\.(?:py|txt|html))`"


@each_page
def test_a_name_stands_in_the_file_that_is_named_after_it(page):
    """`LIMITS` of something (`lms/accounts/sign_ins.py`): who follows the page finds the word there."""
    text = re.sub(r"\s+", " ", page.read_text())
    wrong = [
        f"{name}: not in {path}"
        for names, path in re.findall(NAMES + PLACE, text)
        for name in re.findall(r"`(\w+)`", names)
        if (ROOT / path).exists() and not re.search(rf"\b{name}\b", (ROOT / path).read_text())
    ]
    assert wrong == []


@each_page
def test_its_settings_are_read(page):
    folders = ("lms", "cms", "courses", "assessments", "certificates", "placement")
    sources = [*(path for app in folders for path in ROOT.glob(f"{app}/**/*.py")), ROOT / "Makefile"]
    code = "".join(path.read_text() for path in sources)
    tests = "".join(path.read_text() for path in ROOT.glob("tests/**/*.py"))
    code += " ".join(re.findall(r"^([A-Z_]+)\b.* = ", tests, re.MULTILINE))  # tables of laws: docs/laws.md
    names = [name for word in quoted(page, r"[A-Z]+_[A-Z_]+(=.*)?") for name in [word.partition("=")[0]]]
    assert [name for name in names if not re.search(rf"\b{name}\b", code) and name != "NAME_FILE"] == []


@each_page
def test_its_make_targets_exist(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {word.split()[1] for word in quoted(page, r"make [a-z-]+")} <= targets


def names_read_from_the_environment() -> Iterator[str]:
    """By ``env`` or ``env.bool`` in settings, by ``os.environ`` anywhere in the project."""
    reading = re.compile(r"env(\.\w+)?|os\.environ\.(get|setdefault)")
    for path in ROOT.glob("lms/**/*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and reading.fullmatch(ast.unparse(call.func)):
                yield from (str(name.value) for name in call.args[:1] if isinstance(name, ast.Constant))


def test_the_table_of_settings_is_complete():
    """Each variable that a host may set stands in the first column of docs/operations.md, and nothing else does."""
    text = (ROOT / "docs" / "operations.md").read_text()
    section = text.split("## Settings")[1].split("\n## ")[0]
    told = {name for row in re.findall(r"^\|([^|]*)\|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    read = set(names_read_from_the_environment())
    assert {"EMAIL_URL", "SECURE_SSL_REDIRECT", "WEB_WORKERS"} <= read, (
        "this test no longer finds how settings are read"
    )
    assert read - told == set(), "add a row to the table of docs/operations.md"
    assert told - read == set(), "nothing reads these any more"


def test_whoever_adds_something_is_told_of_each_table_that_must_know_it():
    """A page needs a row of permissions.txt, an address of a library one of doors.txt: CONTRIBUTING says so."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    tables = [f"tests/flows/{path.name}" for path in (ROOT / "tests" / "flows").glob("*.txt")]
    assert "tests/flows/permissions.txt" in tables
    assert [table for table in tables if f"`{table}`" not in text] == []


def test_each_decision_is_linked_from_the_map():
    text = (ROOT / "docs" / "README.md").read_text()
    assert [
        path.name for path in (ROOT / "docs" / "decisions").glob("*.md") if f"decisions/{path.name})" not in text
    ] == []


def test_each_table_of_laws_is_named():
    """Whoever meets a law of the whole site finds in docs/laws.md what it asks for, and where its exceptions stand."""
    text = (ROOT / "docs" / "laws.md").read_text()
    files = [*ROOT.glob("tests/test_*.py"), *ROOT.glob("tests/flows/test_*.py")]
    laws = {str(path.relative_to(ROOT)) for path in files if not path.stem.endswith(("_drill", "_races"))}
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", text))
    assert sorted(laws - named - NO_LAWS) == [], "a row of docs/laws.md, or a line of NO_LAWS"
    assert sorted(NO_LAWS - laws | NO_LAWS & named) == []


NO_LAWS = {f"tests/{name}.py" for name in (
    "flows/test_answer_from_a_mail", "flows/test_chain", "flows/test_chaos", "flows/test_direct_answers",
    "flows/test_disk_model", "flows/test_learner_on_a_phone", "flows/test_offline_course",
)}  # fmt: skip
"""Tests of one way through the site, or of one part: what they ask for stands in no table."""


def test_each_table_of_a_law_stands_in_its_test():
    wrong = []
    for row in (ROOT / "docs" / "laws.md").read_text().splitlines():
        cells = row.split("|")
        if len(cells) != 5 or "`tests/" not in cells[1]:
            continue
        files = [ROOT / name for name in re.findall(r"`((?:tests|lms)/[\w/]+\.py)`", row)]
        code = "".join(path.read_text() for path in files)
        wrong += [name for name in re.findall(r"`(\w+)`", cells[3]) if not re.search(rf"\b{name}\b", code)]
    assert wrong == []
