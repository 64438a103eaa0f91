"""What stands on the inside of a library stands in a seam, with a version guard and a test; a new one is found here."""

import ast
import re
import subprocess
import sys
from importlib import import_module

import pytest
from django.core.checks import run_checks

from lms.lib import seams
from tests.imports import PACKAGES, ROOT, imported, modules, tree

DJANGOS_PROMISE = {"_meta", "_default_manager", "_base_manager", "_state"}  # documented
LOOKING_ONLY = {"settings"}


def is_seam(name):
    """A module of the package, or one that is named in ``SEAMS`` where it stands."""
    return name.startswith("lms.lib.seams") or name in {seam.module for seam in seams.SEAMS}


def is_foreign(target):
    top = target.split(".")[0]
    return top not in PACKAGES and top not in sys.stdlib_module_names


def is_inside(target):
    parts = target.split(".")
    return "internal" in parts or any(part.startswith("_") and not part.startswith("__") for part in parts)


def root_of(node):
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def flat(targets):
    """``a, b = ...`` changes a and b."""
    for target in targets:
        yield from flat(target.elts) if isinstance(target, ast.Tuple | ast.List) else [target]


def foreign_names(name):
    """Local name -> dotted name of what a module has from libraries."""
    found = {}
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0):
            for alias in node.names:
                target = f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
                if is_foreign(target):
                    found[alias.asname or alias.name.split(".")[0]] = target
    return found


def reaches_inside(name):
    """Lines of a module that use or change what a library keeps for itself."""
    foreign = foreign_names(name)
    for target, node in imported(name):
        if is_foreign(target) and is_inside(target):
            yield f"{name}:{node.lineno} imports {target}"
    own = set(re.findall(r"\b(?:def |self\.|cls\.)(_[a-z]\w*)", modules()[name].read_text()))
    for node in ast.walk(tree(name)):
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else targets
        targets = node.targets if isinstance(node, ast.Delete) else targets
        for target in flat(targets):
            root = root_of(target)
            if isinstance(target, ast.Attribute | ast.Subscript) and root in foreign and root not in LOOKING_ONLY:
                yield f"{name}:{node.lineno} changes {ast.unparse(target)}"
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called.endswith((".unregister", ".disconnect", ".__enter__", ".__exit__")):
                yield f"{name}:{node.lineno} calls {called}"
            if called == "setattr" and root_of(node.args[0]) in foreign:
                yield f"{name}:{node.lineno} changes {ast.unparse(node.args[0])}"
        if isinstance(node, ast.Attribute) and re.match(r"_[a-z]", node.attr):
            is_own = node.attr in DJANGOS_PROMISE or (node.attr in own and root_of(node) in {"self", "cls"})
            if not is_own:
                yield f"{name}:{node.lineno} uses {ast.unparse(node)}"
        if isinstance(node, ast.ClassDef) and (found := vars(import_module(name)).get(node.name)):
            bases = [base for base in found.__mro__[1:] if is_foreign(base.__module__)]
            for method in node.body:
                is_hidden = isinstance(method, ast.FunctionDef) and re.match(r"_[a-z]", method.name)
                if is_hidden and any(hasattr(base, method.name) for base in bases):
                    yield f"{name}:{method.lineno} overrides {method.name}"


def test_nothing_reaches_inside_a_library_but_seams():
    wrong = [line for name in modules() if not is_seam(name) for line in reaches_inside(name)]
    assert not wrong, "\n".join(wrong)


def test_a_reach_inside_is_seen():
    """The walk itself: seams are what it finds."""
    found = "\n".join(line for name in modules() if is_seam(name) for line in reaches_inside(name))
    for part in (
        "imports allauth",
        "changes PillowImage",
        "overrides _cull",
        "uses queryset._iterable_class",
        "changes SearchView.verbose_name",
        "calls hooks.register_temporarily(name, function).__exit__",
    ):
        assert part in found


def test_every_seam_is_named_and_tested():
    named = {seam.module for seam in seams.SEAMS}
    homes = {name for name in modules() if is_seam(name)} - {"lms.lib.seams", "lms.lib.seams.checks"}
    assert named == homes
    assert [seam.test for seam in seams.SEAMS if not (ROOT / seam.test).exists()] == []
    page = (ROOT / "docs" / "seams.md").read_text()
    assert [seam.module for seam in seams.SEAMS if f"`{seam.module}`" not in page] == []


def test_nothing_is_used_that_a_library_will_take_away():
    """What the site imports and registers before its first request; warnings in tests are errors anyway."""
    going = [part for kind in ("DeprecationWarning", "PendingDeprecationWarning") for part in ("-W", f"error::{kind}")]
    command = [sys.executable, *going, "manage.py", "check"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


@pytest.mark.parametrize("seam", seams.SEAMS, ids=lambda seam: f"{seam.module}-{seam.package}")
def test_the_installed_version_was_tried(seam):
    assert seam.is_tried()


@pytest.mark.parametrize("number", ["9.0", "70.1", "700.0", "0.14.0", "2.0"])
def test_another_version_is_an_error_of_the_check(monkeypatch, number):
    monkeypatch.setattr(seams, "version", lambda package: number)
    wrong = {seam.package for seam in seams.SEAMS if not seam.is_tried()}
    assert {"django", "wagtail", "django-allauth"} <= wrong
    assert [error for error in run_checks() if error.id == "house.E010"]
