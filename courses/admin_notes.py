"""The notes about one learner: written, corrected by their author, withdrawn by the author or a manager."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses import learner_notes
from courses.admin_forms import NewNoteForm, NoteForm, NoteOfCallForm, new_note_form
from lms.accounts.access import team_only
from lms.accounts.http import SignedInRequest
from lms.accounts.models import User
from lms.accounts.visibility import visible_to
from lms.lib.http import private


@private
@team_only
def notes(request: SignedInRequest, pk: int) -> HttpResponse:
    """All of them with what they said before, and a form for a new one."""
    learner = get_object_or_404(visible_to(request.user), pk=pk)
    form = NewNoteForm(request.POST) if request.method == "POST" else new_note_form()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            learner_notes.add_note(learner=learner, author=request.user, text=data["text"], key=data["key"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Noted."))
            return redirect("courses_learner", pk)
    page = Paginator(learner_notes.notes_for(request.user, learner), learner_notes.PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "learner": learner, "form": form, "page_obj": page, "kept_days": learner_notes.KEPT_WITHDRAWN.days,
        **heading(learner, _("Notes about this person")),
    }  # fmt: skip
    return render(request, "courses/admin/notes.html", context, status=422 if form.errors else 200)


@private
@team_only
def change(request: SignedInRequest, pk: int, note_id: int) -> HttpResponse:
    learner = get_object_or_404(visible_to(request.user), pk=pk)
    note = get_object_or_404(learner_notes.own_notes(request.user, learner), pk=note_id)
    kind = NoteOfCallForm if note.call else NoteForm
    values = {"text": note.text, "call": note.call, "day": note.call_back_on}
    form = kind(request.POST if request.method == "POST" else None, initial=values)
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            learner_notes.correct_note(
                note=note, text=data["text"], by=request.user, call=data.get("call", ""), call_back_on=data.get("day")
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Corrected. What it said before stays below it."))
            return redirect("courses_learner_notes", pk)
    context = {"learner": learner, "form": form, **heading(learner, _("Correct the note"))}
    return render(request, "courses/admin/note_change.html", context, status=422 if form.errors else 200)


@require_POST
@team_only
def withdraw(request: SignedInRequest, pk: int, note_id: int) -> HttpResponse:
    learner = get_object_or_404(visible_to(request.user), pk=pk)
    note = get_object_or_404(learner_notes.notes_to_withdraw(request.user, learner), pk=note_id)
    learner_notes.withdraw_note(note=note, by=request.user)
    messages.success(request, _("Withdrawn. You can put it back until it is deleted."))
    return redirect("courses_learner_notes", pk)


@require_POST
@team_only
def put_back(request: SignedInRequest, pk: int, note_id: int) -> HttpResponse:
    learner = get_object_or_404(visible_to(request.user), pk=pk)
    note = get_object_or_404(learner_notes.notes_to_put_back(request.user, learner), pk=note_id)
    learner_notes.put_back_note(note=note, by=request.user)
    messages.success(request, _("The note is back."))
    return redirect("courses_learner_notes", pk)


def heading(learner: User, last: str) -> dict[str, Any]:
    return {
        "header_title": f"{last} · {learner}",
        "breadcrumbs_items": [
            {"url": reverse("learners:list"), "label": _("Learners")},
            {"url": reverse("courses_learner", args=[learner.pk]), "label": str(learner)},
            {"url": "", "label": last},
        ],
    }  # fmt: skip
