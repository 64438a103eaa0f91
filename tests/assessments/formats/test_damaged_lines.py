"""A fault in one question of a file is told at that question, and takes no other with it. A new format: FORMATS."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from assessments.formats import gift
from assessments.formats.interactions import (
    UNMARKED,
    Choices,
    ImportedAnswer,
    ImportedNumber,
    ImportedPair,
    Ordered,
    Pairs,
    Truth,
    TypedNumber,
    TypedText,
    Unmarked,
)
from assessments.formats.neutral import ImportedQuestion
from assessments.formats.rich import Rich
from assessments.import_entries import Entry, read_questions, refused_file
from lms.lib.parsing import UnreadableFileError

AIKEN = ["Un ?", "A. a", "B. b", "C. c", "ANSWER: A"], ["Deux ?", "A. x", "B. y", "ANSWER: B"]
AIKEN += (["Trois ?", "A) x", "B) y", "ANSWER: A"],)
GIFT = (["// [id:u1] [tag:level:2]", "::Un::Un ? {", "\t=a#oui", "\t~b", "\t####bien", "}"],)
GIFT += ["::Deux::Deux ? {", "\t=a -> b", "\t=c -> d", "}"], ["::Trois::Trois ? {#", "\t=3:1", "\t=%50%4", "}"]


def moodle(kind: str, name: str, *inside: str) -> list[str]:
    return [f'<question type="{kind}">', f"<name><text>{name}</text></name>", "<questiontext>",
            f"<text>{name} ?</text>", "</questiontext>", *inside, "</question>"]  # fmt: skip


MOODLE = (
    moodle("multichoice", "Un", "<single>true</single>", '<answer fraction="100"><text>a</text></answer>',
           '<answer fraction="0"><text>b</text></answer>'),
    moodle("truefalse", "Deux", '<answer fraction="100"><text>true</text></answer>',
           '<answer fraction="0"><text>false</text></answer>'),
    moodle("numerical", "Trois", '<answer fraction="100"><text>3</text>', "<tolerance>1</tolerance>", "</answer>"),
)  # fmt: skip
FORMATS = {
    "aiken": ([], AIKEN, [""], []),
    "gift": ([], GIFT, [""], []),
    "moodle": (['<?xml version="1.0"?>', "<quiz>"], MOODLE, [], ["</quiz>"]),
}
"""What stands before, the three questions, what stands between two, and what stands behind."""

LINE = re.compile(r"\b(?:line|ligne)\W+[0-9]")
DAMAGES = {
    "dropped": lambda lines, at: lines[:at] + lines[at + 1 :],
    "doubled": lambda lines, at: [*lines[: at + 1], *lines[at:]],
    "emptied": lambda lines, at: [*lines[:at], "", *lines[at + 1 :]],
    "cut": lambda lines, at: [*lines[:at], lines[at][: len(lines[at]) // 2], *lines[at + 1 :]],
    "swapped": lambda lines, at: [*lines[:at], *lines[at : at + 2][::-1], *lines[at + 2 :]],
    "first": lambda lines, at: [lines[at], *lines[:at], *lines[at + 1 :]],
    "last": lambda lines, at: [*lines[:at], *lines[at + 1 :], lines[at]],
}


def damaged(name: str) -> Iterator[tuple[str, int, str]]:
    """(what was done, the question it was done to, the file)."""
    before, questions, between, behind = FORMATS[name]
    for place, question in enumerate(questions):
        for at in range(len(question)):
            for kind, damage in DAMAGES.items():
                rows = list(before)
                for number, each in enumerate(questions):
                    rows += [*(between if number else []), *(damage(each, at) if number == place else each)]
                yield f"{question[at]!r} {kind}", place, "\n".join([*rows, *behind, ""])


def usable(entries: list[Entry]) -> set[str]:
    """By the last line of its text: in Aiken a lost line may stand above it, since a text may have empty lines."""
    return {entry.question.prompt.text.splitlines()[-1] for entry in entries if entry.usable and entry.question}


@pytest.mark.parametrize("name", FORMATS)
def test_a_damaged_line_takes_no_other_question_with_it(name):
    faults, count = [], 0
    for what, place, text in damaged(name):
        count += 1
        try:
            entries, _pictures = read_questions(text.encode())
        except UnreadableFileError as error:
            if name != "moodle" or not LINE.search(str(error)):  # XML has one shape, or none: the line is told
                faults.append(f"{what}: {error}")
            continue
        except Exception as error:  # noqa: BLE001
            faults.append(f"{what}: {error!r}")
            continue
        others = {f"{title} ?" for title in ("Un", "Deux", "Trois")} - {f"{['Un', 'Deux', 'Trois'][place]} ?"}
        if not others <= usable(entries):
            faults.append(f"{what}: only {usable(entries)} of\n{text}")
        refused_file(entries)
        told = [problem for entry in entries for problem in entry.problems if problem.refused]
        if not all(problem.line and problem.what and problem.remedy for problem in told):
            faults.append(f"{what}: {told}")
    assert count > 50
    assert not faults, f"{len(faults)} of {count}:\n" + "\n".join(faults[:8])


TEXTS = st.builds(Rich, st.text(alphabet="a={~%#> \n", max_size=6), st.sampled_from(["moodle", "html", "plain"]))
CREDITS = st.decimals(-100, 100, places=2)
ANSWERS = st.lists(st.builds(ImportedAnswer, TEXTS, CREDITS, TEXTS), max_size=2).map(tuple)
NUMBERS = st.builds(ImportedNumber, st.none() | st.decimals(-9, 9, places=1), CREDITS, TEXTS)
PAIRS = st.builds(ImportedPair, TEXTS, st.text("a->", max_size=3))
INTERACTIONS = st.one_of(
    st.builds(Choices, ANSWERS, st.sampled_from(["single", "multiple"])),
    st.builds(Truth, st.sampled_from([None, True, False]), TEXTS, TEXTS),
    st.builds(TypedText, ANSWERS),
    st.builds(TypedNumber, st.lists(NUMBERS, max_size=2).map(tuple)),
    st.builds(Pairs, st.lists(PAIRS, max_size=2).map(tuple)),
    st.builds(Ordered, st.lists(TEXTS, max_size=2).map(tuple)),
    st.builds(Unmarked, st.sampled_from(UNMARKED)),
)


@hypothesis_settings(max_examples=300, deadline=None)
@given(st.builds(ImportedQuestion, INTERACTIONS, TEXTS, st.text("aé:", max_size=3), feedback=TEXTS))
def test_any_question_however_incomplete_is_given_back_to_be_fixed(question):
    assert gift.dumps([question])
