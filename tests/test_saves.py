"""``save()`` without ``update_fields`` writes every column as it was read: it takes back what others wrote since."""

import ast

from tests.imports import ROOT, modules, tree

WHOLE = {
    "assessments/loading/writing.py": "a new question",
    "cms/services.py": "the site, when it is set up",
    "courses/loading/media.py": "a new picture, document or recording",
    "courses/loading/writing.py": "a course, under the lease of its loading",
    "lms/accounts/merging.py": "a ledger, which is no row, and the closed account behind its lock",
    "lms/accounts/people_admin.py": "a person whose ``save`` writes what the form changed",
    "lms/accounts/services.py": "a new account",
    "placement/services/opportunities.py": "a new opportunity",
}
"""Modules that save a whole row, and which."""
SKIPPED = ("migrations", "demo")
FORMS = {"form", "formset", "super()"}  # what a form saves is its own: ``ModelForm`` reads and writes in one request


def saves_whole(call: ast.Call) -> bool:
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "save"
        and ast.unparse(call.func.value) not in FORMS
        and not call.args
        and not call.keywords
    )


def test_a_row_is_not_written_as_it_was_once_read():
    found = {
        str(path.relative_to(ROOT))
        for module, path in modules().items()
        if not set(SKIPPED) & set(path.parts)
        and any(isinstance(node, ast.Call) and saves_whole(node) for node in ast.walk(tree(module)))
    }
    assert found == WHOLE.keys(), f"give update_fields, or name a new row here: {sorted(found ^ WHOLE.keys())}"
