"""Practice: what was right at the first go, skill by skill, and what a learner is told at once. Reads only."""

from collections import defaultdict
from dataclasses import dataclass

from assessments.content import QuestionContent, content_of
from assessments.enums import Purpose
from assessments.mastery import Mastery, mastery
from assessments.models import AttemptItem
from assessments.question_types import Response, get_question_type
from assessments.services.grades import items_query
from courses.models import Enrolment

RECENT = 100  # questions of practice that are looked at
TRIES_BEFORE_ANSWER = 2


@dataclass(frozen=True, slots=True)
class SkillMastery:
    code: str
    name: str
    reached: Mastery


@dataclass(frozen=True, slots=True)
class Told:
    """What is told about one answer: why, for what was chosen; the right one once it is found or tried twice."""

    correct: bool
    why: tuple[str, ...]
    right_answer: str
    explained: bool


def tell_at_once(content: QuestionContent, response: Response, tries: int) -> Told:
    kind = get_question_type(content.type)
    result = kind.grade(content.spec, response)
    is_over = result.correct or tries >= TRIES_BEFORE_ANSWER
    right = kind.explain(content.spec, response)["right_answer"] if is_over and not result.correct else ""
    return Told(result.correct, tuple(dict.fromkeys(text for text in result.feedback if text)), right, is_over)


def practised(enrolment: Enrolment) -> list[SkillMastery]:
    """Each skill of the newest questions of practice that they answered, in five queries at most."""
    rows = items_query().filter(
        attempt__enrolment=enrolment, attempt__assessment__purpose=Purpose.PRACTICE, responses__isnull=False
    )
    items: list[AttemptItem] = list(rows.order_by("-attempt__started_at", "-position").distinct()[:RECENT])[::-1]
    contents = content_of({item.revision_id for item in items})
    firsts: defaultdict[str, list[bool]] = defaultdict(list)
    names: dict[str, str] = {}
    for item in items:
        content, skill = contents[item.revision_id], item.question.skill
        given = next((row.answer for row in item.saved if row.answer), None)  # type: ignore[attr-defined]
        if given is not None:
            firsts[skill.code].append(get_question_type(content.type).grade(content.spec, given).correct)
            names[skill.code] = skill.name
    return [SkillMastery(code, names[code], mastery(answers)) for code, answers in firsts.items()]
