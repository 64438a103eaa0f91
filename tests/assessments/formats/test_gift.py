"""GIFT, read and written: small cases here, the field's own sample files where they are at hand."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.formats import gift
from assessments.formats.interactions import (
    AnyInteraction,
    Choices,
    ImportedAnswer,
    ImportedNumber,
    ImportedPair,
    Pairs,
    Truth,
    TypedNumber,
    TypedText,
    Unmarked,
)
from assessments.formats.neutral import ImportedQuestion
from assessments.formats.rich import NOTHING, Rich
from lms.lib.problems import Problem

DATA = Path(__file__).parents[4] / "shared" / "data"
SAMPLES = sorted(path.stem for path in (DATA / "gift").glob("*.gift"))


def one(text: str) -> ImportedQuestion:
    result = gift.loads(text)
    assert [problem for problem in result.problems if problem.refused] == []
    (question,) = result.questions
    return question


def refused(text: str) -> Problem:
    result = gift.loads(text)
    assert result.questions == ()
    (problem,) = result.problems
    assert problem.remedy
    return problem


def choices(question: ImportedQuestion) -> list[tuple[str, int, str]]:
    return [(answer.text.text, int(answer.credit), answer.feedback.text) for answer in question.interaction.answers]


def test_one_right_answer() -> None:
    question = one("::Q1::Quel signe ? {=Égal#Oui. ~Dièse#Non. ~Virgule}")
    assert (question.type, question.title, question.prompt) == ("single", "Q1", Rich("Quel signe ?"))
    assert choices(question) == [("Égal", 100, "Oui."), ("Dièse", 0, "Non."), ("Virgule", 0, "")]


def test_the_older_mark_of_a_right_answer() -> None:
    assert choices(one("Q?{~un ~=deux ~trois}")) == [("un", 0, ""), ("deux", 100, ""), ("trois", 0, "")]


def test_several_right_answers_with_weights() -> None:
    question = one("Q?{~%50%a#oui ~%-100%b ~%50%c}")
    assert question.type == "multiple"
    assert choices(question) == [("a", 50, "oui"), ("b", -100, ""), ("c", 50, "")]


@pytest.mark.parametrize(
    ("body", "truth", "if_true", "if_false"),
    [
        ("T", True, "", ""),
        ("FALSE", False, "", ""),
        ("true", True, "", ""),
        ("TRUE#faux !#bravo", True, "bravo", "faux !"),
        ("F#faux !#bravo", False, "faux !", "bravo"),
        ("F##bravo", False, "", "bravo"),
    ],
)
def test_the_first_feedback_of_true_or_false_is_for_the_wrong_answer(
    body: str, truth: bool, if_true: str, if_false: str
) -> None:
    question = one(f"Vrai ?{{{body}}}")
    assert (question.type, question.interaction.truth) == ("true_false", truth)
    assert (question.interaction.feedback_true.text, question.interaction.feedback_false.text) == (if_true, if_false)


@pytest.mark.parametrize(
    ("body", "value", "tolerance"),
    [
        ("#4", "4", "0"),
        ("#-3.5:0.5", "-3.5", "0.5"),
        ("#1..5", "3", "2"),
        ("#-5..-1", "-3", "2"),
        ("#3,14", "3.14", "0"),
    ],
)
def test_numbers_with_tolerance_or_range(body: str, value: str, tolerance: str) -> None:
    (answer,) = one(f"Combien ?{{{body}}}").interaction.answers
    assert (answer.value, answer.tolerance) == (Decimal(value), Decimal(tolerance))


def test_several_numbers_and_a_word_for_all_the_others() -> None:
    question = one("Quand ? {#\n=1822:0#Oui\n=%50%1822:2#Presque\n~#Non}")
    assert [(a.value, int(a.credit), a.feedback.text) for a in question.interaction.answers] == [
        (1822, 100, "Oui"),
        (1822, 50, "Presque"),
        (None, 0, "Non"),
    ]


def test_short_answers_and_a_missing_word() -> None:
    question = one("Deux et deux font {=quatre =4 =%0%*#Recomptez} en tout.")
    assert question.prompt.text == "Deux et deux font _____ en tout."
    assert choices(question) == [("quatre", 100, ""), ("4", 100, ""), ("*", 0, "Recomptez")]


def test_pairs_and_a_partner_without_one() -> None:
    question = one("Reliez {=Ctrl+C -> Copier =Ctrl+V -> Coller = -> Couper}")
    assert question.interaction.pairs == (
        ImportedPair(Rich("Ctrl+C"), "Copier"),
        ImportedPair(Rich("Ctrl+V"), "Coller"),
        ImportedPair(NOTHING, "Couper"),
    )


def test_general_feedback_formats_identifier_tags_and_category() -> None:
    question = one(
        "// [id:q-7] [tag:orthographe] [tag:saisie]\n$CATEGORY: cours/module 1\n\n"
        "[html]<p>Vrai ?</p>{F####[markdown]*Relisez.*}"
    )
    assert question.prompt == Rich("<p>Vrai ?</p>", "html")
    assert question.feedback == Rich("*Relisez.*", "markdown")
    assert question.category == "cours/module 1"


def test_an_identifier_belongs_to_the_question_below_it() -> None:
    first, second = gift.loads("// [id:a] [tag:t]\nUn ?{T}\n\nDeux ?{F}").questions
    assert ((first.id, first.tags), (second.id, second.tags)) == (("a", ("t",)), ("", ()))


def test_answers_take_the_format_of_the_question() -> None:
    (first, second) = one("[html]Q?{=<b>a</b>#<i>oui</i> ~[plain]b}").interaction.answers
    assert (first.text.format, first.feedback.format, second.text.format) == ("html", "html", "plain")


def test_escaped_signs_are_ordinary_text() -> None:
    question = one(r"::a\:b::Que fait \{1 \= 1\} \# \~ \\n ?{=oui\nvraiment ~non \\ rien}")
    assert (question.title, question.prompt.text) == ("a:b", "Que fait {1 = 1} # ~ \\n ?")
    assert [answer.text.text for answer in question.interaction.answers] == ["oui\nvraiment", "non \\ rien"]


def test_an_empty_line_inside_the_braces_is_forgiven() -> None:
    assert len(one("Q?{\n=a\n\n~b\n}").interaction.answers) == 2


def test_a_byte_order_mark_and_windows_line_ends_are_forgiven() -> None:
    text = "\ufeffUn ?{T}\r\n\r\nDeux ?{F}\r\n"
    assert len(gift.loads(text).questions) == 2
    assert len(gift.loads(text.encode()).questions) == 2


def test_a_file_of_old_windows_is_read() -> None:
    assert one_bytes("Où ?{T}".encode("cp1252")).prompt.text == "Où ?"


def one_bytes(data: bytes) -> ImportedQuestion:
    return gift.loads(data).questions[0]


@pytest.mark.parametrize("kind", ["essay", "description"])
def test_what_no_machine_can_mark_is_kept_and_reported(kind: str) -> None:
    result = gift.loads("\nRacontez." + ("{}" if kind == "essay" else ""))
    assert [question.type for question in result.questions] == [kind]
    assert [(problem.line, problem.refused) for problem in result.problems] == [(2, True)]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Q? {=a ~b", "never closed"),
        ("Q? =a ~b}", "no opening one"),
        ("Q?{T}\nQ?{F}", "Two questions run together"),
        ("{=a ~b}", "no text"),
        ("Q?{a ~b}", "No answer is marked as right"),
        ("Q?{~a ~b}", "No answer is marked as right"),
        ("Q?{~%100%a}", "only one answer"),
        ("Q?{=a ~}", "An answer is empty"),
        ("Q?{~%150%a ~b}", "between -100 and 100"),
        ("Q?{=a -> b =c}", "“c” has no match"),
        ("Q?{=a -> b =c -> }", "no match"),
        ("Q?{#douze}", "“douze” is not a number"),
        ("Q?{#1,250}", "two ways"),
        ("Q?{#=%50%4}", "No answer is marked as right"),
        ("Q?{#x=4}", "“x” is not a number"),
    ],
)
def test_each_fault_is_named_with_its_line_and_remedy(text: str, what: str) -> None:
    problem = refused(f"\n// a comment\n{text}")
    assert what in problem.what
    assert problem.line == 3


@pytest.mark.parametrize("body", ["#1e999999999", "#1..1e999999999", "#1:1e999999999", "#=5:1e-999999999"])
def test_a_number_beyond_all_measure_is_refused(body: str) -> None:
    result = gift.loads(f"How many? {{{body}}}")
    assert not result.questions
    assert result.problems


def test_good_questions_around_a_bad_one_are_still_read() -> None:
    result = gift.loads("Un ?{T}\n\nDeux ? {=a\n\nTrois ?{F}")
    assert [question.prompt.text for question in result.questions] == ["Un ?", "Trois ?"]
    assert [problem.line for problem in result.problems] == [3]


@given(st.text(alphabet="=~#{}%:\\[]->/$ \nabT1.", max_size=60))
def test_any_text_at_all_is_read_or_reported(text: str) -> None:
    result = gift.loads(text)
    assert all(problem.what and problem.remedy and problem.line > 0 for problem in result.problems)


# -- writing: what is written reads back the same

words = st.text(alphabet="aé 1=~#{}:\\[]%/«’-", min_size=1, max_size=12).map(lambda t: re.sub(r" +", " ", t).strip())
words = words.filter(bool).filter(lambda text: "->" not in text)
rich = st.builds(Rich, words, st.sampled_from(["moodle", "html", "markdown", "plain"]))
maybe = rich | st.just(NOTHING)
numbers = st.decimals(min_value=-1000, max_value=1000, places=2)


def choice_answers(*credits_given: int) -> st.SearchStrategy[tuple[ImportedAnswer, ...]]:
    return st.tuples(*(st.builds(ImportedAnswer, rich, st.just(Decimal(c)), maybe) for c in credits_given))


bodies = st.one_of(
    st.builds(Choices, choice_answers(0, 100, 0), st.just("single")),
    st.builds(Choices, choice_answers(50, 50, -50), st.just("multiple")),
    st.builds(TypedText, choice_answers(100, 50, 0)),
    st.sampled_from([Unmarked("essay"), Unmarked("description")]),
    st.builds(Truth, st.booleans(), maybe, maybe),
    st.builds(
        TypedNumber,
        st.tuples(
            st.builds(ImportedNumber, numbers, st.just(Decimal(100)), maybe, numbers.map(abs)),
            st.builds(ImportedNumber, st.none(), st.just(Decimal(0)), rich),
        ),
    ),
    st.builds(Pairs, st.tuples(st.builds(ImportedPair, maybe, words), st.builds(ImportedPair, rich, words))),
)


@st.composite
def questions(draw: Any) -> ImportedQuestion:
    body = draw(bodies)
    return ImportedQuestion(
        body,
        prompt=draw(rich),
        title=draw(words | st.just("")),
        feedback=NOTHING if body.type == "description" else draw(maybe),
        id=draw(st.sampled_from(["", "q:7"])),
        tags=draw(st.sampled_from([(), ("a", "b=c")])),
        category=draw(st.sampled_from(["", "cours/un:deux"])),
    )


@given(st.lists(questions(), max_size=3))
def test_what_is_written_reads_back_the_same(written: list[ImportedQuestion]) -> None:
    written.sort(key=lambda question: question.category)  # GIFT cannot leave a category again
    assert list(gift.loads(gift.dumps(written)).questions) == written


# -- the field's sample files


@pytest.mark.skipif(not SAMPLES, reason="sample files are not at hand (shared/data/gift)")
@pytest.mark.parametrize("name", SAMPLES or ["none"])
def test_sample_files_read_as_the_reference_parser_reads_them(name: str) -> None:
    result = gift.loads((DATA / "gift" / f"{name}.gift").read_bytes())
    expected = json.loads((DATA / "gift" / f"{name}.json").read_text())
    assert [problem for problem in result.problems if problem.line == 0] == []
    assert list(result.categories) == [row["title"] for row in expected if row["type"] == "Category"]
    rows = [row for row in expected if row["type"] != "Category"]
    assert [told(question) for question in result.questions] == [reference(row, name) for row in rows]


def told(question: ImportedQuestion) -> dict[str, Any]:
    """Our reading, in the few words both readers share."""
    return {
        "type": question.type,
        "title": question.title or None,
        "id": question.id or None,
        "tags": list(question.tags) or None,
        "prompt": text_of(question.prompt),
        "feedback": text_of(question.feedback),
        **in_shared_words(question.interaction),
    }


def in_shared_words(interaction: AnyInteraction) -> dict[str, Any]:
    truth, expected, answers = None, (None, None), []
    if isinstance(interaction, Truth):
        truth = interaction.truth
        expected = (text_of(interaction.feedback_true), text_of(interaction.feedback_false))
    if isinstance(interaction, Choices | TypedText):
        answers = [(text_of(row.text), row.credit, text_of(row.feedback)) for row in interaction.answers]
    if isinstance(interaction, TypedNumber):
        answers = [
            (
                ("*", "moodle") if row.value is None else (row.value - row.tolerance, row.value + row.tolerance),
                row.credit,
                text_of(row.feedback),
            )
            for row in interaction.answers
        ]
    pairs = interaction.pairs if isinstance(interaction, Pairs) else ()
    return {
        "truth": truth,
        "expected": expected,
        "answers": answers,
        "pairs": [(pair.left.text, pair.right) for pair in pairs],
    }


def text_of(rich: Rich) -> tuple[str, str] | None:
    return (rich.text, rich.format) if rich else None


TYPES = {"TF": "true_false", "Short": "short_text", "Numerical": "numeric", "Matching": "matching"}


def reference(row: dict[str, Any], name: str) -> dict[str, Any]:
    """The reference reading, in the same words."""
    choices_given = row.get("choices", [])
    if isinstance(choices_given, dict):
        choices_given = [{"isCorrect": True, "weight": None, "text": choices_given, "feedback": None}]
    whole = sum(credit_of(choice) == 100 for choice in choices_given)
    kind = TYPES.get(row["type"], row["type"].lower())
    if row["type"] == "MC":
        kind = "single" if whole == 1 else "multiple"
    expected = (ref_text(row.get("trueFeedback")), ref_text(row.get("falseFeedback")))
    if name == "TFTwoFeedback" and row["isTrue"]:
        expected = expected[::-1]  # the reference reads the first as "if true", Moodle as "if wrong": we follow Moodle
    return {
        "type": kind,
        "title": row["title"],
        "id": row["id"],
        "tags": row["tags"],
        "prompt": ref_text(row["stem"]),
        "feedback": ref_text(row.get("globalFeedback")),
        "truth": row.get("isTrue"),
        "expected": expected,
        "pairs": [(p["subquestion"]["text"], p["subanswer"]) for p in row.get("matchPairs", [])],
        "answers": [(ref_answer(c["text"]), credit_of(c), ref_text(c["feedback"])) for c in choices_given],
    }


def credit_of(choice: dict[str, Any]) -> Decimal:
    weight = choice["weight"]
    return Decimal(str(weight)) if weight is not None else Decimal(100 if choice["isCorrect"] else 0)


def ref_text(rich: dict[str, str] | None) -> tuple[str, str] | None:
    return (rich["text"], rich["format"]) if rich and rich["text"] else None


def ref_answer(text: dict[str, Any]) -> Any:
    if "numberHigh" in text:
        return Decimal(str(text["numberLow"])), Decimal(str(text["numberHigh"]))
    if "number" in text:
        number, width = Decimal(str(text["number"])), Decimal(str(text.get("range", 0)))
        return number - width, number + width
    return ref_text(text)


MOODLE = ["questions.gift.txt", "questions_encoding_windows-1252.gift.txt"]


@pytest.mark.skipif(not (DATA / "moodle").is_dir(), reason="sample files are not at hand (shared/data/moodle)")
@pytest.mark.parametrize(("name", "count"), [*zip(MOODLE, [9, 3], strict=True), ("../comparison-course/quiz.gift", 10)])
def test_files_of_moodle_are_read_whole_and_survive_a_round_trip(name: str, count: int) -> None:
    result = gift.loads((DATA / "moodle" / name).read_bytes())
    assert len(result.questions) == count
    assert gift.loads(gift.dumps(result.questions)).questions == result.questions
    assert "aödf" in gift.dumps(result.questions) or name != MOODLE[1]
