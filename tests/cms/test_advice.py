"""Advice to authors: each rule alone, at its limit."""

import pytest
from django.utils import translation

from cms.advice import HARD_LIX, HEAVY_BYTES, LONG_SENTENCE, AdviceKind, advise, lix, sentences, text_of_html, words
from cms.blocks import ContentBlocks

CHECK = ("self_check", {"question": "Oui ?", "options": [{"text": "Oui", "correct": True, "feedback": "Oui."}] * 2})


def kinds(*blocks, weight=1000):
    stream = ContentBlocks().to_python([{"type": kind, "value": value} for kind, value in blocks])
    return [advice.kind for advice in advise(stream, weight)]


def text(*sentence_lengths, word="mot"):
    return ("text", "<p>" + " ".join(" ".join([word] * length) + "." for length in sentence_lengths) + "</p>")


def test_a_good_lesson_is_left_in_peace():
    assert kinds(text(8, 12), CHECK) == []


@pytest.mark.parametrize(("weight", "expected"), [(HEAVY_BYTES, []), (HEAVY_BYTES + 1, [AdviceKind.WEIGHT])])
def test_heavy(weight, expected):
    assert kinds(text(5), CHECK, weight=weight) == expected


def test_the_weight_it_says_is_above_the_one_it_calls_good():
    stream = ContentBlocks().to_python([])
    with translation.override("en"):
        assert "16 kB on a phone; up to 15 kB" in advise(stream, HEAVY_BYTES + 1)[0].text


@pytest.mark.parametrize(
    ("alt", "expected"), [("Un mur", []), ("  ", [AdviceKind.ALTERNATIVE]), ("", [AdviceKind.ALTERNATIVE])]
)
def test_a_picture_without_words(alt, expected):
    assert kinds(("image", {"image": None, "alt": alt, "caption": "Vu"}), CHECK) == expected


@pytest.mark.parametrize("kind", ["audio", "video"])
@pytest.mark.parametrize(
    ("transcript", "expected"),
    [("<p>Allô ?</p>", []), ("", [AdviceKind.TRANSCRIPT]), ("<p>&nbsp;</p>", [AdviceKind.TRANSCRIPT])],
)
def test_a_recording_without_transcript(kind, transcript, expected):
    assert kinds((kind, {"media": None, "transcript": transcript}), CHECK) == expected


@pytest.mark.parametrize(("length", "expected"), [(LONG_SENTENCE, []), (LONG_SENTENCE + 1, [AdviceKind.SENTENCE])])
@pytest.mark.parametrize("wrap", [
    lambda html: ("text", html), lambda html: ("tip", {"title": "", "text": html}),
    lambda html: ("steps", {"steps": [html, "<p>fin</p>"]}),
])  # fmt: skip
def test_a_long_sentence_wherever_it_is_read(wrap, length, expected):
    assert kinds(wrap(text(length)[1]), CHECK) == expected


def test_the_longest_sentence_is_named():
    stream = ContentBlocks().to_python([{"type": "text", "value": "<p>Ici on lit " + "un mot " * 20 + ".</p>"}])
    with translation.override("en"):
        assert "Ici on lit un mot un mot un…" in advise(stream, 0)[0].text


def test_hard_words():
    assert kinds(text(*[10] * 7, word="difficile"), CHECK) == [AdviceKind.LIX]
    assert kinds(text(*[10] * 5, word="difficile"), CHECK) == [], "too few words to say anything"


def test_code_and_tables_are_not_prose():
    table = ("table", {"caption": "", "rows": "mot " * 60})
    assert kinds(table, ("code", {"code": "mot " * 60}), CHECK) == []


def test_no_self_check():
    assert kinds(text(5)) == [AdviceKind.SELF_CHECK]
    assert kinds() == [AdviceKind.SELF_CHECK]


def test_lix_by_hand():
    assert lix("Le chat dort. Le chien regarde.") == pytest.approx(6 / 2 + 100 / 6)
    assert lix("...") == 0
    assert lix("Vous tapez un mot. Vous le lisez. Il est juste.") < HARD_LIX


def test_sentences_and_words():
    assert sentences("Un. Deux ! 10 h 30 et 1,5. – Trois ?") == ["Un", "Deux", "10 h 30 et 1,5", "– Trois"]
    assert words("l’image d'un porte-clé, 12 fois") == ["l", "image", "d", "un", "porte-clé", "fois"]
    assert text_of_html("<ul><li>un</li><li>deux &amp; trois</li></ul>").split("\n") == ["un", "deux & trois", ""]
