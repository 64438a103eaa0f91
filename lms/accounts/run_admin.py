"""Bulk work in the admin: a list of one's own runs, and a page for each that can be left and found again."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lms.accounts.access import team_only
from lms.accounts.http import SignedInRequest
from lms.lib import runs
from lms.lib.runs import Run

TYPES = {"csv": "text/csv", "gift": "text/plain", "zip": "application/zip"}
ZIP = b"PK\x03\x04"


def own_run(request: SignedInRequest, pk: UUID) -> Run:
    run = runs.find(pk, request.user)
    if run is None:
        raise Http404
    return run


@require_safe
@team_only
def list_runs(request: SignedInRequest) -> HttpResponse:
    title = _("Bulk work")
    context = {"runs": runs.runs_of(request.user), "breadcrumbs_items": breadcrumbs(), "header_title": title}
    return render(request, "runs/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@team_only
def show_run(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """How far it is, or what it did. POST: ``step`` go, check, stop or again."""
    run = own_run(request, pk)
    kind = runs.kind_of(run)
    if request.method == "POST":
        step = request.POST.get("step")
        done = (
            runs.confirm(run, **kind.options(request.POST)) if step == "go"
            else runs.check_again(run, **kind.options(request.POST)) if step == "check"
            else runs.stop(run) if step == "stop"
            else runs.try_again(run) if step == "again" else False
        )  # fmt: skip
        if not done:
            messages.info(request, _("Nothing was changed: this work had moved on in the meantime."))
        return redirect("runs:run", pk)
    try:
        shown = kind.context(run, request.GET.get("page", ""))
    except FileNotFoundError:
        shown = {}
    title = run.title
    context = {
        "run": run, "has_file": run.is_ended and run.has(kind.download[0]), "breadcrumbs_items": breadcrumbs(title),
        "header_title": title, **shown,
    }  # fmt: skip
    return render(request, kind.template, context)


@require_safe
@team_only
def run_file(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """What was refused, to fix and send again."""
    run = own_run(request, pk)
    file, name = runs.kind_of(run).download
    try:
        content = run.read(file)
    except FileNotFoundError as error:
        raise Http404 from error
    if content.startswith(ZIP):  # with what belongs to it
        name = f"{name.rpartition('.')[0]}.zip"
    response = HttpResponse(content, content_type=f"{TYPES[name.rpartition('.')[2]]}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def breadcrumbs(*labels: str) -> list[dict[str, str]]:
    first = {"url": reverse("runs:list"), "label": _("Bulk work")}
    return [first, *({"url": "", "label": label} for label in labels)]
