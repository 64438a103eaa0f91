"""A template that stands before a library's extends it, or is a known copy whose original has not changed."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import run_checks

from lms.lib.seams import copied_templates
from lms.lib.seams.copied_templates import COPIES, changed, fingerprint, original

OURS = Path(settings.BASE_DIR, "templates")
TO_BE_WRITTEN = {"account", "mfa"}  # allauth: its pages are made to be replaced, its contexts are documented


def test_what_replaces_a_template_of_a_library_is_a_known_copy():
    """A new one: extend the original if a block reaches the place; else a line in COPIES, and one in docs/seams.md."""
    names = [str(path.relative_to(OURS)) for path in OURS.rglob("*") if path.is_file()]
    replaced = {name for name in names if name.split("/")[0] not in TO_BE_WRITTEN and original(name)}
    copied = {name for name in replaced if f'extends "{name}"' not in (OURS / name).read_text()}
    assert len(replaced) > len(copied)  # those that only extend are seen
    assert copied == set(COPIES)


def test_no_original_has_changed():
    """Read what the library changed, bring it into ours, then write down the new fingerprint."""
    assert list(changed()) == []


@pytest.mark.parametrize("name", sorted(COPIES))
def test_a_change_is_seen_and_other_blanks_are_none(name, tmp_path):
    text = original(name).read_text()
    (tmp_path / "same").write_text(re.sub(r"\n\s*", "\n   \n", text))
    (tmp_path / "other").write_text(text.replace("<", "<b ", 1))
    assert fingerprint(tmp_path / "same") == COPIES[name]
    assert fingerprint(tmp_path / "other") != COPIES[name]


def test_the_check_warns_of_a_change_and_of_what_is_gone(monkeypatch):
    monkeypatch.setattr(copied_templates, "COPIES", {sorted(COPIES)[0]: "0" * 16, "wagtailadmin/gone.html": "0" * 16})
    assert len([warning for warning in run_checks() if warning.id == "house.W011"]) == 2
