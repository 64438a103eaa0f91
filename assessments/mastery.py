"""When is enough practised: n of the last m first answers right. Pure.

The "m of n" rule of practice exercises (learningequality/kolibri, mastery models of exercises). As a sign it is about
as good as a model of the learner's knowledge, and it can be shown as a bar: Kelly, Wang, Thompson and Heffernan,
Defining mastery: knowledge tracing versus n-consecutive correct responses, Educational Data Mining 2015. First answers
only: trying again until it is right is how one learns, and shows nothing yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

RIGHT_NEEDED, LAST_ANSWERS = 4, 5


@dataclass(frozen=True)
class Mastery:
    right: int  # of the last ones
    answered: int  # LAST_ANSWERS at most
    needed: int = RIGHT_NEEDED

    @property
    def is_reached(self) -> bool:
        return self.right >= self.needed


def mastery(firsts: Sequence[bool]) -> Mastery:
    """From first answers, the oldest first."""
    last = firsts[-LAST_ANSWERS:]
    return Mastery(sum(last), len(last))
