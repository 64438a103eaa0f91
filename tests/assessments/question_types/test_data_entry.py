"""Data entry: what counts as what the document says, what a batch came to, and what the author is told."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from assessments.question_types import InvalidResponse, Submission, get_question_type, work_words
from assessments.question_types.data_entry import figures_of
from assessments.question_types.entered import is_right, normal_form, slip_in
from assessments.seeds import rng_for

from .examples import BEST, SPECS

ENTRY = get_question_type("data_entry")
SPEC = SPECS["data_entry"]


@pytest.mark.parametrize(
    ("kind", "typed", "form"),
    [
        ("text", "  N’Diaye  Fatou ", "n'diaye fatou"),
        ("text", "e\u0301te\u0301", "ete"),
        ("exact", " SO-1070 ", "SO-1070"),
        ("exact", "so-1070", "so-1070"),
        ("date", "05/11/2026", "2026-11-05"),
        ("date", "5-11-2026", "2026-11-05"),
        ("date", "05112026", "2026-11-05"),
        ("date", "2026-11-05", "2026-11-05"),
        ("date", "٠٥/١١/٢٠٢٦", "2026-11-05"),
        ("date_us", "11/05/2026", "2026-11-05"),
        ("date_us", "2026-11-05", "2026-11-05"),
        ("date", "31/02/2026", "31/02/2026"),
        ("date", "05/11/26", "05/11/26"),
        ("amount", "12 500 F CFA", "12500"),
        ("amount", "12\u202f500,00", "12500"),
        ("amount", "12.500", "12500"),
        ("amount", "1'250'000", "1250000"),
        ("amount", "$12.5", "12.5"),
        ("amount", "-3,20 €", "-3.2"),
        ("amount", "1,234.50", "1234.5"),
        ("amount", "1.2.3", "1.2.3"),
        ("amount", "douze", "douze"),
        ("phone", "76 000 71 17", "+221760007117"),
        ("phone", "+221 76 000 71 17", "+221760007117"),
        ("phone", "00221760007117", "+221760007117"),
        ("phone", "", ""),
    ],
)
def test_the_form_in_which_values_are_compared(kind: str, typed: str, form: str) -> None:
    assert normal_form(kind, typed, "SN") == form


@pytest.mark.parametrize(
    ("kind", "gold", "typed", "right"),
    [
        ("exact", "so-1070", "SO-1070", False),
        ("text", "Ndiaye", "NDIAYE", True),
        ("text", "DIALLO", "DIALO", False),
        ("amount", "12500", "1250", False),
        ("amount", "12500", "12.500,00", True),
        ("amount", "12500", "-12500", False),
        ("date", "07/03/1999", "1999-03-07", True),
        ("date", "07/03/1999", "03/07/1999", False),
        ("phone", "+2250712345678", "0712345678", True),
        ("phone", "+2250712345678", "712345678", False),
        ("text", "", "", True),
        ("text", "", "néant", False),
    ],
)
def test_a_value_is_right_when_it_says_the_same(kind: str, gold: str, typed: str, right: bool) -> None:
    assert is_right(kind, gold, typed, "CI") is right


@pytest.mark.parametrize(
    ("kind", "gold", "typed", "slip"),
    [
        ("text", "DIALLO", "", "empty"),
        ("text", "", "x", "nothing stands there"),
        ("text", "DIALLO", "DIALO", "missing"),
        ("text", "DIALO", "DIALLO", "too many"),
        ("text", "DIALLO", "DIALLA", "another one"),
        ("exact", "B7-0113", "B7-0131", "swapped"),
        ("exact", "B7-0113", "b7-0113", "capitals"),
        ("date", "05/11/2026", "05/11/26", "not a whole date"),
        ("amount", "12500", "douze", "not an amount"),
        ("amount", "12500", "98", "something else"),
    ],
)
def test_practice_says_what_went_wrong_and_not_what_is_right(kind: str, gold: str, typed: str, slip: str) -> None:
    told = slip_in(kind, gold, typed)
    assert slip in told
    assert not gold or gold not in told


@given(st.sampled_from(["text", "exact", "date", "date_us", "amount", "phone"]), st.text(max_size=30))
def test_every_value_is_right_for_itself_and_is_read_without_an_error(kind: str, text: str) -> None:
    assert is_right(kind, text, text, "SN")
    assert normal_form(kind, normal_form(kind, text, "SN"), "SN") == normal_form(kind, text, "SN") or kind == "date_us"
    assert slip_in(kind, text, text)


@given(st.integers(0, 10**9), st.sampled_from([" ", "\u00a0", "\u202f", ".", ",", "'"]))
def test_groups_of_an_amount_do_not_count(number: int, mark: str) -> None:
    assert normal_form("amount", f"{number:,}".replace(",", mark) + " F CFA") == str(number)


@given(st.dates())
def test_a_day_is_the_same_in_each_order(day: Any) -> None:
    iso = day.isoformat()
    assert normal_form("date", f"{day.day:02}/{day.month:02}/{day.year:04}") == iso
    assert normal_form("date_us", f"{day.month}-{day.day}-{day.year:04}") == iso
    assert normal_form("date", iso) == iso


@pytest.mark.parametrize(
    ("typed", "fraction"),
    [
        ({"a": "secret seck", "b": "B7-0113", "c": "12500"}, "1"),
        ({"a": "seck", "b": "B7-0113", "c": "12500"}, "0.75"),
        ({"b": "b7-0113", "c": "12500"}, "0.5"),
        ({"a": "secret seck", "b": "B7-0113", "c": "13500"}, "0"),  # critical
        ({"a": "secret seck", "b": "B7-0113"}, "0"),
        ({"a": "secret seck", "b": "B7-0113", "c": "12500", "d": "néant"}, "0.75"),
    ],
)
def test_each_field_earns_its_part_and_a_critical_one_takes_all(typed: dict[str, str], fraction: str) -> None:
    assert ENTRY.grade(SPEC, {"fields": typed}).fraction == Decimal(fraction)


def test_a_batch_counts_documents_fields_and_critical_fields() -> None:
    answers = [
        (SPEC, BEST["data_entry"]["fields"]),
        (SPEC, {"a": "seck", "b": "B7-0113", "c": "13500"}),
        (SPEC, None),
    ]
    found = figures_of(answers)
    assert vars(found) == {
        "documents": 3, "faultless": 1, "fields": 12, "errors": 6, "critical": 3, "critical_errors": 2,
    }  # fmt: skip
    assert found.errors_per_hundred == Decimal("50.0")
    assert figures_of([]).errors_per_hundred == 0
    words = " ".join(work_words("data_entry", vars(found)))
    assert "1 document of 3" in words
    assert "6 of 12" in words
    assert "2 of 3" in words
    with translation.override("fr"):
        assert "50,0" in " ".join(work_words("data_entry", vars(found)))
    assert work_words("data_entry", {"documents": 1, "of another version": 2}) == []


@given(st.lists(st.sampled_from([None, {}, {"a": "x"}, BEST["data_entry"]["fields"]]), max_size=6))
def test_figures_of_batches_add_up(answers: list[Any]) -> None:
    each = [vars(figures_of([(SPEC, answer)])) for answer in answers]
    whole = vars(figures_of([(SPEC, answer) for answer in answers]))
    assert all(whole[name] == sum(one[name] for one in each) for name in whole)
    assert whole["errors"] <= whole["fields"]


def test_the_gold_standard_earns_everything_and_a_guess_is_another_document() -> None:
    assert ENTRY.grade(SPEC, ENTRY.gold(SPEC) or {}).correct
    other = {"fields": [{**row, "gold": "zzz"} for row in SPEC["fields"]]}
    guessed = ENTRY.guess(SPEC, [other], rng_for(1))
    assert guessed == {"fields": dict.fromkeys("abcd", "zzz")}
    assert ENTRY.guess(SPEC, [], rng_for(1)) == {}


def test_the_form_tells_kinds_and_critical_fields_and_nothing_that_is_right() -> None:
    public = ENTRY.public(SPEC, rng_for(1))
    assert [item["kind"] for item in public["items"]] == ["text", "exact", "amount", "text"]
    assert public["critical"] == ["Total"]
    assert "SECRET" not in str(public)
    assert "B7-0113" not in str(public)


def test_what_is_too_long_is_refused_with_the_name_of_its_field() -> None:
    public = ENTRY.public(SPEC, rng_for(1))
    with pytest.raises(InvalidResponse, match=r"Dossier.*too long"):
        ENTRY.read(SPEC, public, Submission({"field-2": ["x" * 201]}))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"gold": "31/02/2026", "kind": "date"}, "fields.0.gold"),
        ({"gold": "douze", "kind": "amount"}, "fields.0.gold"),
        ({"gold": "77 123 45 67", "kind": "phone"}, "country"),
        ({"gold": "\u00ad", "kind": "text"}, "fields.0.gold"),
        ({"gold": "x" * 201}, "fields.0.gold"),
        ({"kind": "colour"}, "fields.0.kind"),
        ({"kind": []}, "fields.0.kind"),
        ({"label": ""}, "fields.0.label"),
        ({"label": "Dossier"}, "fields.1.label"),
        ({"critical": "yes"}, "fields.0.critical"),
    ],
)
def test_the_author_is_told_what_cannot_be_entered(change: dict[str, Any], field: str) -> None:
    spec = {"fields": [{**SPEC["fields"][0], **change}, *SPEC["fields"][1:]]}
    assert field in [problem.field for problem in ENTRY.validate(spec)]


def test_a_document_has_something_to_enter_and_not_too_much() -> None:
    empty = {"id": "a", "label": "Nom", "kind": "text", "gold": ""}
    assert [problem.field for problem in ENTRY.validate({"fields": [empty]})] == ["fields"]
    many = [{**empty, "id": str(number), "label": str(number)} for number in range(16)]
    assert [problem.field for problem in ENTRY.validate({"fields": many})] == ["fields"]
