from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.drawing import DrawableQuestion, DrawError, Section, draw
from assessments.seeds import new_seed


def bank(easy: int = 0, medium: int = 0, hard: int = 0, skill: str = "a") -> tuple[DrawableQuestion, ...]:
    counts = {1: easy, 2: medium, 3: hard}
    return tuple(
        DrawableQuestion(f"{skill}{level}-{n}", (skill,), level)
        for level, count in counts.items()
        for n in range(count)
    )


def keys(sections: list[Section], seed: int = 1, **options: list[str]) -> list[str]:
    return [item.key for item in draw(sections, seed, **options)]


def test_named_questions_come_in_their_order_then_the_drawn_ones() -> None:
    section = Section("A", questions=("z", "b"), draw=2, candidates=bank(medium=2))
    drawn = draw([Section("first", questions=("q",)), section], 1)
    assert [item.key for item in drawn][:3] == ["q", "z", "b"]
    assert [item.section for item in drawn] == [0, 1, 1, 1, 1]
    assert {item.key for item in drawn[3:]} == {"a2-0", "a2-1"}


def test_a_draw_is_the_same_for_a_seed_and_differs_between_seeds() -> None:
    sections = [Section("A", draw=5, candidates=bank(medium=20))]
    assert keys(sections, 7) == keys(sections, 7)
    assert len({tuple(keys(sections, seed)) for seed in range(10)}) > 5


def test_the_order_of_the_bank_makes_no_difference() -> None:
    candidates = bank(4, 4, 4)
    one = [Section("A", draw=5, candidates=candidates)]
    other = [Section("A", draw=5, candidates=(*candidates[::-1], *candidates))]
    assert keys(one, 3) == keys(other, 3)


def test_every_question_of_the_bank_is_drawn_sooner_or_later() -> None:
    sections = [Section("A", draw=2, candidates=bank(medium=6))]
    count = Counter(key for seed in range(300) for key in keys(sections, seed))
    assert len(count) == 6
    assert min(count.values()) > 60


def test_only_the_skill_and_the_level_asked_for_are_drawn() -> None:
    candidates = bank(2, 2, 2, "a") + bank(2, 2, 2, "b")
    assert set(keys([Section("A", draw=2, candidates=candidates, skill="b", difficulty=3)])) == {"b3-0", "b3-1"}


def test_levels_are_balanced_and_the_easy_ones_come_first() -> None:
    for seed in range(20):
        drawn = keys([Section("A", draw=6, candidates=bank(9, 9, 9))], seed)
        assert [key[1] for key in drawn] == list("112233")


def test_two_learners_sit_equally_hard_attempts() -> None:
    sections = [Section("A", draw=4, candidates=bank(1, 9, 3))]
    assert {"".join(key[1] for key in keys(sections, seed)) for seed in range(20)} == {"1223"}


def test_questions_met_before_are_left_for_last() -> None:
    sections = [Section("A", draw=3, candidates=bank(medium=5))]
    assert set(keys(sections, seen=["a2-0", "a2-1"])) == {"a2-2", "a2-3", "a2-4"}
    assert len(keys(sections, seen=["a2-0", "a2-1", "a2-2", "a2-3"])) == 3


def test_a_named_question_is_not_drawn_elsewhere() -> None:
    candidates = bank(medium=3)
    sections = [Section("A", draw=2, candidates=candidates), Section("B", questions=("a2-1",))]
    for seed in range(20):
        assert sorted(keys(sections, seed)) == ["a2-0", "a2-1", "a2-2"]


def test_sections_share_one_bank_without_repeating_a_question() -> None:
    candidates = bank(2, 2, 2)
    for seed in range(20):
        drawn = keys([Section("A", draw=3, candidates=candidates), Section("B", draw=3, candidates=candidates)], seed)
        assert len(set(drawn)) == 6


def test_a_section_with_much_choice_leaves_the_scarce_ones_to_the_others() -> None:
    """Only one draw exists: the first section must keep off what the later ones need."""
    ab, bc = DrawableQuestion("x", ("a", "b")), DrawableQuestion("y", ("b", "c"))
    candidates = (ab, bc, DrawableQuestion("z", ("c",)))
    sections = [Section(skill, draw=1, candidates=candidates, skill=skill) for skill in ("c", "b", "a")]
    for seed in range(20):
        assert keys(sections, seed) == ["z", "y", "x"]


def test_a_bank_that_is_too_small_is_told_with_what_is_missing() -> None:
    section = Section("Saisie", draw=6, candidates=bank(medium=4), skill="a", difficulty=2)
    with pytest.raises(DrawError) as error:
        draw([section], 1)
    assert str(error.value) == (
        "Section “Saisie” draws 6 from the bank, but only 4 can be drawn. "
        "Only questions of the skill a count. Only questions of difficulty 2 count. "
        "Add 2 questions to the bank, or draw fewer."
    )


def test_a_bank_that_two_sections_exhaust_says_so() -> None:
    candidates = bank(medium=3)
    with pytest.raises(DrawError, match=r"Other sections need the rest\. Add 1 question to"):
        draw([Section("A", draw=2, candidates=candidates), Section("B", draw=2, candidates=candidates)], 1)


def test_an_empty_bank_is_told_too() -> None:
    with pytest.raises(DrawError, match="only 0 can be drawn"):
        draw([Section("A", draw=1)], 1)


def test_a_question_named_twice_is_refused() -> None:
    with pytest.raises(DrawError, match="listed twice: q1"):
        draw([Section("A", questions=("q1",)), Section("B", questions=("q1",))], 1)


def test_new_seeds_differ_and_fit_a_big_integer() -> None:
    seeds = {new_seed() for _ in range(50)}
    assert len(seeds) == 50
    assert all(0 <= seed < 2**63 for seed in seeds)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3)), max_size=4), st.integers(0, 2**63 - 1))
def test_a_draw_gives_each_section_its_number_or_says_why_not(wishes: list[tuple[str, int]], seed: int) -> None:
    candidates = bank(1, 1, 1, "a") + bank(1, 1, 1, "b")
    sections = [Section(skill, draw=wanted, candidates=candidates, skill=skill) for skill, wanted in wishes]
    enough = all(sum(n for s, n in wishes if s == skill) <= 3 for skill in "ab")
    if not enough:
        with pytest.raises(DrawError):
            draw(sections, seed)
        return
    drawn = draw(sections, seed)
    assert len({item.key for item in drawn}) == len(drawn)
    assert Counter(item.section for item in drawn) == Counter({n: w for n, (_s, w) in enumerate(wishes) if w})
