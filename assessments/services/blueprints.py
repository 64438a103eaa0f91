"""What an author hears of an assessment that certifies: which skill hangs on one question, which is not tested."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from assessments.blueprint import Part, enough, hangs_on_one, passes_by_guessing, sure
from assessments.drawing import Section
from assessments.enums import EvidenceKind, Purpose
from assessments.models import Assessment, AssessmentPage
from assessments.services.starting import live_translations, section_for_draw, sections_of
from courses.models import CoursePage, CourseSkill, Skill
from lms.lib.percentages import percent
from lms.lib.sort_order import sort_key


@dataclass(frozen=True, slots=True)
class SkillLine:
    """One skill: questions of it in every attempt, and the level that a certificate says (0: none)."""

    name: str
    questions: int
    level: int
    words: str = ""  # what somebody can do who has it at that level


def skill_lines(assessment: Assessment) -> list[SkillLine]:
    """Skills that are asked about, and those that its courses certify; the ones with fewest questions first."""
    sections = sections_of(assessment)
    translations = live_translations(sections)
    skills = {key: rows[0].skill for key, rows in translations.items()}
    drawn = [section_for_draw(section, translations, number) for number, section in enumerate(sections, 1)]
    counts = sure([part_of(section, skills) for section in drawn])
    levels = certified_levels(assessment)
    skills_of = Skill.objects.filter(code__in={*counts, *levels})
    lines = [
        SkillLine(row.name, counts.get(row.code, 0), level, row.words_at(level) if level else "")
        for row in skills_of
        for level in [levels.get(row.code, 0)]
    ]
    return sorted(lines, key=lambda line: (line.questions, sort_key(line.name)))


def tested_elsewhere(assessment: Assessment) -> set[str]:
    """The names of the skills that the other assessments of its courses prove."""
    in_courses = CoursePage.objects.filter(course__in=courses_with(assessment).values("course"))
    beneath = Q(pk=None)
    for path in in_courses.values_list("path", flat=True):
        beneath |= Q(path__startswith=path)
    places = AssessmentPage.objects.filter(beneath).values("assessment")
    others = Assessment.objects.filter(pk__in=places, purpose=Purpose.CERTIFYING).exclude(pk=assessment.pk)
    return {line.name for other in others for line in skill_lines(other) if line.questions}


def part_of(section: Section, skills: dict[str, str]) -> Part:
    may_come = [
        candidate
        for candidate in section.candidates
        if section.skill in ("", *candidate.skills) and section.difficulty in (None, candidate.difficulty)
        and candidate.key not in section.questions
    ]  # fmt: skip
    pool = Counter(skill for candidate in may_come for skill in candidate.skills)
    return Part(tuple(skills[key] for key in section.questions), section.draw, pool)


def certified_levels(assessment: Assessment) -> dict[str, int]:
    """The skills of the courses in which it stands, with their levels."""
    courses = courses_with(assessment).values("course")
    return dict(CourseSkill.objects.filter(course__in=courses).values_list("skill__code", "level"))


def courses_with(assessment: Assessment) -> QuerySet[CoursePage]:
    places = AssessmentPage.objects.filter(assessment=assessment).values_list("path", flat=True)
    return CoursePage.objects.filter(path__in={path[: -2 * Page.steplen] for path in places})


def weaknesses(assessment: Assessment) -> Iterator[str]:
    """Each with what to do. Practice has none: it proves nothing."""
    if assessment.is_practice:
        return
    mark = assessment.skill_pass_mark
    is_work = (
        assessment.evidence == EvidenceKind.SIMULATION
    )  # one error may decide there, and nobody guesses a document
    lines = skill_lines(assessment)
    elsewhere = tested_elsewhere(assessment) if any(line.level and not line.questions for line in lines) else set()
    lines = [line for line in lines if line.questions or line.name not in elsewhere]
    if not mark and len(lines) > 1:
        yield _(
            "Only the whole counts: somebody may pass without one of the skills, and the certificate names it all the "
            "same. Write a pass mark of each skill."
        )
    for line in lines:
        if line.level and not line.questions:
            text = _("%(skill)s: the certificate says level %(level)s, and no question is sure to test it. Draw some.")
            yield text % {"skill": line.name, "level": line.level}
        elif not is_work and hangs_on_one(line.questions, mark or assessment.pass_mark):
            yield hanging(line, mark or assessment.pass_mark)


def hanging(line: SkillLine, mark: int) -> str:
    count = ngettext(
        "%(skill)s: %(count)s question.", "%(skill)s: %(count)s questions.", line.questions
    ) % {"skill": line.name, "count": line.questions}  # fmt: skip
    wanted = enough(mark)
    more = _("A single one decides, and of people who guess %(share)s reach %(mark)s. Ask at least %(wanted)s.") % {
        "share": percent(round(100 * passes_by_guessing(line.questions, mark))),
        "mark": percent(mark),
        "wanted": wanted,
    }
    return f"{count} {more}"
