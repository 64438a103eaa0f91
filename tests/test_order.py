"""What people read stands in the order of the alphabet: a walk over tables, code and forms finds what does not."""

import ast
import re
from collections.abc import Iterator

import pytest
from django import forms
from django.apps import apps
from django.db.models import CharField, SlugField, TextField
from django.utils import translation

from lms.lib.sort_order import Alphabetical, sort_key
from tests.imports import PACKAGES, modules, tree

MACHINE = {"code", "path", "slug", "sort_order", "key", "language", "locale", "model", "name_key", "username_key",
           "state", "sweep", "scope", "username"}  # fmt: skip
"""Columns that machines compare: codes, paths, keys. A user name stands last, to part people of one name."""
WORDS = re.compile(r"\b(full_name|name|names|title|titles|label|labels|prompt)\b")
IN_ORDER = re.compile(r"sort_key|by_label|by_name|Alphabetical|name_key")
MACHINE_SORTED = {  # sorted, but not for people, or not by what they are called
    "lms.accounts.validators:names": "longest first, to take them out of a PIN",
    "lms.accounts.import_headings:title": "words of a title, to compare titles",
    "lms.lib.backups.archive:names": "paths", "lms.lib.backups.making:name": "migrations and paths",
    "lms.lib.backups.upgrading:name": "migrations", "lms.lib.backups.moving:name": "tables",
    "lms.lib.backups.moving:names": "tables", "lms.accounts.figures:name": "workers, for a machine",
    "cms.services:names": "names of permissions", "lms.accounts.identity:name": "words of a name, to compare names",
}  # fmt: skip


def columns() -> set[str]:
    """Names of the text columns that people write."""
    return {
        field.name
        for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES
        for field in model._meta.concrete_fields
        if isinstance(field, CharField | TextField) and not isinstance(field, SlugField) and not field.choices
    } - MACHINE  # fmt: skip


def test_tables_are_in_order():
    known = columns()
    wrong = [
        f"{model._meta.label}: {name}"
        for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES
        for name in model._meta.ordering or ()
        if isinstance(name, str) and name.lstrip("-").rpartition("__")[2] in known
    ]  # fmt: skip
    assert not wrong, f"use Alphabetical: {wrong}"


def disordered(name: str, root: ast.Module, known: set[str]) -> Iterator[str]:
    for node in ast.walk(root):
        if not isinstance(node, ast.Call):
            continue
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        where = f"{name}:{node.lineno}"
        if called == "order_by":
            for word in node.args:
                column = word.value if isinstance(word, ast.Constant) else ""
                if isinstance(column, str) and column.lstrip("-").rpartition("__")[2] in known:
                    yield f"{where} order_by({column!r})"
        if called in {"sorted", "sort"}:
            text = ast.unparse(node)
            found = WORDS.findall(text)
            if found and not IN_ORDER.search(text) and f"{name}:{found[0]}" not in MACHINE_SORTED:
                yield f"{where} {text}"


def test_code_sorts_in_order():
    known = columns()
    wrong = [line for name in modules() if ".demo" not in name for line in disordered(name, tree(name), known)]
    assert not wrong, "use lms/lib/sort_order.py: " + "\n".join(wrong)


@pytest.mark.parametrize("line", [
    "rows.order_by('employer__name')", "rows.order_by('-full_name')", "sorted(people, key=lambda p: p.full_name)",
    "rows.sort(key=lambda row: row.title)", "sorted((skill.name, skill) for skill in skills)",
])  # fmt: skip
def test_the_law_sees(line):
    assert list(disordered("placement.example", ast.parse(line), columns()))


@pytest.mark.parametrize("line", [
    "rows.order_by(Alphabetical('employer__name'), 'pk')", "rows.order_by('sort_key', 'username')",
    "sorted(people, key=lambda p: sort_key(p.full_name))", "sorted(keys)", "by_label(names.items())",
])  # fmt: skip
def test_the_law_lets_pass(line):
    assert not list(disordered("placement.example", ast.parse(line), columns()))


def test_no_template_sorts():
    """``dictsort`` compares bytes."""
    from tests.imports import ROOT

    assert [file.name for file in (ROOT / "templates").rglob("*.html") if "|dictsort" in file.read_text()] == []


def all_forms(kind: type = forms.BaseForm) -> Iterator[type]:
    for sub in kind.__subclasses__():
        if sub.__module__.split(".")[0] in PACKAGES:
            yield sub
        yield from all_forms(sub)


LEADING = 4  # choices at the top of a long list that may have an order of their own: none, the site's languages


@pytest.mark.parametrize("language", ["fr", "en"])
def test_long_lists_to_choose_from_are_in_order(language):
    from placement.form_rows import LanguageRows

    with translation.override(language):
        rows = LanguageRows()
        rows.add_language_rows({})
        lists = {f"{form.__name__}.{name}": field for form in all_forms() for name, field in form.base_fields.items()}
        lists |= rows.fields
        seen = 0
        for name, field in lists.items():
            if not isinstance(field, forms.ChoiceField) or isinstance(field, forms.ModelChoiceField):
                continue
            labels = [str(label) for _value, label in field.choices]
            if len(labels) > 12:
                seen += 1
                assert labels[LEADING:] == sorted(labels[LEADING:], key=sort_key), f"{name} in {language}"
        assert seen >= 3


def test_expressions_survive_migrations():
    path, args, _kwargs = Alphabetical("name").deconstruct()
    assert (path, args) == ("lms.lib.sort_order.Alphabetical", ("name",))
