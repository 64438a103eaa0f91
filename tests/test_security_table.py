"""docs/security.md names code and tests that there are, and says it where a requirement has none."""

import ast
import re

import pytest

from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("| V")]
NONE = "no test of its own"


def names_in(file: str) -> set[str]:
    """``test_x`` and ``TestX::test_x`` of one file."""
    found = set()
    for node in ast.parse((ROOT / file).read_text()).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}::{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
    return found


def test_each_row_is_whole_and_each_requirement_has_one():
    assert len(ROWS) >= 100
    assert [row for row in ROWS if len(row) != 4 or not all(row)] == []
    numbers = [row[0] for row in ROWS]
    assert [number for number in numbers if not re.fullmatch(r"V\d+\.\d+\.\d+", number)] == []
    assert [number for number in numbers if numbers.count(number) > 1] == []
    assert numbers == sorted(numbers, key=lambda number: [int(part) for part in number[1:].split(".")])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_a_row_names_is_there(row):
    _number, _requirement, how, shown = row
    wrong = []
    named = re.findall(r"`(tests/[\w/.]+\.py)(?:::([\w:]+))?`", shown)
    for file, test in named:
        if not (ROOT / file).exists() or (test and test not in names_in(file)):
            wrong.append(f"{file}::{test}")
    assert wrong == []
    assert named or shown.startswith(NONE), "a test, or that there is none"
    paths = re.findall(r"`((?:lms|cms|courses|assessments|certificates|placement|docs|tests)/[\w/.-]+)`", how)
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_controls_that_make_up_for_one_factor_have_tests():
    text = (ROOT / "docs" / "decisions" / "0009-one-factor-for-learners.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| control")]
    named = [re.findall(r"`(tests/[\w/.]+\.py)::([\w:]+)`", row) for row in rows]
    assert len(named) >= 9
    assert all(named)
    assert [test for row in named for file, test in row if test not in names_in(file)] == []


@pytest.mark.parametrize("row", [row for row in ROWS if "not met" in row[2].lower()], ids=lambda row: row[0])
def test_what_is_not_met_stays_in_sight(row):
    """Each stands in the list that begins the page's last section, so that nobody must look for it."""
    summary = TEXT.split("## What is not met\n")[1]
    assert row[0] in summary


def test_the_list_of_what_is_not_met_is_true():
    summary = TEXT.split("## What is not met\n")[1]
    unmet = {row[0] for row in ROWS if "not met" in row[2].lower()}
    assert set(re.findall(r"V\d+\.\d+\.\d+", summary)) == unmet
