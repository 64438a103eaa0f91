"""How near a transcript comes to the gold text: against jiwer's values, and what holds for any two texts."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.question_types.transcribed import Errors, Norm, distance, steps_between


@pytest.mark.parametrize(
    ("gold", "typed", "words", "characters"),
    [
        # jiwer 4.0.0: wer and cer
        (["hello world"], ["hello duck"], Fraction(1, 2), Fraction(5, 11)),
        (["the cat sat on the mat"], ["the cat sat mat"], Fraction(1, 3), Fraction(7, 22)),
        (["le chat dort"], ["le chat dort bien ici"], Fraction(2, 3), Fraction(9, 12)),
        (["a b c"], [""], Fraction(1), Fraction(1)),
        (["hello world", "i like monthy python"], ["hello duck", "i like python"], Fraction(1, 3), None),
        (["i can spell", "i hope"], ["i kan cpell", "i hop"], None, Fraction(3, 17)),
    ],
)
def test_rates_are_those_of_the_reference(gold, typed, words, characters):
    done = Errors.total([Errors.of(one.split(), other.split()) for one, other in zip(gold, typed, strict=True)])
    assert words is None or Fraction(done.word_errors, done.words) == words
    assert characters is None or Fraction(done.character_errors, done.characters) == characters


@pytest.mark.parametrize(
    ("one", "other", "steps"), [("kitten", "sitting", 3), ("ca", "abc", 3), ("", "ab", 2), ("ab", "", 2), ("", "", 0)]
)
def test_distances_of_the_literature(one, other, steps):
    assert distance(one, other) == steps


texts = st.text("abc ", max_size=12)
words = st.lists(st.sampled_from(["le", "la", "un", "chat"]), max_size=9)


@given(texts, texts, texts)
def test_a_distance_is_one(one, other, third):
    """None from itself alone, the same both ways, never longer than by way of another text."""
    assert (distance(one, other) == 0) == (one == other)
    assert distance(one, other) == distance(other, one)
    assert distance(one, third) <= distance(one, other) + distance(other, third)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))


@given(words, words)
def test_the_steps_are_the_fewest_and_lead_from_one_text_to_the_other(gold, typed):
    """The table and the bits agree, though neither knows of the other."""
    steps = steps_between(gold, typed)
    assert sum(step.kind != "same" for step in steps) == distance(gold, typed)
    assert [step.gold for step in steps if step.kind != "added"] == gold
    assert [step.typed for step in steps if step.kind != "missed"] == typed
    assert all((step.kind == "same") == (step.gold == step.typed) for step in steps)


@given(words, st.integers(0, 20), st.sampled_from(["chien", "le", ""]))
def test_one_word_more_less_or_other_is_one_error_at_most(gold, place, word):
    place = min(place, len(gold))
    changed = [*gold[:place], *([word] if word else []), *gold[place + 1 :]]
    assert distance(gold, changed) <= 1
    assert distance(gold, [*gold[:place], word, *gold[place:]]) == 1


FRENCH, ENGLISH = Norm("fr"), Norm("en")


@pytest.mark.parametrize(
    ("norm", "one", "other"),
    [
        (FRENCH, "Aujourd’hui, c’est l’été !", "aujourd'hui c' est l' e\u0301te\u0301"),
        (FRENCH, "10 h 30, puis 8 h", "10h30 puis 8h"),
        (FRENCH, "12\u202f500 francs", "12500 francs"),
        (FRENCH, "1,5 %", "1.5%"),
        (FRENCH, "Ma sœur", "ma soeur"),
        (FRENCH, "un rendez-vous", "un rendez vous"),
        (FRENCH, "Euh, je voulais, heu…, dire", "je voulais dire"),
        (FRENCH, "« Bonjour »", "bonjour"),
        (ENGLISH, "I don’t know, um, 12,500 francs", "i don't know 12500 francs"),
        (ENGLISH, "the clients' files", "the clients files"),
        (Norm("fr", case=True, punctuation=True), "« Oui\u202f! » — non", '"Oui!" - non'),
        (FRENCH.with_same([("12", "douze"), ("2e", "deuxième")]), "Douze le deuxième", "12 le 2e"),
        (FRENCH.with_same([("92", "quatre-vingt-douze")]), "quatre vingt douze", "92"),
    ],
)
def test_ways_to_write_the_same(norm, one, other):
    assert norm.words(one) == norm.words(other)


@pytest.mark.parametrize(
    ("norm", "one", "other"),
    [
        (FRENCH, "été", "ete"),
        (FRENCH, "12 500", "12 50"),
        (FRENCH, "10h30", "10h13"),
        (FRENCH, "1,5", "15"),
        (FRENCH, "l'été", "été"),
        (ENGLISH, "don't", "do not"),
        (Norm("fr", case=True), "Dakar", "dakar"),
        (Norm("fr", punctuation=True), "oui, non", "oui non"),
        (Norm("fr", fillers=True), "euh oui", "oui"),
        (FRENCH, "12", "douze"),
    ],
)
def test_ways_to_write_something_else(norm, one, other):
    assert norm.words(one) != norm.words(other)


@given(st.text(max_size=60), st.sampled_from([FRENCH, ENGLISH, Norm("fr", True, True, True)]))
def test_what_is_normal_stays_so(text, norm):
    """Typing what is compared is right: nothing is taken for something else at a second reading."""
    once = norm.words(text)
    assert all(word and " " not in word for word in once)
    assert len(once) <= 2 * len(text) + 1


def test_ways_to_write_the_same_do_not_feed_each_other():
    """Each word is replaced once, so that a text grows by no more than the longest way."""
    norm = FRENCH.with_same([("b b", "a"), ("c c", "b"), ("d d", "c")])
    assert norm.words("a b c") == ["b", "b", "c", "c", "d", "d"]


def test_critical_words_count_wherever_they_stand_and_as_often():
    gold = ["madame", "seck", "et", "monsieur", "seck"]
    critical = [["seck"], ["madame", "seck"]]
    assert Errors.of(gold, gold, critical).critical_wrong == 0
    assert Errors.of(gold, ["madame", "seck", "et", "monsieur", "sek"], critical).critical_wrong == 1
    assert Errors.of(gold, ["seck", "madame", "et", "monsieur", "seck"], critical).critical_wrong == 1
    assert Errors.of(gold, [], critical).critical_wrong == 2


def test_a_long_transcript_is_measured_in_steps_of_its_length():
    """500 words against 1,000, without a table of all pairs."""
    assert distance(["a"] * 500, ["b"] * 1000) == 1000
    assert distance("ab" * 1000, "ba" * 2000) == 2000
