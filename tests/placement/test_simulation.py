"""The order on invented people: it finds who is able, favours neither women nor men, and is the same each time."""

from dataclasses import fields, replace
from itertools import pairwise

import pytest

from bench.matching import simulate
from placement.matching import Match, Person, Proof, SkillNeed, Wanted, match
from tests.placement.test_matching import FITTING, WANTED


@pytest.fixture(scope="module")
def figures():
    return simulate(people=900, jobs=120, seed=2026)


def test_it_finds_who_is_able_and_favours_nobody(figures):
    ours = figures["by points (certificates)"]
    assert ours.ndcg >= 0.77
    assert 0.90 <= ours.women_to_men <= 1.11


def test_an_order_by_claims_would_do_neither(figures):
    assert figures["by claims"].women_to_men < 0.60
    assert figures["by chance"].ndcg < 0.2


def test_the_same_seed_gives_the_same_figures():
    assert simulate(people=60, jobs=8, seed=1) == simulate(people=60, jobs=8, seed=1)
    assert simulate(people=60, jobs=8, seed=1) != simulate(people=60, jobs=8, seed=2)


def test_nothing_that_the_law_protects_can_be_given_to_the_match():
    names = {one.name for kind in (Person, Wanted, Proof, SkillNeed, Match) for one in fields(kind)}
    protected = ("sex", "gender", "woman", "age", "birth", "family", "disab", "origin", "religion", "photo", "poverty")
    assert [name for name in names if any(word in name for word in protected)] == ["languages"]  # langu-age


def test_one_more_proof_never_costs_a_point_and_days_cost_no_more_than_they_should():
    more = replace(FITTING, proofs=(*FITTING.proofs, Proof("dw.data-entry", 3)))
    assert match(WANTED, more).score >= match(WANTED, FITTING).score
    scores = [match(WANTED, replace(FITTING, quiet_months=days / 30.44)).score for days in range(365)]
    assert scores == sorted(scores, reverse=True)
    assert max(before - after for before, after in pairwise(scores)) <= 1
