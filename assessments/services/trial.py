"""An assessment of work tried before learners are: what its key earns, how often guessing passes. Reads only."""

from dataclasses import dataclass
from decimal import Decimal

from assessments.content import content_of
from assessments.drawing import draw
from assessments.grading import AttemptResult, GradedItemInput, PassRule, grade_attempt
from assessments.models import Assessment
from assessments.question_types import Response, get_question_type
from assessments.seeds import rng_for
from assessments.services.starting import live_translations, section_for_draw, sections_of

MOST_ANSWERS = 3000  # that are made up and marked, half a second of work


@dataclass(frozen=True, slots=True)
class Trial:
    """Of one draw: the score of the key, of empty answers, of one answer to everything (``None`` where there is none),
    and the people who pass of those who guess.
    """

    pieces: int
    gold: Decimal
    blank: Decimal
    same: Decimal | None
    same_passes: bool
    guessers: int
    passed: int

    @property
    def is_sound(self) -> bool:
        return self.gold == 100 and not self.blank and not self.passed and not self.same_passes


def trial_of(assessment: Assessment) -> Trial | None:
    """None where it has other questions than pieces of work: what guessing earns there is told by ``blueprint``.

    Raises DrawError when it cannot be drawn.
    """
    sections = sections_of(assessment)
    translations = live_translations(sections)
    parts = [section_for_draw(section, translations, number) for number, section in enumerate(sections, 1)]
    versions = [translations[entry.key][0] for entry in draw(parts, 1)]
    contents = content_of(version.revision_id for version in versions)
    pieces = [(get_question_type(contents[row.revision_id].type), contents[row.revision_id].spec) for row in versions]
    if not pieces or not all(kind.is_work for kind, _spec in pieces):
        return None
    rule = PassRule(Decimal(assessment.pass_mark), Decimal(assessment.skill_pass_mark))

    def marked(answers: list[Response | None]) -> AttemptResult:
        rows = zip(pieces, versions, answers, strict=True)
        return grade_attempt(
            [
                GradedItemInput(kind.name, spec, answer or {}, Decimal(row.points), (row.skill,))
                for (kind, spec), row, answer in rows
            ],
            rule,
        )

    rng = rng_for(1, "trial")
    guessers = max(1, MOST_ANSWERS // len(pieces))
    others = {
        number: [spec for place, (_kind, spec) in enumerate(pieces) if place != number] for number in range(len(pieces))
    }
    passed = sum(
        marked([kind.guess(spec, others[number], rng) for number, (kind, spec) in enumerate(pieces)]).passed
        for _guesser in range(guessers)
    )
    gold, blank = marked([kind.gold(spec) for kind, spec in pieces]), marked([None] * len(pieces))
    one_for_all = [kind.one_for_all(spec) for kind, spec in pieces]
    same = marked(one_for_all) if any(one_for_all) else None
    return Trial(
        len(pieces),
        gold.score,
        blank.score,
        same.score if same else None,
        same is not None and same.passed,
        guessers,
        passed,
    )
