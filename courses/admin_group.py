"""The page of a group: how everybody stands in a course, who needs somebody first, and what is done with the chosen."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from courses.admin_forms import MembersForm
from courses.cohorts import Table, add_members, cohorts_of, members_of, progress_table, remove_members
from courses.following import Following, chosen, done_by_step, follow, strips
from courses.learner_notes import with_call_backs
from courses.models import Cohort, Course
from courses.standing import SILENT_AFTER, STUCK_AFTER, Status
from lms.accounts.http import SignedInRequest
from lms.accounts.models import User
from lms.lib.http import private
from lms.lib.moments import reader_day
from lms.lib.numbers import read_numbers
from lms.lib.tables import csv_response

MEMBERS_PER_PAGE, MEMBERS_PER_FILE = 50, 1000
MEMBERS_REMOVED = 100  # by one form
COLOURS = {
    Status.STUCK: "#b3261e", Status.SILENT: "#e8a33d", Status.NOT_BEGUN: "#9aa5ab", Status.ON_TRACK: "#0a5c6b",
    Status.FINISHED: "#1b653c",
}  # fmt: skip
BAR = 400  # units wide
ACTIONS: list[tuple[str, Any]] = []
"""What apps above do with those who are ticked: the name of an address that takes the group, and its label."""


class LinesForm(forms.Form):
    """Which lines are shown, and in which order."""

    q = forms.CharField(label=gettext_lazy("Name, user name or number"), required=False, max_length=80)
    status = forms.ChoiceField(
        label=gettext_lazy("Show"), required=False, choices=[("", gettext_lazy("everybody")), *Status.choices]
    )
    order = forms.ChoiceField(
        label=gettext_lazy("Sort by"), required=False,
        choices=[
            ("need", gettext_lazy("who needs help first")),
            ("name", gettext_lazy("name")),
            ("done", gettext_lazy("steps done")),
            ("last", gettext_lazy("last act")),
        ],
    )  # fmt: skip


@private
def cohort_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """How everybody stands, course by course; adding learners; who has done what as CSV."""
    cohort = get_object_or_404(with_call_backs(cohorts_of(request.user), request.user), pk=pk)
    form = MembersForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found, unknown = add_members(cohort=cohort, names=form.cleaned_data["names"], by=request.user)
        if found:
            text = ngettext("%d learner is in the group.", "%d learners are in the group.", len(found))
            messages.success(request, text % len(found))
        if not unknown:
            return redirect("courses_cohort", pk)
        form = MembersForm({"names": "\n".join(unknown)})
        form.add_error(
            "names", _("Not found among your learners: %s. Create their accounts first.") % ", ".join(unknown)
        )
    courses = list(cohort.courses.all())
    course = choose(courses, request.GET.get("course", ""))
    if course is not None and request.GET.get("format") == "csv":
        page = Paginator(members_of(cohort), MEMBERS_PER_FILE).get_page(request.GET.get("page"))
        table = progress_table(cohort, course, list(page.object_list))
        if table is not None:
            return export(cohort, table, page)
    context = {"cohort": cohort, "courses": courses, "chosen": course, "form": form, "actions": ACTIONS}
    return render(request, "courses/admin/cohort.html", context | lines(request, cohort, course))


def lines(request: SignedInRequest, cohort: Cohort, course: Course | None) -> dict[str, Any]:
    """What the template shows of the chosen course."""
    following = follow(cohort, course) if course is not None else None
    if following is None:
        page: Page[Any] = Paginator(members_of(cohort), MEMBERS_PER_PAGE).get_page(request.GET.get("page"))
        return {"following": None, "page_obj": page, "members": page.object_list}
    asked = LinesForm(request.GET)
    wanted = asked.cleaned_data if asked.is_valid() else {}
    people = chosen(following, cohort, status=wanted.get("status", ""), words=wanted.get("q", "").strip(),
                    order=wanted.get("order", ""))  # fmt: skip
    page = Paginator(people, MEMBERS_PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    squares = strips(following, shown)
    return {
        "following": following, "lines_form": asked, "page_obj": page, "bars": bars(following), "wanted": wanted,
        "lines": [(person, squares[person.user_id]) for person in shown],
        "files": range(1, -(-following.size // MEMBERS_PER_FILE) + 1),
        "steps": done_by_step(cohort, following) if "steps" in request.GET else None,
        "total": len(following.outline.steps),
        "days": {"silent": SILENT_AFTER.days, "stuck": STUCK_AFTER.days},
    }  # fmt: skip


def bars(following: Following) -> list[dict[str, Any]]:
    """How many stand how: parts of one bar, in the order of need, and the same as numbers."""
    found, x, total = [], 0.0, max(len(following.people), 1)
    for status, count in following.counts.items():
        width = BAR * count / total
        found.append({"status": status, "count": count, "x": f"{x:.1f}", "width": f"{width:.1f}",
                      "colour": COLOURS[status], "share": round(100 * count / total)})  # fmt: skip
        x += width
    return found


@require_POST
@private
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the chosen learners out of the group."""
    cohort = get_object_or_404(cohorts_of(request.user), pk=pk)
    ids = read_numbers(request.POST.getlist("learner"))
    gone = remove_members(cohort=cohort, user_ids=ids[:MEMBERS_REMOVED], by=request.user)
    if gone:
        text = ngettext(
            "%(count)d person is no longer in the group. What they learnt is kept. To put them back, add: %(names)s.",
            "%(count)d people are no longer in the group. What they learnt is kept. To put them back, add: %(names)s.",
            len(gone),
        )
        messages.success(request, text % {"count": len(gone), "names": ", ".join(user.username for user in gone)})
    else:
        messages.warning(request, _("Tick the people of the group whom you mean."))
    return redirect("courses_cohort", pk)


def choose(courses: list[Course], code: str) -> Course | None:
    return next((course for course in courses if course.code == code), courses[0] if courses else None)


def export(cohort: Cohort, table: Table, page: Page[User]) -> HttpResponse:
    """The table as CSV: one line a learner, one column a step. A very large group has several files."""
    header = [_("Name"), _("User name"), _("Steps done"), _("Last active"), _("Finished on")]
    rows = [
        [
            line.user.get_full_name(),
            line.user.username,
            line.done,
            reader_day(line.last_act) if line.last_act else "",
            reader_day(line.enrolment.completed_at) if line.enrolment and line.enrolment.completed_at else "",
            *("1" if mark else "" for mark in line.marks),
        ]
        for line in table.lines
    ]
    titles = [step.title for step in table.outline.steps]
    part = f" {page.number}" if page.paginator.num_pages > 1 else ""
    return csv_response(f"{cohort.name} {table.course.code}{part}", [*header, *titles], rows)
