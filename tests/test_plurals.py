"""One is one: "1 people", "1 jours" stand nowhere, in neither language. A walk over every sentence with a number."""

import re
from pathlib import Path

import polib
import pytest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import ngettext

from assessments.question_imports import read_entries
from lms.lib.parsing import UnreadableFileError
from placement.filters import hours_label
from placement.words import hours_words

ROOT = Path(__file__).resolve().parent.parent
COUNTED = (
    "account|answer|attempt|bracket|byte|candidate|card|certificate|character|code|course|day|digit|employer|error|"
    "figure|file|group|hour|learner|lesson|letter|line|locale|mark|message|minute|month|month|name|offer|opportunity|"
    "page|people|picture|place|point|position|question|referral|row|second|sentence|skill|step|time|trainer|try|visit|"
    "week|word|year"
)
PLURAL = "|".join(w if w == "people" else w[:-1] + "ies" if w.endswith("y") and w != "day" else w + "s"
                  for w in COUNTED.split("|"))  # fmt: skip
NUMBER = r"(?:%(?:\(\w+\))?[sd]|\{\w*\})"
ENGLISH = re.compile(rf"{NUMBER}\s+(?:(?!and\b|of\b|to\b|in\b|has\b|is\b|at\b)[a-z]+\s+){{0,2}}(?:{PLURAL})\b")
NEVER_ONE = {  # the number is a constant of the code, greater than one, or no number at all
    "Your answer is too long. Write at most %(limit)s characters.", "PDFs given up after %(tries)d tries: %(count)d.",
    "Sentences of more than %(most)s words: %(count)s. The longest begins “%(start)s…”.",
    "This text is longer than %(most)s characters.", "Write %(most)s letters at most",
    "The file has more than %(most)s bytes", "%(name)s is empty or has more than %(most)s bytes",
    "This text has more than %(most)s square brackets.", "The folder has more than %(most)s files",
    "Use at least %(count)d characters.",
    "At least %(count)d digits or letters. Avoid 123456 and your date of birth.",
    "At least %(count)d digits or letters. You see what you type: make sure that nobody is watching.",
    "The file has more than %(limit)d rows. Split it into several files.",
    "At most %(most)d characters: “%(text)s …” has %(length)d.",
    "Referrals given up after %(tries)d tries: %(count)d.", "At most %(shown)s rows of each kind are shown here.",
    "Available in %(translations_total)s locales",  # Wagtail's, which has a text of its own for one
    "A cell of row %(row)d is longer than %(limit)d characters. Shorten it, or delete its column.",
    "%(key)s names questions that do not exist: %(names)s", "The mail server %(host)s answers.",
    "%(key)s contains characters other than letters, digits and hyphens",
    "Noted: %(one)s and %(other)s are two people. You can undo this below.",
    "More than %(count)s employers asked to join within one hour. The others are in the list of those who wait.",
    "At most %(count)d hours a week: the law does not normally allow more.",
    "Where there are fewer than %(few)s people, but not none, their number is not shown.",
    "Opportunities written in the last %(days)s days, and those open today; for each, its essential "
    "skills.",
    "You have sent %(count)d messages in 24 hours here, which is the limit. Write again tomorrow.",
    "More than %(most)s people match: no alert is sent for so many. Add a filter, and save the search again.",
    "%(employer)s offers you work: “%(title)s”. Read the offer, then say yes or no.",
}  # fmt: skip


def entries() -> list[polib.POEntry]:
    return [e for e in polib.pofile(str(ROOT / "locale/fr/LC_MESSAGES/django.po")) if not e.obsolete]


def test_every_counted_noun_has_its_singular():
    wrong = [e.msgid for e in entries() if not e.msgid_plural and ENGLISH.search(e.msgid)]
    assert set(wrong) - NEVER_ONE == set(), "use ngettext, or {% plural %}"
    assert set(wrong) >= NEVER_ONE, "the list of exceptions names sentences that are gone"


FRENCH = re.compile(
    rf"{NUMBER}\s+(?:[a-zéèêà’-]+\s+)?(?:personnes|jours|heures|minutes|semaines|ans|années|questions|lignes|points|"
    r"fichiers|comptes|essais|réponses|étapes|pages|images|leçons|compétences|langues|messages|certificats|employeurs|"
    r"apprenants|opportunités|offres|caractères|mots|codes|cartes|notes|autres|visites|candidatures)\b"
)


def test_nor_does_french_count_one_or_none_in_the_plural():
    wrong = [e.msgid for e in entries() if not e.msgid_plural and FRENCH.search(e.msgstr)]
    wrong += [e.msgid for e in entries() if e.msgid_plural and FRENCH.search(e.msgstr_plural[0])]
    no_number = {"Add - assessment: %(key)s to the steps of a module, or delete it here",
                 "Together, the right choices earn %(percent)s of the points."}  # fmt: skip
    assert set(wrong) - NEVER_ONE - no_number == set()


def test_both_forms_are_written_in_both_languages():
    for entry in entries():
        if not entry.msgid_plural:
            continue
        assert entry.msgid != entry.msgid_plural, entry.msgid
        assert sorted(entry.msgstr_plural) == [0, 1], entry.msgid
        numbers = [sorted(re.findall(r"%\(\w+\)[sd]|%[sd]", text)) for text in entry.msgstr_plural.values()]
        assert numbers[0] == numbers[1], entry.msgid


def test_no_template_puts_a_noun_behind_a_number_by_itself():
    noun = re.compile(
        rf"\}}\}}\s*(?:\{{% translate ['\"](?:{PLURAL})\b|(?:{PLURAL})\b(?![^%{{]*\{{% endblocktranslate))"
    )
    found = [
        str(file.relative_to(ROOT))
        for file in (ROOT / "templates").rglob("*.html")
        for line in re.sub(r"\{% blocktranslate.*?endblocktranslate %\}", "", file.read_text(), flags=re.S).splitlines()
        if noun.search(line) or "pluralize" in line
    ]
    assert found == []


@pytest.mark.parametrize("text", [
    "%(count)s people", "There are %(count)d new questions", "%s hours or more", "%(n)d more open steps", "{n} days",
])  # fmt: skip
def test_the_law_sees(text):
    assert ENGLISH.search(text)


@pytest.mark.parametrize(("count", "fr", "en"), [
    (0, "0 jour", "0 days"), (1, "1 jour", "1 day"), (2, "2 jours", "2 days"),
])  # fmt: skip
def test_nought_is_singular_in_french(count, fr, en):
    for language, wanted in (("fr", fr), ("en", en)):
        with translation.override(language):
            assert ngettext("%(count)d day", "%(count)d days", count) % {"count": count} == wanted


@pytest.mark.parametrize("language", ["fr", "en"])
def test_one_is_one(language):
    plural = r"1 (people|days|hours|points|personnes|jours|heures)\b"
    with translation.override(language):
        told = [
            hours_label("1"), hours_words({"need": 1, "found": 0}),
            render_to_string("opportunities/_rate.html", {"rate": {"is_known": True, "sent": 1, "answered": 0}}),
        ]  # fmt: skip
        for text in told:
            assert "1" in text
            assert not re.search(plural, text), text


def test_an_empty_file_of_questions_is_told_in_the_singular():
    with translation.override("fr"), pytest.raises(UnreadableFileError, match="0 question"):
        read_entries(b"// nothing\n")
