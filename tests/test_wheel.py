"""``make wheel``: one file that holds the whole site, its texts compiled, and starts it with the same command."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = [pytest.mark.drill, pytest.mark.xdist_group("wheel")]  # slow, and the same from any database


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built from what git would hand out and what ``msgfmt`` made of it, by the recipe of the Makefile."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    folders = ["assessments", "certificates", "cms", "courses", "lms", "locale", "placement", "templates"]
    for name in folders:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("LICENSE", "README.md", "manage.py", "pyproject.toml", "requirements.txt", ".gitignore"):
        shutil.copy(ROOT / name, source / name)
    (recipe,) = re.findall(r"^wheel:.*\n\t(.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    command = recipe.replace("$(BIN)", str(Path(sys.executable).parent)).replace("$(DIST)", str(target))
    subprocess.run(command.split(), cwd=source, check=True, capture_output=True)
    (found,) = target.glob("passerelle-*.whl")
    return found


def test_it_holds_every_file_that_the_site_reads(wheel):
    held = {name.removeprefix("passerelle/") for name in zipfile.ZipFile(wheel).namelist()}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    wanted = {name for name in tracked if name.split("/")[0] in {
        "assessments", "certificates", "cms", "courses", "lms", "locale", "placement", "templates",
    } and "/images/src/" not in name}  # fmt: skip
    wanted |= {"manage.py", "pyproject.toml", "requirements.txt", "locale/fr/LC_MESSAGES/django.mo"}
    wanted -= {"lms/launch.py"}
    assert wanted - held == set()
    assert [name for name in held if "__pycache__" in name or name.startswith(("tests/", "docs/", "var/"))] == []


def test_its_command_is_that_of_the_site(wheel, tmp_path):
    """Unpacked as an installation does, started from a folder of its own: code and data are where they belong."""
    site, here = tmp_path / "site-packages", tmp_path / "here"
    zipfile.ZipFile(wheel).extractall(site)
    here.mkdir()
    (points,) = site.glob("passerelle-*.dist-info/entry_points.txt")
    assert "passerelle = passerelle:main" in points.read_text()
    call = "import passerelle; passerelle.main()"
    for arguments in (["check"], ["shell", "-c", "import lms.wsgi, os; from django.conf import settings as s; "
                                 "print(lms.wsgi.__file__, s.DATA_DIR, os.environ['PYTHONPATH'])"]):  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", call, *arguments], cwd=here, capture_output=True, text=True,
            env={"PYTHONPATH": str(site), "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    file, data, path = done.stdout.split()[-3:]
    assert file == str(site / "passerelle" / "lms" / "wsgi.py")
    assert data == str(here / "var")
    assert path.split(":")[0] == str(site / "passerelle"), "the processes that it starts find it too"
