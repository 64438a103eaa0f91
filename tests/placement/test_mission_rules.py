"""A team is the best there is, never holds anybody who does not fit, and is the same whatever order people come in."""

from dataclasses import fields
from decimal import Decimal
from itertools import permutations

from hypothesis import example, given
from hypothesis import strategies as st

from placement.matching import MatchReason, with_printed_points
from placement.missions.assignment import ROTATION, Line, choose_in_one_place, choose_team
from placement.missions.gaps import binding
from placement.missions.money import UnitPrice

SCORES = st.dictionaries(st.integers(1, 5), st.integers(0, 100), max_size=5)
LINES = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), SCORES), min_size=1, max_size=2).map(
    lambda rows: [Line(key, *row) for key, row in enumerate(rows, start=1)]
)
RECENT = st.dictionaries(st.integers(1, 5), st.integers(0, 3))


def by_trying_all(lines, recent):
    """(empty seats, empty reserve, cost) of the best of all teams."""
    seats = [(line, False) for line in lines for _ in range(line.seats)]
    seats += [(line, True) for line in lines for _ in range(line.reserve)]
    people = sorted({person for line in lines for person in line.fits})
    ranks = []
    for chosen in permutations([*people, *[None] * len(seats)], len(seats)):
        pairs = list(zip(seats, chosen, strict=True))
        if any(person is not None and person not in line.fits for (line, _), person in pairs):
            continue
        cost = sum(100 - line.fits[p] + ROTATION * recent.get(p, 0) for (line, _), p in pairs if p is not None)
        empty = [is_reserve for (_, is_reserve), person in pairs if person is None]
        ranks.append((empty.count(False), empty.count(True), cost))
    return min(ranks)


@given(LINES, RECENT)
@example([Line(1, 1, 0, {1: 10, 2: 90}), Line(2, 1, 0, {2: 100})], {})
def test_no_team_is_better(lines, recent):
    assert choose_team(lines, recent=recent).rank == by_trying_all(lines, recent)


@given(LINES, RECENT, st.integers(0, 99))
def test_nobody_sits_twice_or_where_they_do_not_fit(lines, recent, seed):
    team = choose_team(lines, recent=recent, seed=seed)
    by_key = {line.key: line for line in lines}
    assert all(one.person in by_key[one.line].fits for one in team.placed)
    assert len({one.person for one in team.placed}) == len(team.placed)


@given(LINES, RECENT, st.randoms())
def test_the_order_of_people_changes_nothing(lines, recent, random):
    mixed = [Line(line.key, line.seats, line.reserve, dict(random.sample(sorted(line.fits.items()), len(line.fits))))
             for line in random.sample(lines, len(lines))]  # fmt: skip
    assert choose_team(mixed, recent=recent, seed=7) == choose_team(lines, recent=recent, seed=7)


def test_work_goes_round():
    """Ten missions in a row for two seats and four people who match alike: five each, in place of ten for two."""
    fits = {1: 80, 2: 80, 3: 79, 4: 78}
    had = dict.fromkeys(fits, 0)
    for number in range(10):
        for one in choose_team([Line(1, 2, 0, fits)], recent=had, seed=number).placed:
            had[one.person] += 1
    assert set(had.values()) == {5}


def test_seats_come_before_the_reserve_and_go_to_the_best():
    team = choose_team([Line(1, 1, 1, {1: 60, 2: 90})])
    assert {(one.person, one.is_reserve) for one in team.placed} == {(2, False), (1, True)}
    assert choose_team([Line(1, 1, 1, {1: 60})]).empty_reserve == {1: 1}


def test_one_place_for_all_is_that_of_the_fuller_team():
    lines = [Line(1, 2, 0, {1: 99, 2: 50, 3: 50})]
    place, team = choose_in_one_place(lines, places={1: "Thiès", 2: "Dakar", 3: "Dakar"})
    assert (place, {one.person for one in team.placed}) == ("Dakar", {2, 3})
    assert choose_in_one_place(lines, places={})[1].empty == {1: 2}


def test_a_team_of_sixty_from_a_thousand_people():
    fits = {person: person * 7919 % 101 for person in range(1000)}
    team = choose_team([Line(1, 45, 0, fits), Line(2, 10, 5, {p: s for p, s in fits.items() if p % 3 == 0})])
    assert team.rank[:2] == (0, 0)


def test_nothing_of_a_person_but_their_score_and_their_missions_counts():
    """What an assignment may read is what stands in its rows: no name, no sex, no age, no origin."""
    assert {each.name for each in fields(Line)} == {"key", "seats", "reserve", "fits"}


def match(*lines):
    return with_printed_points([MatchReason("hours", True, 20, 25), *lines], 1)


def test_the_need_that_binds_is_the_one_that_keeps_most_people_out():
    computer = MatchReason("equipment", False, "computer", "")
    unsaid = MatchReason("equipment", False, "computer", "", unknown=True)
    skill = MatchReason("skill", False, 3, 2, code="dw.data-entry")
    gaps = binding([match(computer), match(unsaid), match(skill), match(skill, computer), match()])
    assert [(gap.kind, gap.people, gap.need) for gap in gaps] == [("equipment", 2, "computer"), ("skill", 1, 3)]


def test_what_a_unit_brings_to_whom():
    unit = UnitPrice(Decimal("25"), Decimal("60"), worker_share=70, local_share=15)
    assert (unit.whole_hour, unit.stays, unit.leaves) == (1050, 85, 15)


@given(st.integers(1, 500), st.integers(1, 200), st.integers(1, 100), st.integers(1, 5000))
def test_the_price_and_the_share_that_are_named_reach_the_sum(price, units, share, wanted):
    unit = UnitPrice(Decimal(price), Decimal(units), share)
    enough = UnitPrice(Decimal(unit.price_for(Decimal(wanted))), Decimal(units), share)
    assert enough.an_hour >= wanted > UnitPrice(enough.price - 1, Decimal(units), share).an_hour
    if (better := unit.share_for(Decimal(wanted))) <= 100:
        assert UnitPrice(Decimal(price), Decimal(units), better).an_hour >= wanted


def test_a_place_with_too_few_people_is_not_looked_at(monkeypatch):
    sizes = []

    def counted(lines, **options):
        rows = list(lines)
        sizes.append(len({person for line in rows for person in line.fits}))
        return choose_team(rows, **options)

    monkeypatch.setattr("placement.missions.assignment.choose_team", counted)
    places = {1: "a", 2: "a", 3: "b", 4: "c", 5: "c"}
    name, team = choose_in_one_place([Line(1, 2, 1, dict.fromkeys(range(1, 6), 50) | {4: 90})], places=places)
    assert (name, len(team.placed)) == ("c", 2)
    assert sizes == [0, 2, 2]
