"""Transcription: what a transcript earns, what its author and its learner are told."""

import random
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from assessments.question_types import InvalidResponse, Submission, get_question_type, work_words
from assessments.question_types.base import Unlike

from .examples import SPECS

KIND = get_question_type("transcribe")
GOLD = "Bonjour, c'est madame Seck. Je voudrais deux sacs de riz de 25 kilos, livrés à Thiès lundi à 10 h 30."
SPEC: dict[str, Any] = {
    "language": "fr",
    "gold": GOLD,
    "critical": "Seck\n25",
    "same": "2 = deux",
    "wer": 15,
    "cer": 10,
}


@pytest.mark.parametrize(
    ("typed", "changes", "fraction"),
    [
        (GOLD, {}, "1"),
        ("bonjour c’est madame SECK je voudrais euh 2 sacs de riz de 25 kilos livrés à thiès lundi à 10h30", {}, "1"),
        (GOLD.replace("sacs", "sac"), {}, "0.95"),  # 1 of 20 words
        (GOLD.replace("sacs de riz", "sacs"), {}, "0.9"),
        (GOLD.replace("sacs", "sac"), {"wer": 4}, "0"),
        (GOLD.replace("sacs", "sac"), {"cer": 2}, "0.95"),
        (GOLD.replace("sacs", "sac"), {"cer": 0}, "0"),
        (GOLD.replace("Seck", "Sek"), {}, "0"),
        (GOLD.replace("25", "52"), {}, "0"),
        (GOLD.replace("livrés à Thiès", ""), {"cer": 20}, "0.85"),
        (GOLD.replace("livrés à Thiès", ""), {}, "0"),  # long words: few of all words, many characters
        (GOLD.replace("livrés à Thiès lundi", ""), {}, "0"),
        (GOLD.lower(), {"case": True}, "0"),
        (GOLD.replace("Bonjour,", "Bonjour"), {"punctuation": True}, "0.95"),
        ("Seck 25", {}, "0"),
        (GOLD + " Seck" * 300, {}, "0"),
        ("...", {}, "0"),
    ],
)
def test_a_transcript_earns_its_share_of_right_words_within_the_limits(typed, changes, fraction):
    assert KIND.grade({**SPEC, **changes}, {"text": typed}).fraction == Decimal(fraction)


def test_an_error_is_told_by_its_place_and_never_by_its_right_word():
    typed = GOLD.replace("sacs de riz", "caisses riz").replace("Seck", "Sek") + " merci"
    with translation.override("en"):
        told = KIND.grade(SPEC, {"text": typed}).feedback
    assert told[0] == "1 critical word or number is wrong or missing."
    assert "WER" in told[1]
    assert told[3:] == (
        "After “madame”: not “sek”.",
        "After “2”: a word is missing.",
        "After “2”: not “caisses”.",
        "After “10h30”: “merci” is one word too many.",
    )
    assert not any(word in " ".join(told) for word in ("Seck", "seck", "sacs"))


def test_a_text_that_is_far_away_is_not_taken_apart():
    with translation.override("en"):
        told = KIND.grade(SPEC, {"text": "rien de tout cela " * 100}).feedback
    assert told[-1] == "More than half of the words differ: listen or read again from the beginning."
    assert len(KIND.explain(SPEC, {"text": "rien de tout cela " * 100})["lines"]) == 1


def test_the_review_sets_what_was_written_beside_what_belongs_there():
    lines = KIND.explain(SPEC, {"text": GOLD.replace("Bonjour", "Bonsoir")})["lines"]
    assert [(line["given"], line["expected"]) for line in lines[1:]] == [("bonsoir", "bonjour")]
    assert KIND.explain(SPEC, {})["lines"][0]["expected"] == GOLD


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"gold": ""}, "gold"),
        ({"gold": "euh !", "critical": ""}, "gold"),
        ({"gold": "mot " * 300}, "gold"),
        ({"language": "de"}, "language"),
        ({"critical": "Diop"}, "critical"),
        ({"critical": "..."}, "critical"),
        ({"critical": "Seck\n" * 21}, "critical"),
        ({"same": "douze"}, "same"),
        ({"same": "12 ="}, "same"),
        ({"same": "12 = " + "mot " * 9}, "same"),
        ({"same": "1 = un\n" * 21}, "same"),
        ({"wer": 101}, "wer"),
        ({"cer": None}, "cer"),
        ({"case": "yes"}, "case"),
        ({"sound": "x.ogg"}, "sound"),
    ],
)
def test_the_editor_names_what_is_wrong(changes, field):
    assert {problem.field for problem in KIND.validate({**SPEC, **changes})} == {field}


def test_a_critical_word_is_found_however_it_is_written():
    assert KIND.validate({**SPEC, "critical": "10h30\nseck\ndeux sacs\n2 sacs"}) == []


def test_what_is_shown_tells_of_the_rule_and_not_of_the_words():
    shown = KIND.public({**SPEC, "sound": 7}, random.Random(1))
    assert (shown["sound"], shown["rule"]["critical"], shown["rule"]["wer"]) == (7, 2, 15)
    assert not any(word in str(shown) for word in ("Seck", "riz", "25", "deux"))


def test_a_text_that_is_too_long_is_refused_in_words():
    with pytest.raises(InvalidResponse, match="2000"):
        KIND.read(SPEC, KIND.public(SPEC, random.Random(1)), Submission({"answer": ["x" * 2001]}))


def test_rates_of_a_work_are_pooled_and_an_empty_task_is_all_errors():
    typed = GOLD.replace("Seck", "Sek").replace("sacs", "sac")
    done = KIND.work_done([(SPEC, typed), (SPEC, GOLD), (SPEC, None)])
    assert (done["tasks"], done["words"], done["word_errors"]) == (3, 60, 2 + 20)
    assert (done["critical"], done["critical_wrong"]) == (6, 1 + 2)
    with translation.override("en"):
        assert work_words("transcribe", done)[0] == "word errors (WER): 36.7%, 22 in 60 words"
    assert work_words("transcribe", {"of another version": 1}) == []


def test_the_gold_text_earns_everything_and_the_text_of_another_task_nothing():
    rng = random.Random(1)
    assert KIND.grade(SPEC, KIND.gold(SPEC)).correct
    assert KIND.grade(SPEC, KIND.guess(SPEC, [SPECS["transcribe"], SPECS["single"]], rng)).fraction == 0
    assert KIND.guess(SPEC, [], rng) is None


def test_a_row_of_a_course_folder_has_no_place_for_a_recording():
    assert not KIND.needs_picture({**SPEC, "sound": 7})
    assert KIND.needs_picture(SPEC)
    with pytest.raises(Unlike):
        KIND.to_folder({"fr": {**SPEC, "sound": 7}})


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        (GOLD, []),
        (GOLD.replace("Seck", "Sek").replace("sacs de", "sacs") + " merci", [("5", "seck", "sek"), ("10", "de", "")]),
    ],
)
def test_figures_count_each_word_of_the_gold_text_whatever_was_typed(typed, wrong):
    rows = KIND.counted(SPEC, {"text": typed})
    assert [row["label"] for row in rows] == [str(number) for number in range(1, 21)]
    assert [(row["label"], row["expected"], row["given"]) for row in rows if not row["right"]] == wrong


@pytest.mark.parametrize("response", [{}, {"text": "rien de tout cela " * 100}, {"text": 3}])
def test_of_a_text_that_is_far_away_no_word_is_counted_right(response):
    assert [row["right"] for row in KIND.counted(SPEC, response)] == [False] * 20
