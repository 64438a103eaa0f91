"""Which offer is below what was announced: tables, and laws that hold for every amount."""

from dataclasses import replace
from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from placement.enums import OpportunityKind, WorkPlace
from placement.offer_enums import Contract, PayUnit
from placement.offer_terms import KEPT, announced_terms, contract_verdict, is_worse, lines, place_verdict, summary
from placement.pay_units import Pay, PayVerdict, compare, least_as_announced
from placement.terms import fingerprint

L, S, M, U = PayVerdict.LESS, PayVerdict.SAME, PayVerdict.MORE, PayVerdict.UNKNOWN


def pay(amount, unit, hours=20, day_hours=None, currency="XOF"):
    return Pay(amount, currency, unit, hours, day_hours)


@pytest.mark.parametrize(
    ("announced", "offered", "verdict"),
    [
        (pay(75_000, "month"), pay(75_000, "month"), S),
        (pay(75_000, "month"), pay(74_999, "month"), L),
        (pay(75_000, "month"), pay(75_001, "month"), M),
        (pay(75_000, "month"), pay(75_000, "month", 40), L),  # twice the hours for the same sum
        (pay(75_000, "month"), pay(150_000, "month", 40), S),
        (pay(75_000, "month", 40), pay(50_000, "month", 20), L),  # more an hour, less in sum
        (pay(1_000, "hour", 40), pay(1_000, "hour", 20), L),
        (pay(75_000, "month"), pay(865, "hour"), S),  # 865.38 an hour: the conversion rounds
        (pay(75_000, "month"), pay(864, "hour"), L),
        (pay(75_000, "month"), pay(867, "hour"), M),
        (pay(1_000, "hour"), pay(86_666, "month"), S),
        (pay(1_000, "hour"), pay(86_665, "month"), L),
        (pay(1_000, "hour", 40), pay(8_000, "day", 40, 8), S),
        (pay(1_000, "hour", 40), pay(8_000, "day", 40, 10), L),
        (pay(1_000, "hour", 40), pay(8_000, "day", 40), U),  # a day of how many hours?
        (pay(500, "task"), pay(500, "task"), S),
        (pay(500, "task"), pay(499, "task"), L),
        (pay(500, "task"), pay(1_000, "hour"), U),
        (pay(1_000, "hour"), pay(5_000, "task"), U),
        (pay(75_000, "month"), pay(75_000, "month", currency="EUR"), U),
        (pay(75_000, "month"), pay(75_000, "month", currency="XAF"), U),
    ],
)
def test_two_amounts(announced, offered, verdict):
    assert compare(announced, offered) == verdict


units = st.sampled_from([PayUnit.HOUR, PayUnit.DAY, PayUnit.MONTH])
pays = st.builds(
    Pay, st.integers(1, 10_000_000), st.sampled_from(["XOF", "EUR"]), units, st.integers(1, 48), st.integers(1, 12)
)


@given(pays)
def test_an_offer_of_what_was_announced_is_the_same(one):
    assert compare(one, one) == PayVerdict.SAME


@given(pays, pays)
def test_nothing_is_below_both_ways(one, other):
    assert not (compare(one, other) == compare(other, one) == PayVerdict.MORE)


@given(pays, pays, st.integers(1, 1000))
def test_more_money_is_never_a_worse_offer(announced, offered, more):
    order = [PayVerdict.LESS, PayVerdict.SAME, PayVerdict.MORE]
    before, now = compare(announced, offered), compare(announced, replace(offered, amount=offered.amount + more))
    if PayVerdict.UNKNOWN not in (before, now):
        assert order.index(now) >= order.index(before)


@given(pays, pays)
def test_the_announced_pay_in_another_unit_is_not_below(announced, form):
    offered = replace(form, currency=announced.currency)
    least = least_as_announced(announced, offered)
    assert compare(announced, replace(offered, amount=int(least))) == PayVerdict.SAME


@given(pays, st.integers(1, 48))
def test_less_an_hour_or_less_a_week_is_below(announced, hours):
    """Whatever an offer that is not below pays, neither an hour nor a week of it pays less, but for the rounding."""
    offered = replace(announced, hours_per_week=hours)
    if compare(announced, offered) != PayVerdict.LESS:
        slack = 1 / offered.unit_hours
        assert offered.an_hour + slack > announced.an_hour
        assert (offered.an_hour + slack) * hours > announced.an_hour * announced.hours_per_week


def test_hours_of_a_unit():
    assert pay(1, "month", 30).unit_hours == Fraction(130)
    assert pay(1, "task").an_hour is None


ANNOUNCED = {
    "pay_min": 75_000, "pay_max": 90_000, "pay_currency": "XOF", "pay_period": "month", "place": "remote",
    "country": "SN", "region": "", "hours_per_week": 20, "kind": "job", "starts_on": None,
}  # fmt: skip
OFFERED = {
    "amount": 75_000, "currency": "XOF", "unit": "month", "day_hours": None, "hours_per_week": 20, "contract": "fixed",
    "starts_on": "2027-01-04", "ends_on": "2027-06-30", "place": "remote", "where": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("announced", "offered", "verdicts"),
    [
        ({}, {}, {}),
        ({"pay_min": 60_000}, {"amount": 60_000}, {}),  # the lowest of the range
        ({}, {"amount": 60_000}, {"pay": "worse"}),
        ({}, {"amount": 95_000}, {"pay": "better"}),
        ({"pay_min": None}, {}, {"pay": "worse"}),  # 90 000 alone was announced
        ({"pay_min": None, "pay_max": None}, {}, {"pay": "other"}),
        ({}, {"unit": "task"}, {"pay": "other"}),
        ({}, {"hours_per_week": 10}, {"hours": "other"}),
        ({}, {"contract": "service"}, {"contract": "worse"}),
        ({"kind": "internship"}, {"contract": "fixed"}, {"contract": "better"}),
        ({"starts_on": "2027-01-04"}, {}, {}),
        ({"starts_on": "2027-02-01"}, {}, {"start": "other"}),
        ({}, {"place": "on-site"}, {"place": "worse"}),
        ({"place": "on-site"}, {}, {"place": "better"}),
        ({"place": "hybrid"}, {"place": "on-site"}, {"place": "worse"}),
    ],
)
def test_an_offer_beside_what_was_announced(announced, offered, verdicts):
    found = lines({**ANNOUNCED, **announced}, {**OFFERED, **offered})
    assert {line.part: str(line.verdict) for line in found if line.verdict != "same"} == verdicts
    assert is_worse({**ANNOUNCED, **announced}, {**OFFERED, **offered}) == ("worse" in verdicts.values())


def test_each_kind_has_a_contract_that_keeps_it_and_each_pair_a_verdict():
    assert KEPT.keys() == set(OpportunityKind)
    assert all(contract_verdict(kind, next(iter(KEPT[kind]))) == "same" for kind in OpportunityKind)
    assert all(contract_verdict(kind, contract) for kind in OpportunityKind for contract in Contract)
    assert all(place_verdict(one, other) for one in WorkPlace for other in WorkPlace)


def test_what_is_announced_today_counts_where_it_is_more():
    agreed = {**ANNOUNCED, "pay_min": 60_000}
    assert announced_terms(agreed, ANNOUNCED)["pay_min"] == 75_000
    assert announced_terms(ANNOUNCED, agreed) == ANNOUNCED  # less: they are asked again, and agreed to this
    other_unit = {**ANNOUNCED, "pay_period": "hour", "pay_min": 90_000}
    assert announced_terms(agreed, other_unit) == agreed


@given(st.dictionaries(st.sampled_from(sorted(ANNOUNCED)), st.integers() | st.text() | st.none()))
def test_a_fingerprint_is_of_the_values_in_whatever_order(terms):
    assert fingerprint(terms) == fingerprint(dict(reversed(terms.items())))
    assert fingerprint(terms) != fingerprint({**terms, "pay_min": "other"})


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            "75 000 FCFA par mois · 20 h par semaine · Contrat à durée déterminée · à partir du 4 janvier 2027 · "
            "À distance",
        ),
        ("en", "75,000 FCFA a month · 20 h a week · Fixed-term contract · from 4 January 2027 · Remote"),
    ],
)
def test_an_offer_in_one_line(language, words):
    with translation.override(language):
        assert summary(OFFERED).replace("\u202f", " ").replace("\xa0", " ") == words


def test_the_hours_of_a_paid_day_are_told():
    with translation.override("en"):
        assert "of 8 h" in summary({**OFFERED, "unit": "day", "day_hours": 8})
