"""What is found in the words of employers, what is not, and that no disguise and no length changes it."""

import unicodedata

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from placement.text_checks import checking
from placement.text_checks.advice import HOW, NAMES, advice
from placement.text_checks.checking import check_text
from placement.text_checks.findings import Certainty, FindingKind
from placement.text_checks.patterns import Matcher, patterns_of
from placement.text_checks.reading import LOOK_ALIKES, tokens_of
from tests.placement.text_checks.phrases import DOUBTFUL, FINE, SURE, lines

REFUSED = [(name, phrase) for name, text in SURE.items() for phrase in lines(text)]
TWINS = {latin: chr(other) for other, latin in LOOK_ALIKES.items()}  # a letter for each that looks like it
UNITS = [
    "moins de ", "jeune femme ", "frais ", "5 000 fcfa ", "pas de ", "a@b.c ", "77 ", "f e m m e ", "recherche ",
    "sans ", "7 jours sur ", "entre 20 et ", "x.y.", "+", "femme uniquement ",
]  # fmt: skip
MATCHERS = [each for each in vars(checking).values() if isinstance(each, Matcher)]
NOTHING = ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u3164", "\u0301", "\ufe0f"]


def named(text: str) -> set[str]:
    return {f"{row.kind}:{row.subject}" for row in check_text(text) if row.certainty == Certainty.SURE}


@pytest.mark.parametrize(("name", "phrase"), REFUSED)
def test_what_harms_is_found_for_sure(name, phrase):
    assert name in named(phrase)


@pytest.mark.parametrize("phrase", lines(DOUBTFUL))
def test_what_may_harm_is_left_to_people(phrase):
    found = check_text(phrase)
    assert found
    assert {row.certainty for row in found} == {Certainty.DOUBTFUL}


@pytest.mark.parametrize("phrase", lines(FINE))
def test_what_harms_nobody_passes(phrase):
    assert check_text(phrase) == []


def test_the_advertisement_that_went_to_ten_women():
    found = check_text(
        "Cherche jeune femme 18-25 ans, catholique. Frais de dossier : 5 000 FCFA, WhatsApp 77 123 45 67."
    )
    assert [(row.kind, row.subject) for row in found if row.certainty == Certainty.SURE] == [
        (FindingKind.CRITERION, "sex"), (FindingKind.CRITERION, "age"), (FindingKind.CRITERION, "religion"),
        (FindingKind.FEE, "fee"), (FindingKind.CONTACT, "messenger"),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "phrase"), REFUSED)
def test_a_finding_names_the_very_words(name, phrase):
    text = f"Début.\n{phrase}\nFin."
    for row in check_text(text):
        assert text[row.start : row.end] == row.words
        assert row.words.strip()


def test_a_fair_word_does_not_cover_what_follows_a_but():
    assert named("Sans distinction d’âge, mais jeune femme de préférence") == {"criterion:sex"}
    assert named("Sans distinction d’âge.\nJeune femme, 18-25 ans") == {"criterion:sex", "criterion:age"}
    assert "fee:fee" in named("Formation gratuite. Frais de dossier : 5 000 FCFA")


def disguised(phrase: str, draw) -> str:
    """Other letters, cases, accents, spaces and signs without a width; the same to read."""
    signs = []
    for sign in phrase:
        way = draw(st.integers(0, 5))
        if way == 0:
            sign = sign.swapcase() if len(sign.swapcase()) == 1 else sign
        elif way == 1:
            sign = TWINS.get(sign, sign)
        elif way == 2:
            sign = unicodedata.normalize("NFD", sign)
        elif way == 3 and sign == " ":
            sign = draw(st.sampled_from(["  ", "\u00a0", "\u2009", "\t", " \u200b "]))
        elif way == 4 and sign.isalpha():
            sign = sign + draw(st.sampled_from(NOTHING))
        signs.append(sign)
    return "".join(signs)


@given(st.data())
def test_no_disguise_hides_a_phrase(data):
    name, phrase = data.draw(st.sampled_from(REFUSED))
    text = disguised(phrase, data.draw)
    assert name in named(text), text


@pytest.mark.parametrize("text", ["Jeune f e m m e", "j.e.u.n.e f.e.m.m.e", "ｊｅｕｎｅ ｆｅｍｍｅ", "jeune fеmmе",
                                  "Candidate cath0lique", "JEUNE FEMME", "𝐣𝐞𝐮𝐧𝐞 𝐟𝐞𝐦𝐦𝐞"])  # fmt: skip
def test_known_disguises(text):
    assert named(text) & {"criterion:sex", "criterion:religion"} or check_text(text)  # "femme" alone is doubtful


@given(st.text(max_size=400))
def test_any_text_is_read(text):
    for row in check_text(text):
        assert text[row.start : row.end] == row.words
    assert all(token.start < token.end for token in tokens_of(text))


@pytest.mark.parametrize("unit", UNITS)
def test_the_work_grows_with_the_text_alone(unit):
    """Steps, not seconds: four times the text takes four times the comparisons."""

    def steps(times: int) -> int:
        for each in MATCHERS:
            each.steps = 0
        check_text(unit * times)
        return sum(each.steps for each in MATCHERS)

    assert len(MATCHERS) > 10
    few, many = steps(50), steps(200)
    assert many <= 4.5 * few + 50
    assert many <= 3_000 * 200 * max(1, len(unit.split()))


def test_every_finding_has_words_in_both_languages():
    subjects = {
        (row.kind, row.subject) for text in [*(p for _n, p in REFUSED), *lines(DOUBTFUL)] for row in check_text(text)
    }
    assert subjects <= set(HOW)
    assert {kind for kind, _subject in HOW} == set(FindingKind) == set(NAMES)
    for _name, phrase in REFUSED:
        for row in check_text(phrase):
            with override("en"):
                english = advice(row)
            with override("fr"):
                french = advice(row)
            assert row.words.split()[0] in english
            assert english != french


def test_a_pattern_that_begins_with_nothing_is_a_mistake():
    with pytest.raises(ValueError, match="free"):
        list(patterns_of("x", "..2 femme", {}))
    with pytest.raises(KeyError):
        list(patterns_of("x", "femme ! nobody", {}))
