"""``python -m bench.matching``: a labour market that does not exist, to try the suggested order on. Does it find who is
able, and does it favour anybody?

Equal skills for women and men, by construction. Men claim half a level more than they can, women a little less; some
claims are invented; most skills are certified. What an order by claims does to women is printed beside ours. The same
seed gives the same figures; they show a direction and predict nothing.
"""

import argparse
import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from placement.matching import MONTH, Person, Proof, SkillNeed, Wanted, activity_of, match, tie_rank

SKILLS = tuple(f"s{number}" for number in range(12))
WOMEN, CERTIFIED, INVENTED = 0.65, 0.85, 0.08
OVER, UNDER = 0.5, -0.1  # levels that men claim too much, and women too little
SHOWN = 10  # people on the first screen, who are asked
GRADES = (0.4, 0.7, 0.9)  # of a true fit: what is 1, 2 and 3


@dataclass(frozen=True)
class Someone:
    key: int
    is_woman: bool
    able: dict[str, int]
    claims: dict[str, float]
    person: Person


@dataclass(frozen=True)
class Figures:
    ndcg: float
    women_to_men: float
    gini: float


def somebody(dice: random.Random, key: int) -> Someone:
    is_woman = dice.random() < WOMEN
    able = {skill: dice.choice((1, 1, 2, 2, 3)) for skill in dice.sample(SKILLS, dice.choice((2, 3, 4)))}
    bias = UNDER if is_woman else OVER
    claims = {skill: level + bias + dice.gauss(0, 0.4) for skill, level in able.items()}
    claims |= {skill: 2 + bias for skill in SKILLS if skill not in able and dice.random() < INVENTED}
    proofs = tuple(
        Proof(skill, level, months=dice.expovariate(1 / 8))
        for skill, level in able.items()
        if dice.random() < CERTIFIED
    )
    quiet = dice.expovariate(1 / 60) // 1 / MONTH
    hours = dice.choice((10, 20, 20, 30, 40))
    return Someone(key, is_woman, able, claims, Person(proofs=proofs, hours=hours, quiet_months=quiet))


def wanted(dice: random.Random) -> Wanted:
    first, second = dice.sample(SKILLS, 2)
    needs = [SkillNeed(first, dice.choice((1, 2, 2, 3)))]
    needs += [SkillNeed(second, dice.choice((1, 2)), essential=False)] if dice.random() < 0.5 else []
    return Wanted(skills=tuple(needs), hours=dice.choice((10, 20, 30)))


def true_fit(job: Wanted, one: Someone) -> int:
    """What an employer would find who knew everything: 0 to 3."""
    if one.person.hours < job.hours:
        return 0
    total = sum(need.weight for need in job.skills)
    able = sum(need.weight * min(one.able.get(need.code, 0) / need.level, 1) for need in job.skills) / total
    return sum(able * activity_of(one.person.quiet_months) >= grade for grade in GRADES)


Order = Callable[[Wanted, Someone], tuple[float, ...]]


def by_match(job: Wanted, one: Someone) -> tuple[float, ...]:
    """The product's own: who fits first, then by points."""
    found = match(job, one.person)
    return (float(not found.fits), -found.score)


def by_claims(job: Wanted, one: Someone) -> tuple[float, ...]:
    total = sum(need.weight for need in job.skills)
    claimed = sum(need.weight * min(max(one.claims.get(need.code, 0), 0) / need.level, 1.2) for need in job.skills)
    return (float(one.person.hours < job.hours), -claimed / total)


def by_chance(job: Wanted, one: Someone) -> tuple[float, ...]:
    return ()


ORDERS: dict[str, Order] = {"by points (certificates)": by_match, "by claims": by_claims, "by chance": by_chance}


def ndcg(grades: Sequence[int], best: Iterable[int]) -> float:
    worth = lambda found: sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(found))  # noqa: E731
    ideal = worth(sorted(best, reverse=True)[:SHOWN])
    return worth(grades) / ideal if ideal else 1.0


def gini(counts: Sequence[int]) -> float:
    """0: everybody is shown equally often; 1: one person every time."""
    ordered, total = sorted(counts), sum(counts)
    if not total:
        return 0.0
    many = len(ordered)
    return sum((2 * place - many - 1) * count for place, count in enumerate(ordered, 1)) / (many * total)


def simulate(*, people: int, jobs: int, seed: int) -> dict[str, Figures]:
    """Each order over the same people and jobs."""
    dice = random.Random(seed)
    crowd = [somebody(dice, key) for key in range(people)]
    openings = [wanted(dice) for _job in range(jobs)]
    truth = [[true_fit(job, one) for one in crowd] for job in openings]
    return {name: tried(order, crowd, openings, truth) for name, order in ORDERS.items()}


def tried(order: Order, crowd: list[Someone], openings: list[Wanted], truth: list[list[int]]) -> Figures:
    shown: Counter[int] = Counter()
    gains = []
    for number, (job, fits) in enumerate(zip(openings, truth, strict=True)):
        first = sorted(crowd, key=lambda one, job=job, seed=number: (*order(job, one), tie_rank(seed, one.key)))[:SHOWN]
        gains.append(ndcg([fits[one.key] for one in first], fits))
        shown.update(one.key for one in first)
    women = sum(one.is_woman for one in crowd)
    chosen = sum(count for key, count in shown.items() if crowd[key].is_woman)
    others = sum(shown.values()) - chosen
    ratio = (chosen / women) / (others / (len(crowd) - women)) if others else math.inf
    return Figures(sum(gains) / len(gains), ratio, gini([shown[one.key] for one in crowd]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--jobs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    print(f"{options.people} people, {options.jobs} opportunities, seed {options.seed}; all of them invented")
    print(f"{'order':28}{'nDCG@10':>10}{'women/men':>12}{'Gini of those shown':>22}")
    for name, figures in simulate(people=options.people, jobs=options.jobs, seed=options.seed).items():
        print(f"{name:28}{figures.ndcg:10.3f}{figures.women_to_men:12.2f}{figures.gini:22.2f}")


if __name__ == "__main__":
    main()
