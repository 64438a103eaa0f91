"""An employer's missions: work for a team. The list, the form, the team with its empty seats."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from placement.access import EmployerRequest, for_employer, may_change
from placement.employer_views import count_people
from placement.mission_forms import MissionForm
from placement.mission_pay import sum_words
from placement.models import Mission
from placement.opportunity_views import WAITS
from placement.services import missions, reviews
from placement.services.teams_shown import people_named, show_lines
from placement.services.transitions import TransitionError

SHOWN = 100


@require_safe
@for_employer
def index(request: EmployerRequest) -> HttpResponse:
    rows = Mission.objects.visible_to(request.user).with_lines()[:SHOWN]
    return render(request, "placement/missions.html", {"missions": rows})


@for_employer
def edit(request: EmployerRequest, pk: int | None = None) -> HttpResponse:
    """Write a new mission, or change one: its lines about which nobody was asked, and its closing day."""
    rows = Mission.objects.visible_to(request.user).with_lines()
    row = get_object_or_404(rows, pk=pk) if pk else Mission(country=request.employer.country)
    if pk and not may_change(request.contact, row):
        return not_theirs(request, row)
    form = MissionForm(
        request.POST or None, mission=row, language=get_language() or request.user.language,
        initial={"country": row.country},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        if form.asked and not row.may_change:
            missions.move_closing_day(mission=row, day=form.cleaned_data["closes_on"], actor=request.user)
            messages.success(request, _("Saved."))
            return redirect("placement:mission", row.pk)
        try:
            saved = missions.save_mission(
                mission=row, employer=request.employer, lines=form.typed(), actor=request.user, **form.values()
            )
        except TransitionError as error:
            messages.warning(request, str(error))
            return redirect("placement:mission", row.pk)
        messages.success(request, _("Saved. This is the team that is there today."))
        return redirect("placement:mission", saved.pk)
    context = {"form": form, "mission": row, "asked": form.asked, "lines": with_reviews(form, row)}
    return render(request, "placement/mission_form.html", context, status=422 if form.errors else 200)


def with_reviews(form: MissionForm, row: Mission) -> list[dict[str, Any]]:
    """The lines of the form, each with what the programme said about it."""
    known = {line.number: line.opportunity for line in row.lines.all()} if row.pk else {}
    return [
        {**line, "review": reviews.of_opportunity(known[line["number"]]) if line["number"] in known else None}
        for line in form.lines()
    ]


def not_theirs(request: EmployerRequest, row: Mission) -> HttpResponse:
    messages.warning(request, _("A colleague wrote this team mission: they and the owners can change it."))
    return redirect("placement:mission", row.pk)


@require_safe
@for_employer
def detail(request: EmployerRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Mission.objects.visible_to(request.user).with_lines(), pk=pk)
    lines = show_lines(row)
    count_people(request, people_named(lines))
    context = {
        "mission": row,
        "is_theirs": may_change(request.contact, row),
        "lines": [(each, sum_words(each.line.money, row.currency)) for each in lines],
        "reviews": [found for each in lines if (found := reviews.of_opportunity(each.line.opportunity))],
        "money": lines[0].line.money if lines else None,
        "seats": sum(each.line.people for each in lines),
        "taken": sum(each.taken for each in lines),
        "could_fill": sum(each.could_fill for each in lines),
    }
    return render(request, "placement/mission.html", context)


@require_POST
@for_employer
def open_it(request: EmployerRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Mission.objects.visible_to(request.user), pk=pk)
    if not may_change(request.contact, row):
        return not_theirs(request, row)
    try:
        if missions.open_mission(mission=row, actor=request.user):
            messages.success(request, _("Open. We ask the people of this team, and they decide."))
        else:
            messages.info(request, WAITS)
    except TransitionError as error:
        messages.warning(request, str(error))
    return redirect("placement:mission", pk)
