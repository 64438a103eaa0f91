"""What assessments add to the page of one learner: their attempts, and the skills that these tested."""

from django.db.models import Avg, Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.access import enrolments_to_help
from assessments.enums import AllowanceKind
from assessments.models import Allowance, Assessment, Attempt, ItemMark
from cms.rows import rows_for
from courses.learner_sections import Cell, Section
from courses.models import Skill
from lms.accounts.models import User
from lms.lib.moments import day
from lms.lib.percentages import percent

ATTEMPTS_SHOWN, SKILLS_SHOWN, ALLOWANCES_SHOWN = 30, 30, 10


def handed_in(learner: User) -> QuerySet[Attempt]:
    return Attempt.objects.filter(enrolment__user=learner, submitted_at__isnull=False)


def attempts_section(learner: User, reader: User) -> Section:
    """The newest attempts; the answers are one click away for whoever may see the assessment."""
    rows = list(handed_in(learner).select_related("assessment").order_by("-submitted_at", "pk")[:ATTEMPTS_SHOWN])
    open_to = set()
    if reader.has_perm("assessments.view_assessment"):
        mine = rows_for(reader, "view", Assessment).filter(pk__in={row.assessment_id for row in rows})
        open_to = set(mine.values_list("pk", flat=True))
    lines = []
    for row in rows:
        url = reverse("assessment_attempt", args=[row.assessment_id, row.pk]) if row.assessment_id in open_to else ""
        passed = _("yes") if row.passed else _("no")
        at = day(row.submitted_at) if row.submitted_at else ""
        cells = (str(row.number), at, percent(row.percent), passed)
        lines.append([Cell(str(row.assessment), url), *(Cell(text) for text in cells)])
    return Section(
        _("Attempts"), [_("Assessment"), _("Attempt"), _("Handed in"), _("Mark"), _("Passed")], lines,
        _("No attempt has been handed in yet."),
    )  # fmt: skip


def allowances_section(learner: User, reader: User) -> Section | None:
    """What they were given beside the rules, for whoever may give it."""
    enrolments = enrolments_to_help(reader).filter(user=learner)
    if not enrolments.exists():
        return None
    rows = Allowance.objects.filter(enrolment__in=enrolments.values("pk"), taken_back_at=None)
    rows = rows.select_related("assessment")
    lines = []
    for row in rows.order_by("-given_at", "-pk")[:ALLOWANCES_SHOWN]:
        text = ngettext("%(count)d more minute", "%(count)d more minutes", row.minutes) % {"count": row.minutes}
        what = text if row.minutes else str(AllowanceKind(row.kind).label)
        lines.append([Cell(str(row.assessment)), Cell(what), Cell(day(row.given_at)), Cell(row.reason or "—")])
    return Section(
        _("More attempts and time"), [_("Assessment"), _("What"), _("Given on"), _("Reason")], lines, _("Nothing yet."),
        Cell(_("Give one more attempt or more time"), reverse("learner_allowances", args=[learner.pk])),
    )  # fmt: skip


def skills_section(learner: User, reader: User) -> Section:
    """What share of the points they earned in each skill, over all attempts: where to help."""
    newest = handed_in(learner).order_by("-submitted_at", "pk").values("pk")[:ATTEMPTS_SHOWN]
    marks = ItemMark.objects.filter(item__attempt__in=list(newest.values_list("pk", flat=True)))
    found = (
        marks.order_by()
        .values_list("item__question__skill")
        .annotate(share=Avg("fraction"), number=Count("item", distinct=True))
        .order_by("share")[:SKILLS_SHOWN]
    )
    rows = list(found)
    names = {skill.pk: skill.name for skill in Skill.objects.filter(pk__in=[pk for pk, _share, _number in rows])}
    lines = [
        [Cell(names.get(pk, "")), Cell(percent(int(100 * share))), Cell(str(number))] for pk, share, number in rows
    ]
    return Section(
        _("Skills, the weakest first"), [_("Skill"), _("Points earned"), _("Questions")], lines,
        _("No question has been answered yet."),
    )  # fmt: skip
