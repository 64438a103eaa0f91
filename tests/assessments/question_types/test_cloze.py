"""A text with gaps: what authors write, what each gap earns, what learners are told."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.question_types import InvalidResponse, Submission, get_question_type
from assessments.question_types.gap_text import BadGap, Gap, parse, write
from assessments.seeds import rng_for

from .examples import SPECS

CLOZE = get_question_type("cloze")


def spec(text: str) -> dict[str, Any]:
    found = {"text": text}
    assert CLOZE.validate(found) == []
    return found


def answered(found: dict[str, Any], *typed: str) -> dict[str, Any]:
    """The response of somebody who fills each gap in with this: the words of a list, too."""
    public = CLOZE.public(found, rng_for(3))
    fields = {}
    for item, words in zip(public["items"], typed, strict=True):
        tokens = {option["text"]: option["token"] for option in item["options"]}
        fields[item["field"]] = [tokens.get(words, words)]
    return CLOZE.read(found, public, Submission(fields))


@pytest.mark.parametrize(
    ("text", "typed", "fraction", "words"),
    [
        ("Un [[clavier]].", ["Clavier"], "1", ()),
        ("Un [[clavier]].", ["souris"], "0", ()),
        ("Un [[clavier#Oui|souris#Non]].", ["souris"], "0", ("Non",)),
        ("Un [[clavier|=pavé|%50%clavié#L’accent ?|*#Relisez]].", ["clavie"], "0.5", ("L’accent ?",)),
        ("Un [[clavier|=pavé|%50%clavié#L’accent ?|*#Relisez]].", ["pavé"], "1", ()),
        ("Un [[clavier|=pavé|%50%clavié#L’accent ?|*#Relisez]].", ["autre"], "0", ("Relisez",)),
        ("[[a]] et [[b]]", ["a", ""], "0.5", ()),
        ("[[a]] et [[b]]{3}", ["a", "x"], "0.25", ()),
        ("[[a]] et [[b]]{3}", ["x", "b"], "0.75", ()),
        ("[[?oui|non#Si|%25%peut-être]]", ["non"], "0", ("Si",)),
        ("[[?oui|non#Si|%25%peut-être]]", ["peut-être"], "0.25", ()),
        ("[[#12,5:0,5|13,5#Trop|*#Recomptez]]", ["13"], "1", ()),
        ("[[#12,5:0,5|13,5#Trop|*#Recomptez]]", ["13,5"], "0", ("Trop",)),
        ("[[#12,5:0,5|13,5#Trop|*#Recomptez]]", ["99"], "0", ("Recomptez",)),
        ("[[!SO-1070]] [[so]]", ["so-1070", "SO"], "0.5", ()),
        ("[[=SOMME(A1:A3)|==SUM(A1:A3)]]", ["=SUM(A1:A3)"], "1", ()),
        ("[[le *]]", ["le clavier"], "1", ()),
        ("[[2\\*3]]", ["2*3"], "1", ()),
        ("[[C\\##bien]]", ["C#"], "1", ("bien",)),
        ("a\\[\\[b [[x\\|y]]", ["x|y"], "1", ()),
        ("[[\\?]]", ["?"], "1", ()),
    ],
)
def test_each_gap_earns_its_share(text: str, typed: list[str], fraction: str, words: tuple[str, ...]) -> None:
    found = spec(text)
    result = CLOZE.grade(found, answered(found, *typed))
    assert (result.fraction, result.feedback) == (Decimal(fraction), words)


def test_feedback_names_its_gap_where_there_are_several() -> None:
    found = spec("[[a|x#non]] [[b|y#pas ici]]")
    assert CLOZE.grade(found, answered(found, "x", "y")).feedback == ("(1) non", "(2) pas ici")


def test_the_answer_is_told_in_its_text() -> None:
    found = spec("Dakar est la capitale du [[Sénégal|=Senegal]], à [[#12.5:0.5]] km.")
    assert CLOZE.right_answer(found).startswith("Dakar est la capitale du [Sénégal / Senegal], à [")
    assert CLOZE.describe(found, answered(found, "Mali", "")) == "Dakar est la capitale du [Mali], à […] km."
    assert [row["right"] for row in CLOZE.explain(found, answered(found, "Mali", "12,3"))["lines"]] == [False, True]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "no text"),
        ("Sans rien", "no gap"),
        ("Un [[ ]]", "empty"),
        ("Un [[clavier", "not closed"),
        ("Un clavier]] et [[x]]", "not closed"),
        ("[[#douze]]", "Gap 1: The right answer is not a number."),
        ("[[a]] [[?oui]]", "Gap 2:"),
        ("[[a]] [[|%50%b]]", "Gap 2: No answer earns the full mark."),
        ("[[#|13]]", "no right answer"),
        ("[[a]]" * 31, "more than 30"),
        ("[[" + "|".join("abcdefghijklmnopqrstuvw") + "]]", "At most: 20"),
        ("[[a]]" + "x" * 8000, "at most: 8000"),
    ],
)
def test_each_fault_is_told_with_its_gap(text: Any, words: str) -> None:
    (problem, *_others) = CLOZE.validate({"text": text})
    assert words in problem.what
    assert problem.remedy


def test_what_is_shown_tells_nothing_of_the_answers() -> None:
    public = CLOZE.public(SPECS["cloze"], rng_for(9))
    assert [(item["kind"], item["field"]) for item in public["items"]] == [
        ("short_text", "gap-1"), ("numeric", "gap-2"), ("single", "gap-3"),
    ]  # fmt: skip
    assert {option["text"] for option in public["items"][2]["options"]} == {"minute", "heure", "jour"}
    orders = {
        tuple(option["text"] for option in CLOZE.public(SPECS["cloze"], rng_for(seed))["items"][2]["options"])
        for seed in range(40)
    }
    assert len(orders) == 6
    shown = str(public)
    assert not any(word in shown for word in ("coeurs", "71", "80", "SECRET", "credit", "correct"))


def test_the_learner_is_told_where_exactness_counts() -> None:
    public = CLOZE.public(spec("[[a]] [[!b]] [[?c|d]] [[!e]]"), rng_for(1))
    assert (public["exact"], public["forgiving"]) == (["2", "4"], True)
    assert CLOZE.public(spec("[[?c|d]]"), rng_for(1))["forgiving"] is False


def test_a_number_that_cannot_be_read_is_asked_again_with_its_gap() -> None:
    found = spec("[[a]] [[#1250]]")
    with pytest.raises(InvalidResponse, match=r"Gap 2: .*two ways"):
        answered(found, "a", "1,250")


def test_a_choice_of_another_attempt_is_refused() -> None:
    found = spec("[[?a|b]]")
    other = CLOZE.public(found, rng_for(2))["items"][0]["options"][0]["token"]
    with pytest.raises(InvalidResponse, match="does not belong"):
        CLOZE.read(found, CLOZE.public(found, rng_for(1)), Submission({"gap-1": [other]}))


# -- any text at all; and what is written is read again

WORDS = st.text(alphabet="ab é=#%|[]{}\\?!*1.,:", min_size=1, max_size=8).map(str.strip).filter(bool)
TEXTS = st.text(alphabet="ab é=#%|[]{}\\\n", max_size=10)


@settings(deadline=None)
@given(st.text(alphabet="ab[]|#=%50?!:1.{}\\* ", max_size=40))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    for problem in CLOZE.validate({"text": text}):
        assert problem.what
        assert problem.remedy


def feedback() -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({}, optional={"feedback": WORDS})


def rows(name: str, values: st.SearchStrategy[str], first: int = 100) -> st.SearchStrategy[list[dict[str, Any]]]:
    row = st.builds(lambda text, credit, more: {name: text, "credit": credit, **more}, values,
                    st.sampled_from([0, 50, 100]), feedback())  # fmt: skip
    return st.tuples(st.builds(lambda text, more: {name: text, "credit": first, **more}, values, feedback()),
                     st.lists(row, max_size=3)).map(lambda both: [both[0], *both[1]])  # fmt: skip


def typed(found: list[dict[str, Any]], exact: bool) -> dict[str, Any]:
    return {"accepted": found, "wildcards": False, **({"exact": True} if exact else {})}


NUMBERS = st.decimals(min_value=-99, max_value=99, places=1).map(str)
GAPS = st.one_of(
    st.builds(
        lambda found, exact: Gap("short_text", typed(found, exact)),
        rows("text", WORDS.filter(lambda text: "*" not in text)), st.booleans(),
    ),
    rows("answer", NUMBERS).map(
        lambda found: Gap(
            "numeric",
            {**{k: v for k, v in found[0].items() if k != "credit"}, "tolerance": "0",
             "others": [{**row, "tolerance": "0"} for row in found[1:]]},
        )
    ),
    rows("text", WORDS).map(
        lambda found: Gap(
            "single",
            {"options": [{"id": str(n), "text": row["text"], "correct": row["credit"] == 100,
                          **({"feedback": row["feedback"]} if "feedback" in row else {}),
                          **({"credit": "50"} if row["credit"] == 50 else {})} for n, row in enumerate(found, 1)]},
        )
    ),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(GAPS, st.integers(1, 9)), min_size=1, max_size=3), st.data())
def test_what_is_written_is_read_again(drawn: list[tuple[Gap, int]], data: st.DataObject) -> None:
    gaps = tuple(Gap(gap.kind, gap.spec, weight) for gap, weight in drawn)
    texts = tuple(data.draw(TEXTS) for _number in range(len(gaps) + 1))
    read = parse(write(texts, gaps))
    assert read.texts == texts
    assert read.gaps == gaps


def test_a_bad_gap_is_never_read_as_another() -> None:
    with pytest.raises(BadGap):
        parse("[[a]] [[b")
