"""Every lock holds every direct dependency, pinned with hashes, and names no registry."""

import re
import tomllib

import pytest

from tests.imports import ROOT

LOCKS = {"requirements.txt": False, "requirements-dev.txt": True, "requirements-next.txt": True}  # with what tests need


def name_of(requirement):
    return re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_all_that_is_needed(lock):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = list(project["project"]["dependencies"])
    if LOCKS[lock]:
        needed += project["dependency-groups"]["dev"]
    text = (ROOT / lock).read_text()
    pinned = {name_of(line) for line in text.splitlines() if re.match(r"[\w.-]+(\[.*\])?==", line)}
    assert {name_of(one) for one in needed} - pinned == set(), "make lock"
    assert "://" not in text
    assert text.count("--hash=sha256:") > len(pinned)


def test_the_next_lock_holds_the_next_versions():
    text = (ROOT / "requirements-next.txt").read_text()
    for line in (ROOT / "requirements-next.in").read_text().splitlines():
        if line and not line.startswith("#"):
            name, series = re.match(r"(\w+)>=([\d.]+)", line).groups()
            assert re.search(rf"^{name}=={re.escape(series)}\.", text, re.MULTILINE), line
