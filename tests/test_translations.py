"""Every string has French words, and the catalogue is up to date with the code."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = sorted(ROOT.glob("locale/*/LC_MESSAGES/django.po"))


def test_there_is_a_french_catalogue():
    assert "fr" in [path.parts[-3] for path in CATALOGUES]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_string_is_translated(path):
    catalogue = polib.pofile(str(path))
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_translations_keep_their_placeholders(path):
    done = subprocess.run(["msgfmt", "--check", "-o", "/dev/null", str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_french_speaks_to_people_as_vous():
    """ "Tu" never slips in; the typewriter's apostrophe neither."""
    catalogue = polib.pofile(str(ROOT / "locale/fr/LC_MESSAGES/django.po"))
    texts = [(e.msgid, text) for e in catalogue for text in (e.msgstr, *e.msgstr_plural.values())]
    tu = [m for m, text in texts if set(text.lower().replace("’", " ").split()) & {"tu", "toi", "ton", "tes"}]
    assert tu == []
    assert [m for m, text in texts if "'" in text and "%" not in text and "{" not in text] == []


NARROW, WIDE = "\u202f", "\u00a0"
WRONG_SPACES = {
    rf"[^\s«{NARROW}][;!?](?=\s|$)|[ {WIDE}][;!?](?!\[)(?!{WIDE}»)": "a narrow no-break space (U+202F) before ; ! ?",
    rf"(?<=[^\s:])[ {NARROW}]:(?=$|\s)|^[ {NARROW}]:$": "a no-break space (U+00A0) before :",
    rf"«(?!{WIDE})|(?<!{WIDE})»": "a no-break space (U+00A0) inside « »",
    rf"(?<=[\ds])[ {NARROW}]%%": "a no-break space (U+00A0) before %",
}
"""French spaces at which no line may break. In ``:::`` and ``![`` signs of Markdown are quoted: they are left alone."""


def wrong_spaces(text: str) -> list[str]:
    return [f"{text!r}: {rule}" for pattern, rule in WRONG_SPACES.items() if re.search(pattern, text)]


def test_french_spaces_do_not_break():
    """A plain one lets a lone “?” or “:” fall onto the next line of a phone."""
    catalogue = polib.pofile(str(ROOT / "locale/fr/LC_MESSAGES/django.po"))
    texts = [text for entry in catalogue for text in (entry.msgstr, *entry.msgstr_plural.values())]
    pages = sorted((ROOT / "templates" / "cms" / "starter").glob("*.fr.html"))
    texts += [sentence for page in pages for sentence in re.split(r"<[^>]+>", page.read_text())]
    assert len(pages) == 2
    assert [wrong for text in texts for wrong in wrong_spaces(text)] == []


@pytest.mark.parametrize(
    "text",
    ["Quoi ?", "Quoi\u00a0?", "Quoi?", "Ici : là", "Ici\u202f:", "« a »", "«\u00a0a »", "de 5 %%", "%(mark)s %%"],
)
def test_each_wrong_space_is_found(text):
    assert wrong_spaces(text)


@pytest.mark.parametrize("app", ["lms", "cms", "courses", "assessments", "certificates", "placement"])
def test_no_string_hides_in_another(app):
    """Messages inside an f-string are not collected: they were shown in English on a French page."""
    hidden = [
        f"{path}: {ast.unparse(call)}"
        for path in (ROOT / app).rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and re.search(r"^_$|gettext", ast.unparse(call.func))
    ]
    assert hidden == []


def test_every_string_in_the_code_is_in_the_catalogue(tmp_path):
    if shutil.which("xgettext") is None:
        pytest.skip("no gettext tools (apt-get install gettext)")
    copy = tmp_path / "copy"
    ignore = shutil.ignore_patterns(
        ".venv", "var", ".git", "__pycache__", "node_modules", "demo", ".hypothesis", "*.mo"
    )
    shutil.copytree(ROOT, copy, ignore=ignore, symlinks=True)
    command = [sys.executable, "manage.py", "collect_messages", "--settings", "lms.settings.test"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    collected = {(e.msgctxt, e.msgid) for e in polib.pofile(str(copy / "locale/fr/LC_MESSAGES/django.po"))}
    for path in CATALOGUES:
        kept = {(e.msgctxt, e.msgid) for e in polib.pofile(str(path))}
        assert sorted(m for _c, m in collected - kept) == []
        assert sorted(m for _c, m in kept - collected) == []
