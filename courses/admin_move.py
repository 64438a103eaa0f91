"""Moving the chosen learners of a group to another one: choose it, see what goes along, then move."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages

from courses.cohorts import cohorts_of, members_of
from courses.models import Cohort
from courses.moving import move_members, preview
from lms.accounts.http import SignedInRequest
from lms.accounts.models import User
from lms.lib.http import private
from lms.lib.numbers import read_number, read_numbers

PEOPLE_AT_ONCE, GROUPS_OFFERED = 50, 200


@require_http_methods(["GET", "HEAD", "POST"])
@private
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Only a POST that confirms changes anything."""
    cohort = get_object_or_404(cohorts_of(request.user), pk=pk)
    sent = request.POST if request.method == "POST" else request.GET
    people = people_of(cohort, sent)
    others = cohorts_of(request.user).exclude(pk=pk)
    target = get_object_or_404(others, pk=read_number(sent["to"]) or 0) if sent.get("to") else None
    if target is not None and people and request.method == "POST" and "confirm" in sent:
        return move_them(request, cohort, target, people)
    context: dict[str, Any] = {
        "cohort": cohort, "people": people, "numbers": numbers_of(people), "others": others[:GROUPS_OFFERED],
        "move": preview(cohort, target, people) if target is not None and people else None,
    }  # fmt: skip
    return render(request, "courses/admin/move.html", context)


def people_of(cohort: Cohort, sent: QueryDict) -> list[User]:
    asked = [*sent.getlist("learner"), *sent.get("people", "")[: 12 * PEOPLE_AT_ONCE].split(",")]
    return list(members_of(cohort).filter(pk__in=read_numbers(asked)[:PEOPLE_AT_ONCE]))


def numbers_of(people: list[User]) -> str:
    return ",".join(str(user.pk) for user in people)


def move_them(request: SignedInRequest, cohort: Cohort, target: Cohort, people: list[User]) -> HttpResponse:
    moved = move_members(source=cohort, target=target, user_ids=[user.pk for user in people], by=request.user)
    text = ngettext("%(count)d person is in “%(group)s” now.", "%(count)d people are in “%(group)s” now.", len(moved))
    back = urlencode({"to": cohort.pk, "people": numbers_of(moved)})
    button = messages.button(f"{reverse('courses_cohort_move', args=[target.pk])}?{back}", _("Move back"))
    messages.success(request, text % {"count": len(moved), "group": target.name}, buttons=[button])
    return redirect("courses_cohort", cohort.pk)
