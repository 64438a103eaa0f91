import pytest

from assessments.formats import gift
from assessments.formats.interactions import TypedNumber
from assessments.formats.neutral import ImportedQuestion
from assessments.formats.plain import plain_text
from assessments.formats.rich import Rich
from assessments.formats.specs import Converted, from_spec, to_spec
from assessments.question_types import QUESTION_TYPES, UnknownQuestionType, get_question_type
from assessments.question_types.checks import MOST_ROWS
from tests.assessments.question_types.examples import BEST, SPECS


def converted(text: str) -> Converted:
    (question,) = gift.loads(text).questions
    return to_spec(question)


def test_one_right_answer_becomes_a_usable_spec() -> None:
    result = converted("[html]<p>Signe ?</p>{=<p>Égal &amp; plus</p>#<b>Oui</b> ~Dièse}")
    assert (result.type, result.usable, result.problems) == ("single", True, ())
    assert result.spec == {
        "options": [
            {"id": "a1", "text": "Égal & plus", "correct": True, "feedback": "Oui"},
            {"id": "a2", "text": "Dièse", "correct": False, "feedback": ""},
        ]
    }


@pytest.mark.parametrize(
    ("body", "credits_kept"),
    [
        ("~%50%a ~%50%b ~%-50%c", []),
        ("~%50%a ~%50%b ~%-100%c", ["50", "50", "-100"]),
        ("~%70%a ~%30%b ~c", ["70", "30", "0"]),
    ],
)
def test_weights_are_kept_where_our_rule_would_give_others(body: str, credits_kept: list[str]) -> None:
    result = converted(f"Q?{{{body}}}")
    assert (result.type, result.problems) == ("multiple", ())
    assert [option["correct"] for option in result.spec["options"]] == [True, True, False]
    assert [option["credit"] for option in result.spec["options"] if "credit" in option] == credits_kept


def test_weights_that_never_make_the_whole_are_refused() -> None:
    result = converted("Q?{~%50%a ~b}")
    assert not result.usable
    assert "50%" in result.problems[0].what


def test_numbers_keep_their_part_marks_and_words() -> None:
    result = converted("Quand ?{#=1822:0#Oui =%50%1822:2#Presque ~#Non}")
    kind = get_question_type("numeric")
    marks = [kind.grade(result.spec, {"value": value}) for value in ("1822", "1824", "1900")]
    assert [(str(mark.fraction), mark.feedback) for mark in marks] == [
        ("1", ("Oui",)),
        ("0.5", ("Presque",)),
        ("0", ("Non",)),
    ]


def test_short_answers_keep_their_part_marks_and_words() -> None:
    result = converted("Animal ?{=Grenouille#Oui =%50%Chat#Presque =%0%*#Non}")
    kind = get_question_type("short_text")
    marks = [kind.grade(result.spec, {"text": text}) for text in ("grenouille", "CHAT", "chien")]
    assert [(str(mark.fraction), mark.feedback) for mark in marks] == [
        ("1", ("Oui",)),
        ("0.5", ("Presque",)),
        ("0", ("Non",)),
    ]


def test_a_partner_without_a_left_side_is_a_distractor() -> None:
    result = converted("Reliez{=a -> 1 =b -> 2 = -> 3}")
    assert result.usable
    assert result.spec["distractors"] == [{"id": "a3", "text": "3"}]


@pytest.mark.parametrize("text", ["Racontez.{}", "Un texte."])
def test_what_no_machine_can_mark_is_refused(text: str) -> None:
    assert not converted(text).usable


@pytest.mark.parametrize(
    ("text", "field"),
    [("Q?{=a ~a ~b}", "options.1.text"), ("Reliez{=a -> 1}", "pairs"), ("Q?{=%50%a =b =%20%A}", "accepted.2.text")],
)
def test_a_question_our_types_refuse_is_told_with_its_line(text: str, field: str) -> None:
    result = converted(f"\n\n{text}")
    assert not result.usable
    assert [(problem.line, field in problem.what) for problem in result.problems] == [(3, True)]


@pytest.mark.parametrize(
    "name", sorted(name for name, kind in QUESTION_TYPES.items() if kind.in_files and name not in gift.LEFT_OUT)
)
def test_a_stored_question_written_and_read_again_marks_the_same(name: str) -> None:
    question = from_spec(name, SPECS[name], prompt=Rich("Q ?", "html"), title="t", id="q1", tags=("a",)).payload
    (read,) = gift.loads(gift.dumps([question])).questions
    assert read == question
    again = to_spec(read)
    assert (again.type, again.usable) == (name, True)
    kind = get_question_type(name)
    assert kind.right_answer(again.spec).removesuffix(" FCFA") in kind.right_answer(SPECS[name]).replace(" FCFA", "")
    if name in ("true_false", "numeric", "short_text"):
        assert kind.grade(again.spec, BEST[name]) == kind.grade(SPECS[name], BEST[name])


def test_a_type_that_files_do_not_know_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QUESTION_TYPES["ordering"], "in_files", False, raising=False)
    with pytest.raises(UnknownQuestionType, match="Put in order"):
        from_spec("ordering", SPECS["ordering"], prompt=Rich("Q ?"))


@pytest.mark.parametrize(
    ("text", "written", "words"),
    [
        ("<p>Un <b>mot</b></p><p>Deux</p>", "html", "Un mot\nDeux"),
        ("a &lt; b", "html", "a < b"),
        ("a < b && c > d", "moodle", "a < b && c > d"),
        ("un <em>mot</em>", "moodle", "un mot"),
        ("<script>alert(1)</script>ok<!-- x -->", "html", "ok"),
        ('<img src="x" alt="Un chat">', "html", "Un chat"),
        ("**fort** et 10<sup>3</sup>", "markdown", "fort et 10³"),
        ("- un\n- `a*b*c`", "markdown", "un\na*b*c"),
        ("<b>", "plain", "<b>"),
    ],
)
def test_words_come_out_of_their_markup(text: str, written: str, words: str) -> None:
    assert plain_text(Rich(text, written)) == words


def test_a_picture_in_an_answer_of_markdown_is_named() -> None:
    result = converted("[markdown]Q ?{=![Un chat](chat.png) oui ~non}")
    assert result.spec["options"][0]["text"] == "oui"
    assert ["chat.png" in problem.what for problem in result.problems] == [True]


def test_a_typed_answer_is_no_markdown() -> None:
    assert converted("[markdown]Q ?{=2\\*3 =_a_}").spec["accepted"][0]["text"] == "2*3"


def test_a_question_without_answers_is_refused() -> None:
    result = to_spec(ImportedQuestion(TypedNumber(), Rich("Q ?"), line=4))
    assert [problem.line for problem in result.problems] == [4]


MANY = [f"a{number}" for number in range(MOST_ROWS + 1)]


@pytest.mark.parametrize(
    "body",
    [
        "=r " + " ".join(f"~{text}" for text in MANY),
        " ".join(f"={text}" for text in MANY),
        "#" + " ".join(f"={number}" for number in range(MOST_ROWS + 1)),
        " ".join(f"={text} -> b" for text in MANY),
    ],
    ids=["choice", "short text", "numbers", "pairs"],
)
def test_more_answers_than_anybody_reads_are_refused(body: str) -> None:
    result = converted(f"Q?{{{body}}}")
    assert not result.usable
    (problem,) = result.problems
    assert problem.line == 1
    assert str(MOST_ROWS) in problem.what


@pytest.mark.parametrize("name", QUESTION_TYPES)
def test_no_list_of_a_spec_is_longer_than_that(name: str) -> None:
    """Whoever wrote the spec: a file, a folder, the editor."""
    spec = SPECS[name]
    for field, found in spec.items():
        if isinstance(found, list):
            many = [{**found[0], "id": f"x{n}"} | ({"text": f"t{n}"} if "text" in found[0] else {})
                    for n in range(MOST_ROWS + 1)]  # fmt: skip
            problems = get_question_type(name).validate({**spec, field: many})
            assert any(str(MOST_ROWS) in problem.what for problem in problems), field
