"""How far a learner is: pure functions of an outline and of the keys they have done."""

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from uuid import UUID

from courses.enums import StepKind
from courses.outline import Outline, Step


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` and ``total`` count steps; ``next`` is the one to open now, None when all are done."""

    done: int
    total: int
    minutes_left: int
    kilobytes_left: float
    next: Step | None
    is_started: bool  # a step is done, or one was opened

    @property
    def percent(self) -> int:
        return share(self.done, self.total)


def share(done: int, total: int) -> int:
    """Percent, rounded down: 100 only when everything is done."""
    return done * 100 // total if total else 0


def measure(outline: Outline, done: AbstractSet[UUID], last: UUID | None = None) -> Progress:
    left = [step for step in outline.steps if step.key not in done]
    return Progress(
        done=len(outline.steps) - len(left),
        total=len(outline.steps),
        minutes_left=sum(step.minutes for step in left),
        kilobytes_left=round(sum(step.kilobytes for step in left), 1),
        next=next_step(outline.steps, done, last),
        is_started=last is not None or len(left) < len(outline.steps),
    )


def next_step(steps: Collection[Step], done: AbstractSet[UUID], last: UUID | None = None) -> Step | None:
    """Where to go on: the step they were on if not done, else the first after it that is not, else the first of all."""
    ordered = list(steps)
    place = next((n for n, step in enumerate(ordered) if step.key == last), 0)
    return next((step for step in [*ordered[place:], *ordered[:place]] if step.key not in done), None)


def required_keys(own: Outline, everywhere: Collection[Outline]) -> frozenset[UUID]:
    """What finishes a course for somebody who learns it in the language of ``own``.

    The required steps of their own language, and the required assessments of every language: a translation that is
    still being written can neither hold them back by lessons they cannot read nor let them pass without the proof.
    """
    exams = {
        step.key
        for outline in everywhere
        for step in outline.steps
        if step.is_required and step.kind == StepKind.ASSESSMENT
    }
    return own.required | exams


def is_complete(required: AbstractSet[UUID], done: AbstractSet[UUID]) -> bool:
    """True when there is something to finish and all of it is done."""
    return bool(required) and required <= done


def elsewhere(own: Outline, everywhere: Collection[Outline], done: AbstractSet[UUID]) -> list[Step]:
    """Required assessments that are not done and exist in another language only."""
    missing = required_keys(own, everywhere) - own.required - done
    seen: dict[UUID, Step] = {}
    for outline in everywhere:
        for step in outline.steps:
            if step.key in missing:
                seen.setdefault(step.key, step)
    return list(seen.values())
