"""What the words of two sides about one day make: pure, for ``placement.services.answers``."""

from placement.enums import ActorKind

SIDES = (ActorKind.EMPLOYER, ActorKind.LEARNER)


def verdict(*, employer: bool | None, learner: bool | None) -> bool | None:
    """One word of one side stands; two that differ make nothing: a manager sees them and decides."""
    words = {word for word in (employer, learner) if word is not None}
    return words.pop() if len(words) == 1 else None


def differ(*, employer: bool | None, learner: bool | None) -> bool:
    return employer is not None and learner is not None and employer != learner
