"""``make sbom``: a list of what is inside, for whoever must look for weaknesses of libraries."""

import json
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def test_every_locked_library_is_in_it_with_its_hashes(tmp_path):
    (recipe,) = re.findall(r"^sbom:.*\n\t(.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    target = tmp_path / "sbom.json"
    command = recipe.replace("$(BIN)", str(Path(sys.executable).parent)).replace("$(SBOM)", str(target))
    subprocess.run(command.split(), cwd=ROOT, check=True, capture_output=True)
    found = json.loads(target.read_text())
    assert found["bomFormat"] == "CycloneDX"
    locked = dict(
        re.findall(r"^([a-z0-9.-]+)(?:\[[\w,]+\])?==([^\s;]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    )
    assert len(locked) > 50
    listed = {part["name"]: part for part in found["components"]}
    assert {name: part["version"] for name, part in listed.items()} == locked
    for part in listed.values():
        assert part["purl"].startswith(f"pkg:pypi/{part['name']}@")
        assert part["externalReferences"][0]["hashes"], part["name"]
