"""What the documentation names exists: paths, links, modules, settings and make targets."""

import re
from pathlib import Path

import pytest
from django.utils.module_loading import import_string

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FOLDERS = "lms|cms|courses|assessments|certificates|placement|templates|tests|docs|bench|locale"

pytestmark = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def quoted(page, pattern):
    return [word for word in re.findall(r"`([^`\n]+)`", page.read_text()) if re.fullmatch(pattern, word)]


def test_its_paths_and_links_lead_somewhere(page):
    paths = [ROOT / word for word in quoted(page, rf"({FOLDERS})/[\w/.-]*") if "/xx/" not in word]
    links = [page.parent / link for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text())]
    assert [str(path) for path in paths + links if not path.exists()] == []


def test_its_modules_can_be_imported(page):
    for name in quoted(page, rf"({FOLDERS})(\.\w+)+"):
        path = ROOT / name.replace(".", "/")
        if not path.with_suffix(".py").exists() and not (path / "__init__.py").exists():
            import_string(name)


def test_its_settings_are_read(page):
    sources = [*ROOT.glob("lms/**/*.py"), *ROOT.glob("assessments/*.py"), ROOT / "Makefile"]
    code = "".join(path.read_text() for path in sources)
    names = [name for word in quoted(page, r"[A-Z]+_[A-Z_]+(=.*)?") for name in [word.partition("=")[0]]]
    assert [name for name in names if not re.search(rf"\b{name}\b", code) and name != "NAME_FILE"] == []


def test_its_make_targets_exist(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {word.split()[1] for word in quoted(page, r"make [a-z-]+")} <= targets
