"""One name for one thing: names that were retired (``docs/glossary.md``) do not come back."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("lms", "cms", "courses", "assessments", "certificates", "placement")
MODULES = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
TESTS = [path for folder in ("tests", "bench") for path in sorted((ROOT / folder).rglob("*.py"))]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PROSE = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")),
    *(path for path in sorted((ROOT / "docs").rglob("*.md")) if path.name != "glossary.md"),
    *sorted((ROOT / "templates" / "cms" / "starter").glob("*.en.html")),
]
PROSE_WORDING = {
    r"\bopenings?\b": "opportunity",
    r"\bthe offers\b|\boffers,|\ban offer\b(?! (of work|is))": "opportunity, or offer of work",
    r"\bintroductions?\b": "referral",
    r"\bmend\w*\b": "fix, correct",
    r"\b(she|her|hers|he|his|him)\b": "they, their",
    r"(?<!-)\bmails\b": "e-mails",
    r"\bpublics\b": "audiences",
    r"(?<!\bteam )\bmissions?\b(?! \|)": "assignment, or team mission",
    r"\bcertificates? (is|are|was) drawn\b|\bPDFs?\b.*\bdrawn\b|\bdrawn\b.*\bPDF\b": "generated",
    r"\bpages? (is |are )?drawn\b": "rendered",
    r"\bthe line does\b|\bline that dropped\b|\b(without a|bad) line\b|\bno line,": "connection",
    r"\b(five|invisible|\d+) signs\b|\bbefore a sign\b": "characters",
}
ALLOWED_PROSE = {"an offer is accepted"}

IDENTIFIERS = re.compile(
    r"(^|_)(opening|openings|introduction|introductions|introduce|twin|twins|blame|in_words|face|faces"
    r"|framed|draw_again|suggested|she|her|hers|herself|said|house|thawed)($|_)",
    re.IGNORECASE,
)
LIMITS_OF_NOTHING = {"AT_ONCE", "ENOUGH", "FEW", "LIFE", "MOST", "QUIET", "SILENCE"}  # the name says what is limited
ALLOWED_IDENTIFIERS = {
    ("lms/lib/apps.py", "introduce_languages"),  # makes languages known to Django: nobody is introduced to anybody
    ("lms/lib/languages.py", "introduce_languages"),
    ("assessments/formats/gift.py", "opening"),  # a brace
    ("assessments/formats/gift_blocks.py", "opening"),
}

GENDERED = re.compile(r"(^|_)(she|her|hers|herself|said)($|_)", re.IGNORECASE)
PRONOUNS = re.compile(r"\b(she|her|hers|herself|he|his|him|himself)\b", re.IGNORECASE)

DRAW = re.compile(r"(^|_)(draw|draws|drawn|drawing)($|_)")
DRAWS_QUESTIONS = re.compile(r"^(assessments/|courses/loading/)")
MAY_DRAW = {"certificates/artwork.py", "certificates/pdf.py"}  # lines on paper

WORDING = {
    r"\bopenings?\b": "opportunity",
    r"\bintroduc\w*": "referral",
    r"(?<!\bteam )\bmissions?\b": "assignment, or team mission",
    r"\bmend\w*\b": "fix, correct",
    r"\bsigns\b": "characters",
    r"\b(a|one) line\b, |\bone a line\b": "one per line",
    r"\b(she|her|hers|he|his|him)\b": "they, their",
    r"\bany more\b": "no longer",
    r"\bpoints of 100\b": "points out of 100",
    r"\bPDF is being drawn\b|\bdrawn\b.*\bPDF\b|\bPDF\b.*\bdrawn\b": "generated",
    r"\boffers?\b(?! (of )?work)": "opportunity, or offer of work",
}
ALLOWED_WORDING = {
    "introduction",  # the first words of an assessment, of a page
    "Write the question before the opening brace “{”.",
    "A closing brace “}” has no opening one.",
    "The opening brace “{” is never closed.",
    "%(employer)s offers you work: “%(title)s”. Read the offer, then say yes or no.",
    "No, not any more",
    "%(mark)s after the first day: not any more.",
    "Your answer: no, not any more.",
}


def names_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.alias):
            yield node.asname or node.name


@pytest.mark.parametrize("app", APPS)
def test_no_identifier_is_retired(app: str):
    wrong = []
    for path in MODULES:
        where = str(path.relative_to(ROOT))
        if not where.startswith(f"{app}/"):
            continue
        for name in set(names_in(ast.parse(path.read_text()))):
            unclear = IDENTIFIERS.search(name) or name in LIMITS_OF_NOTHING
            if unclear and (where, name) not in ALLOWED_IDENTIFIERS:
                wrong.append(f"{where}: {name}")
            elif DRAW.search(name) and not DRAWS_QUESTIONS.match(where) and where not in MAY_DRAW:
                wrong.append(f"{where}: {name} (only questions are drawn)")
    assert wrong == []


def retired() -> list[tuple[set[str], list[str]]]:
    """The lines of ``retired_names.txt``: names, and where they are retired (nothing: everywhere)."""
    lines = (ROOT / "tests" / "retired_names.txt").read_text().splitlines()
    rows = [[*line.split(" | "), ""][:3] for line in lines if line and not line.startswith("#")]
    return [(set(row[0].split(", ")), [part for part in row[2].split(", ") if part]) for row in rows]


RETIRED_EVERYWHERE = set().union(*(names for names, where in retired() if not where))
RETIRED_MODULES = set().union(*(names for names, where in retired() if where == ["a module"]))
RETIRED_THERE = [(names, where) for names, where in retired() if where and "/" in where[0]]


def test_the_table_of_retired_names_is_read():
    assert {"renew", "bump_trees"} <= RETIRED_EVERYWHERE
    assert {"twins", "cms/powers"} <= RETIRED_MODULES
    assert ({"hours"}, ["lms/accounts/quiet.py"]) in RETIRED_THERE
    assert sum(len(names) for names, _ in retired()) == sum(
        map(len, [RETIRED_EVERYWHERE, RETIRED_MODULES, *(names for names, _ in RETIRED_THERE)])
    ), "a row that none of the laws reads"


def defined_in(tree: ast.AST) -> set[str]:
    return {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
    }


def test_no_name_is_one_that_was_retired_as_a_whole():
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in [*MODULES, *TESTS]
        for name in sorted(RETIRED_EVERYWHERE & set(names_in(ast.parse(path.read_text()))))
    ]
    assert wrong == []


def test_no_definition_has_a_name_that_was_retired_in_its_place():
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in MODULES
        for names, places in RETIRED_THERE
        if str(path.relative_to(ROOT)).startswith(tuple(places))
        for name in sorted(names & defined_in(ast.parse(path.read_text())))
    ]
    assert wrong == []


def remarks_in(source: str) -> Iterator[tuple[int, str]]:
    """The comments and the docstrings of a module, each with its line."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                yield first.lineno, str(first.value.value)


def test_no_name_in_a_test_has_a_gender():
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in TESTS
        for name in sorted(set(names_in(ast.parse(path.read_text()))))
        if GENDERED.search(name)
    ]
    assert wrong == []


def test_no_variable_of_a_template_has_a_gender():
    """Words between quotes are texts, not names."""
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in TEMPLATES
        for tag in re.findall(r"\{[{%#].*?[#%}]\}", path.read_text(), re.DOTALL)
        for name in re.findall(r"\w+", re.sub(r"\"[^\"]*\"|'[^']*'", "", tag))
        if GENDERED.search(name)
    ]
    assert wrong == []


@pytest.mark.parametrize("app", [*APPS, "bench", "tests"])
def test_a_person_in_a_remark_has_no_gender(app: str):
    """In comments and docstrings. Women and men of the demo have names, and speak in files of text."""
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {found[0]}"
        for path in [*MODULES, *TESTS]
        if path.relative_to(ROOT).parts[0] == app
        for line, text in remarks_in(path.read_text())
        if (found := PRONOUNS.search(text))
    ]
    assert wrong == []


REMARKS = re.compile(
    r"\btwins\b|\bpublics\b|\b(each|every) public\b|(?<![-/\w.`])mails?\b(?! server| scanner)"
    r"|\b(pages?|bodies|certificates?|previews?|PDFs?|fields?) (is |are |was )?(not )?drawn\b"
    r"|\btemplate tags draw\b|\bdear(est)?\b|\bwithout a line\b|\bbad line\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("app", [*APPS, "bench", "tests"])
def test_no_docstring_or_comment_uses_a_name_that_was_retired(app: str):
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {found.group()}"
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts and path != Path(__file__)
        for line, text in remarks_in(path.read_text())
        if (found := REMARKS.search(text))
    ]
    assert wrong == []


@pytest.mark.parametrize("app", [*APPS, "bench", "tests"])
def test_no_docstring_or_comment_says_it_in_a_retired_word(app: str):
    words = re.compile(r"(\b|_)mend\w*|\bPDFs?\b.*\bdraw(n|s|ing)?\b|\bdraw(n|s|ing)?\b.*\bPDFs?\b", re.IGNORECASE)
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts and path != Path(__file__) and "loading" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if words.search(line)
    ]
    assert wrong == []


def test_no_module_has_a_retired_name():
    assert [str(path.relative_to(ROOT)) for path in MODULES if path.stem in RETIRED_MODULES] == []
    assert [name for name in sorted(RETIRED_MODULES) if (ROOT / f"{name}.py").exists() or (ROOT / name).is_dir()] == []


def test_no_template_speaks_of_what_was_renamed():
    words = re.compile(r"[\"'{ .](openings?|introductions?|twins?|faces?)[\"'} .|]|\boffers[:/]")
    wrong = [
        f"{path.relative_to(ROOT)}: {match[0]}" for path in TEMPLATES for match in words.finditer(path.read_text())
    ]
    assert wrong == []


def foreign() -> set[str]:
    """Wagtail's own words, of which only the French is ours."""
    tree = ast.parse((ROOT / "cms" / "wagtail_words.py").read_text())
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_no_english_text_says_it_in_a_retired_word():
    catalogue = polib.pofile(ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po")
    skipped = ALLOWED_WORDING | foreign()
    wrong = [
        f"{text!r}: {better}"
        for entry in catalogue
        for text in filter(None, (entry.msgid, entry.msgid_plural))
        if text not in skipped
        for pattern, better in WORDING.items()
        if re.search(pattern, text, re.IGNORECASE)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.name)
def test_no_page_for_readers_says_it_in_a_retired_word(path: Path):
    """README, docs, CHANGELOG and the first pages of a site; words in code spans are names of code."""
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {found[0]} ({better})"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for pattern, better in PROSE_WORDING.items()
        for found in re.finditer(pattern, re.sub(r"`[^`]*`", "", line), re.IGNORECASE)
        if not any(allowed in line for allowed in ALLOWED_PROSE)
    ]
    assert wrong == []


PLACEHOLDER = re.compile(r"%(\(\w+\))?[sd]|%%")
SMALL = {"a", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"}


def is_a_piece(entry: polib.POEntry) -> bool:
    """A text that no translator can turn: a colon, a small word, half a sentence. Where only placeholders are left,
    a context says what they are.
    """
    text = entry.msgid
    bare = PLACEHOLDER.sub("", text)
    return (
        (not entry.msgctxt and not re.search(r"\w", bare))
        or text.strip().lower() in SMALL
        or text != text.strip()
        or bool(re.search(r",$|\b(and|or)$|^,", text))
        or bool(re.search(r"\w%\(", text))  # a word that a blank would have to come with
        or bool(re.fullmatch(r"[a-z ]+(,[a-z][a-z ]*)+", text))  # "yes,no,maybe" of a filter
    )


@pytest.mark.parametrize(
    "text", [" to ", ".", ":", "a bank%(filter)s", "yes,no,unknown again", "or", "Cards, and", "Write,", "%(a)s %(b)s"]
)
def test_the_law_sees_pieces(text):
    assert is_a_piece(polib.POEntry(msgid=text))


def test_no_text_is_a_piece_of_a_sentence():
    catalogue = polib.pofile(ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po")
    skipped = foreign()
    assert [e.msgid for e in catalogue if is_a_piece(e) and e.msgid not in skipped] == []


PERCENT_IN_PYTHON = re.compile(r"[0-9}][ \u00a0\u202f]?%$|[0-9}][ \u00a0\u202f]%[^\w(]")
PERCENT_IN_TEMPLATES = re.compile(r"\}\}(&nbsp;|[ \u00a0\u202f])?%(?!\})|\d(&nbsp;|[ \u00a0\u202f])%(?!\})")


def test_percentages_are_written_in_one_place():
    """``lms.lib.percentages.percent`` and its filter: "80%" in English, "80 %" in French."""
    catalogue = polib.pofile(ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po")
    wrong = [entry.msgid for entry in catalogue if "%%" in entry.msgid and entry.msgctxt != "a percentage"]
    wrong += [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in TEMPLATES
        if path.name != "styleguide.html"
        for found in PERCENT_IN_TEMPLATES.finditer(path.read_text())
    ]
    for path in MODULES:
        if path.name == "gift_write.py":  # "%50%" is the format's own
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr) and PERCENT_IN_PYTHON.search(ast.unparse(node)[2:-1]):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}")
    assert wrong == []


def test_no_french_text_calls_an_opportunity_an_offer():
    catalogue = polib.pofile(ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po")
    wrong = [
        text
        for entry in catalogue
        for text in (entry.msgstr, *entry.msgstr_plural.values())
        if re.search(r"\boffres?\b(?! d’embauche)", text, re.IGNORECASE) and "Lisez l’offre" not in text
    ]
    assert wrong == []


def test_every_term_of_the_glossary_has_its_french():
    rows = [
        line.split("|") for line in (ROOT / "docs" / "glossary.md").read_text().splitlines() if line.count("|") == 6
    ]
    assert len(rows) > 30
    assert [row[1] for row in rows if not row[1].strip() or not row[2].strip()] == []
