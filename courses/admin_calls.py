"""The call list of a group: whom to call, with all that a call needs; what came of each call becomes a note."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from courses.admin_forms import CallForm
from courses.admin_write import chosen_ids
from courses.cohorts import cohorts_of, members_of
from courses.enums import CallOutcome
from courses.following import follow
from courses.learner_notes import LONGEST, add_note, last_notes, people_to_call_back
from courses.models import Cohort, Course, LearnerNote
from lms.accounts.http import SignedInRequest
from lms.accounts.models import User
from lms.accounts.phones import for_people
from lms.accounts.services import record
from lms.accounts.visibility import visible_to
from lms.lib.comparison import storable
from lms.lib.http import private
from lms.lib.moments import reader_day
from lms.lib.numbers import read_number, read_numbers
from lms.lib.tables import csv_response, xlsx_response

PEOPLE_AT_ONCE = 50


class KeyForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True)
class CallLine:
    """One person of the list."""

    user: User
    sentence: str
    last_act: datetime | None
    note: LearnerNote | None
    form: CallForm

    @property
    def last_day(self) -> date | None:
        return reader_day(self.last_act) if self.last_act else None


@require_http_methods(["GET", "HEAD", "POST"])
@private
def calls(request: SignedInRequest, pk: int) -> HttpResponse:
    """Without ``people``: who is to be called back by today. What is ticked in the group leads to an address that can
    be opened again; with the key of its form a list is written.
    """
    cohort = get_object_or_404(cohorts_of(request.user), pk=pk)
    sent = request.POST if "key" in request.POST else None
    if request.method == "POST" and sent is None:
        ids = chosen_ids(request, cohort)
        words = {"people": ",".join(map(str, ids[:PEOPLE_AT_ONCE])), "course": storable(request.POST.get("course", ""))}
        if len(ids) > PEOPLE_AT_ONCE:
            words["more"] = str(len(ids) - PEOPLE_AT_ONCE)
        return redirect(f"{reverse('courses_cohort_calls', args=[pk])}?{urlencode(words)}")
    asked = request.POST if request.method == "POST" else request.GET
    people, more = people_of(request.user, cohort, asked, is_sent=sent is not None)
    unseen = written_about_unseen(asked, people) if sent is not None else []
    course = cohort.courses.filter(code=storable(asked["course"])).first() if asked.get("course") else None
    lines = lines_of(cohort, course or cohort.courses.first(), people, sent)
    kind = request.GET.get("format", "")
    if kind in {"csv", "xlsx"}:
        return export(request, cohort, lines, kind)
    key = KeyForm(sent, initial={"key": uuid.uuid4()})
    if sent is not None and not unseen and all([key.is_valid(), *(line.form.is_valid() for line in lines)]):
        write(request, lines, key.cleaned_data["key"])
        return redirect("courses_cohort", pk)
    context = {
        "cohort": cohort, "course": course, "lines": lines, "key": key, "is_chosen": "people" in asked,
        "numbers": ",".join(str(user.pk) for user in people), "more": more, "outcomes": CallOutcome,
        "unseen": unseen,
    }  # fmt: skip
    template = "courses/admin/calls_print.html" if kind == "print" else "courses/admin/calls.html"
    return render(request, template, context, status=200 if sent is None else 422)


def people_of(reader: User, cohort: Cohort, asked: QueryDict, *, is_sent: bool) -> tuple[list[User], int]:
    """Those who are asked for and may be seen, in that order, and how many more there are. Who left the group after
    the list was shown stays on it.
    """
    if "people" not in asked:
        due = people_to_call_back(reader, cohort)
        people = list(due[: PEOPLE_AT_ONCE + 1])
        more = due.count() - PEOPLE_AT_ONCE if len(people) > PEOPLE_AT_ONCE else 0
        return people[:PEOPLE_AT_ONCE], more
    ids = ids_of(asked)
    rows = visible_to(reader).filter(pk__in=ids)
    if not is_sent:
        rows = rows.filter(pk__in=members_of(cohort).order_by().values("pk"))
    found = {user.pk: user for user in rows}
    return [found[pk] for pk in ids if pk in found], read_number(asked.get("more", "")) or 0


def ids_of(asked: QueryDict) -> list[int]:
    return list(dict.fromkeys(read_numbers(asked.get("people", "")[: 12 * PEOPLE_AT_ONCE].split(","))))[:PEOPLE_AT_ONCE]


def written_about_unseen(sent: QueryDict, people: Sequence[User]) -> list[str]:
    """What was written about those whom the author may no longer see: shown again, to be copied."""
    seen, labels, found = {user.pk for user in people}, dict(CallOutcome.choices), []
    for pk in ids_of(sent):
        call, day, text = (sent.get(f"{pk}-{name}", "")[:LONGEST] for name in ("call", "day", "text"))
        if pk not in seen and (call or text.strip()):
            found.append(" · ".join(words for words in (str(labels.get(call, call)), day, text) if words))
    return found


def lines_of(cohort: Cohort, course: Course | None, people: Sequence[User], sent: Any) -> list[CallLine]:
    following = follow(cohort, course) if course is not None and people else None
    standing = {person.user_id: person for person in following.people} if following is not None else {}
    notes, lines = last_notes(people), []
    for user in people:
        person, form = standing.get(user.pk), CallForm(sent, prefix=str(user.pk))
        sentence, last_act = (person.standing.sentence, person.last_act) if person is not None else ("", None)
        lines.append(CallLine(user, sentence, last_act, notes.get(user.pk), form))
    return lines


def write(request: SignedInRequest, lines: Sequence[CallLine], key: uuid.UUID) -> None:
    """A key for each person: two accounts on one list may be merged, and each keeps its note."""
    written = 0
    for line in lines:
        data = line.form.cleaned_data
        if not data["call"]:
            continue
        try:
            add_note(
                learner=line.user, author=request.user, text=data["text"],
                key=uuid.uuid5(key, str(line.user.pk)), call=data["call"], call_back_on=data["day"],
            )  # fmt: skip
            written += 1
        except ValidationError as refusal:
            words = {"name": line.user, "why": " ".join(refusal.messages), "text": data["text"] or "—"}
            messages.warning(request, _("Not for %(name)s: %(why)s You wrote: %(text)s") % words)
    if written:
        text = ngettext("%(count)d call is noted.", "%(count)d calls are noted.", written)
        messages.success(request, text % {"count": written})
    else:
        messages.warning(request, _("Nothing was ticked, so nothing is noted."))


def export(request: SignedInRequest, cohort: Cohort, lines: Sequence[CallLine], kind: str) -> HttpResponse:
    """With empty columns for what comes of the calls. It holds numbers, so it is written down who took it: with 00 for
    the plus, before which a spreadsheet would show the quote of ``safe_cell``.
    """
    header = [
        _("Name"), _("User name"), _("Phone number"), _("How they stand"), _("Last act"), _("Last note"),
        _("What came of it"), _("Call back on"), _("What was agreed"),
    ]  # fmt: skip
    rows = [
        [line.user.get_full_name(), line.user.username, for_people(line.user.phone).replace("+", "00"),
         line.sentence, line.last_day or "", line.note.words if line.note else "", "", "", ""]
        for line in lines
    ]  # fmt: skip
    record(actor=request.user, verb="export-calls", target=cohort, fields=[f"user:{line.user.pk}" for line in lines])
    make = xlsx_response if kind == "xlsx" else csv_response
    return make(" ".join([_("Call list"), cohort.name]), header, rows)
