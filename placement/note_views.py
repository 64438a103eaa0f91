"""Notes on a person: written on their page, read by the people of the employer."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from placement.access import EmployerRequest, for_employer
from placement.employer_views import count_people, show_person, visible_profile
from placement.note_forms import NoteForm
from placement.services import notes


@require_POST
@for_employer
def add(request: EmployerRequest, code_name: str) -> HttpResponse:
    person = visible_profile(request, code_name)
    count_people(request, [person])
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            notes.add_note(
                employer=request.employer, profile=person, author=request.user, text=form.cleaned_data["text"]
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Noted. Your colleagues read it too."))
            return redirect("placement:profile", code_name)
    return show_person(request, person, note_form=form, status=422)


@require_POST
@for_employer
def delete(request: EmployerRequest, code_name: str, pk: int) -> HttpResponse:
    person = visible_profile(request, code_name)
    count_people(request, [person])
    note = get_object_or_404(notes.notes_on(request.employer.pk, person.pk), pk=pk)
    notes.delete_note(note=note)
    messages.success(request, _("Deleted."))
    return redirect("placement:profile", code_name)
