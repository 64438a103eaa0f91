"""What a host is set up with starts the commands that there are, with settings that there are."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import load_command_class

ROOT = Path(__file__).resolve().parent.parent
FILES = ROOT / "docs" / "operations" / "files"
KUBERNETES = sorted((FILES / "kubernetes").glob("*.yaml"))
SETTINGS = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", (ROOT / "docs" / "operations.md").read_text()))
PARTS = {(), ("--prepare-only",), ("--web",), ("--worker",), ("--beat",)}


def starts(arguments: list[str]) -> tuple[str, ...]:
    """The options of a ``start`` as a host gives it; fails for one that there is not."""
    name, *options = arguments
    assert name == "start"
    load_command_class("lms.lib", "start").create_parser("manage.py", "start").parse_args(options)
    return tuple(options)


def containers(document: dict[str, Any]) -> list[dict[str, Any]]:
    return document.get("spec", {}).get("template", {}).get("spec", {}).get("containers", [])


def env_of(path: Path) -> dict[str, str]:
    lines = [line.partition("=") for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {name: value for name, _equals, value in lines}


def test_the_example_of_settings_names_what_there_is_and_is_enough():
    found = env_of(FILES / "passerelle.env")
    assert set(found) - SETTINGS == set()
    found["SECRET_KEY"] = "kq8Zr3-Zs1pXw7Lm0Tc5Vb9Nd2Hf6Gy4Ja8Ue3Rk1Qo7Wi5Px9"
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": "/nonexistent", **found}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def test_the_unit_of_systemd_is_sound_and_starts_everything(tmp_path):
    text = (FILES / "passerelle.service").read_text()
    line = re.search(r"^ExecStart=(.+)$", text, re.MULTILINE)
    assert line
    python, script, *arguments = shlex.split(line[1])
    assert (python, script) == ("/srv/passerelle/.venv/bin/python", "manage.py")
    assert starts(arguments) == ()
    assert env_of(FILES / "passerelle.env")["DJANGO_SETTINGS_MODULE"] == "lms.settings.production"
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze")
    unit = tmp_path / "passerelle.service"
    unit.write_text(
        text.replace("/srv/passerelle/.venv/bin/python", sys.executable).replace("/srv/passerelle", str(ROOT))
    )
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)
    assert (done.returncode, "passerelle.service" in done.stderr) == (0, False), done.stderr


def test_the_unit_lets_the_site_write_where_the_pages_put_its_backups():
    """ProtectSystem=strict leaves it its own folder and what is named."""
    unit = dict(line.split("=", 1) for line in (FILES / "passerelle.service").read_text().splitlines() if "=" in line)
    assert unit["ProtectSystem"] == "strict"
    written = {place.removeprefix("-") for place in unit["ReadWritePaths"].split()}
    pages = (FILES.parent / "one-machine.md").read_text() + (FILES.parent / "backup-and-restore.md").read_text()
    named = set(re.findall(r"BACKUP_DIR=(/\w+)", pages))
    assert named
    assert named <= written


def test_the_image_has_what_a_host_needs():
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    _comment, build, run = text.split("\nFROM ")
    needed = set(re.findall(r"need\+=\(([\w.-]+)\)", (ROOT / ".ci" / "system-packages").read_text().split("test ]")[0]))
    assert needed - {"python3-venv", "gettext"} == set(
        re.findall(r"(?:lib|fonts)[\w.-]+", run.split("install -y")[1].split("&&")[0])
    )
    assert "gettext" in build
    assert "--require-hashes -r requirements.txt" in build
    assert re.search(r"^USER [1-9]\d*$", run, re.MULTILINE), "not as root"
    assert not re.search(r"(SECRET_KEY|PASSWORD)=[^\"$ ]", text), "no secret in an image"
    command = re.search(r"^CMD (.+)$", run, re.MULTILINE)
    assert command
    assert starts(yaml.safe_load(command[1])) == ()
    kept = {line.strip() for line in (ROOT / ".dockerignore").read_text().splitlines()}
    assert {".git", "var", "*.env"} <= kept


def test_compose_starts_the_same_commands():
    found = yaml.safe_load((ROOT / "compose.yaml").read_text())
    ours = {name: row for name, row in found["services"].items() if row.get("image") == "passerelle"}
    assert {starts(row["command"]) for row in ours.values()} == PARTS
    assert starts(ours["site"]["command"]) == ()
    for name, row in ours.items():
        assert set(row.get("environment", {})) - SETTINGS == set(), name
        assert (row["read_only"], row["cap_drop"]) == (True, ["ALL"]), name
        for port in row.get("ports", []):
            assert port.startswith("127.0.0.1:"), "behind a proxy"
    for row in found["services"].values():
        assert set(row.get("depends_on", {})) <= set(found["services"])
        assert {volume.partition(":")[0] for volume in row.get("volumes", [])} <= set(found["volumes"])


def test_kubernetes_starts_the_same_commands():
    seen = set()
    for path in KUBERNETES:
        documents = list(yaml.safe_load_all(path.read_text()))
        labels = [each["spec"]["template"]["metadata"]["labels"] for each in documents if containers(each)]
        for document in documents:
            chosen = document["spec"].get("selector", {})
            chosen = chosen.get("matchLabels", chosen)
            assert not chosen or any(chosen.items() <= each.items() for each in labels), document["metadata"]
            for container in containers(document):
                seen.add(starts(container["args"]))
                assert container["securityContext"]["readOnlyRootFilesystem"]
                mounted = {row["name"] for row in container["volumeMounts"]}
                assert {"data", "tmp"} == mounted
                if "--web" in container["args"] or container["args"] == ["start"]:
                    assert container["livenessProbe"]["httpGet"]["path"] == "/livez"
                    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert seen == PARTS
