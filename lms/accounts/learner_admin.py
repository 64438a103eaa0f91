"""Learners in the admin: whom a trainer may see, creating them from a table, cards to print, a new card for a PIN."""

import math
import secrets
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lms.accounts import cards, guesses, imports, learner_import, person_names, phones, services
from lms.accounts.access import team_only
from lms.accounts.directory import people_matching
from lms.accounts.fields import PhoneField
from lms.accounts.forms import NumberReleasingForm, language_field
from lms.accounts.http import SignedInRequest
from lms.accounts.models import ImportRun, SignInCard, User
from lms.accounts.visibility import visible_to
from lms.lib.http import private
from lms.lib.numbers import read_number, read_numbers
from lms.lib.tables import MAX_BYTES, csv_response

PAGE = 50
MAX_CARDS_PRINTED = learner_import.MAX_CARDS_PRINTED
BATCH = "cards-"  # of the session, with the name of the batch behind it


def breadcrumbs(*labels: str) -> list[dict[str, str]]:
    from django.urls import reverse

    first = {"url": reverse("learners:list"), "label": _("Learners")}
    return [first, *({"url": "", "label": label} for label in labels)]


class FilterForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name, user name or number"), required=False, max_length=80)
    state = forms.ChoiceField(
        label=gettext_lazy("Show"), required=False,
        choices=[
            ("", gettext_lazy("everybody")),
            ("new", gettext_lazy("never signed in")),
            ("card", gettext_lazy("card given, not used yet")),
            ("closed", gettext_lazy("closed accounts")),
        ],
    )  # fmt: skip


def live_cards() -> "QuerySet[SignInCard]":
    return SignInCard.objects.filter(user=OuterRef("pk"), used_at=None, expires_at__gt=timezone.now())


def with_state(learners: "QuerySet[User]") -> "QuerySet[User]":
    return learners.annotate(has_card=Exists(live_cards()))


def filtered(learners: "QuerySet[User]", data: dict[str, str]) -> "QuerySet[User]":
    words, state = data.get("q", "").strip(), data.get("state", "")
    if words:
        learners = learners.filter(people_matching(words))
    if state == "new":
        learners = learners.filter(last_login=None)
    elif state == "card":
        learners = learners.filter(Exists(live_cards()))
    elif state == "closed":
        return learners.filter(is_active=False)
    return learners.filter(is_active=True) if state else learners


@team_only
def list_learners(request: SignedInRequest) -> HttpResponse:
    form = FilterForm(request.GET or None)
    data = form.cleaned_data if form.is_bound and form.is_valid() else {}
    learners = filtered(with_state(visible_to(request.user)), data).order_by("sort_key", "username")
    page = Paginator(learners, PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, "breadcrumbs_items": breadcrumbs(), "header_title": _("Learners")}
    return render(request, "accounts/admin/list.html", context)


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"), required=False, help_text=gettext_lazy("CSV or XLSX, 5,000 rows and 3 MB at most."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt,.tsv"}),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("or paste the list here"), required=False, max_length=MAX_BYTES, strip=False,
        help_text=gettext_lazy("One learner per line: name, then phone number if there is one."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )  # fmt: skip

    country = forms.ChoiceField()

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = by.country if by.country in phones.countries() else settings.DEFAULT_COUNTRY
        self.fields["country"] = forms.ChoiceField(
            label=_("Country of the numbers"), required=False, choices=phones.country_choices(), initial=mine,
            help_text=_("For numbers that do not show theirs, in a column or in the number itself."),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Reads whichever was given into ``content``."""
        data: dict[str, Any] = super().clean() or {}
        file, text = data.get("file"), data.get("text", "")
        if file and file.size > MAX_BYTES:
            raise ValidationError(_("The file is larger than 3 MB. Split it into several files."))
        if not file and not text.strip():
            raise ValidationError(_("Choose a file or paste a list."))
        data["content"] = file.read() if file else text.encode()
        return data


@team_only
def start_import(request: SignedInRequest) -> HttpResponse:
    """Takes the file as it is; the worker reads it, and the run's page says what is in it."""
    form = UploadForm(request.POST or None, request.FILES or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        run = learner_import.start_import(
            content=form.cleaned_data["content"], by=request.user, country=form.cleaned_data["country"]
        )
        return redirect("runs:run", run.pk)
    title = _("Create learners from a list")
    context = {
        "form": form,
        "columns": imports.columns(),
        "breadcrumbs_items": breadcrumbs(title),
        "header_title": title,
    }
    return render(request, "accounts/admin/import.html", context)


@team_only
def template_file(request: SignedInRequest) -> HttpResponse:
    """An example to fill in."""
    country = request.user.country or settings.DEFAULT_COUNTRY
    example = [_("Awa Ndiaye"), country, phones.example(country), request.user.language]
    header = [str(column.label) for column in imports.columns()]
    return csv_response("learners", header, [[*example, *[""] * (len(header) - len(example))]])


@require_POST
@team_only
def print_cards(request: SignedInRequest) -> HttpResponse:
    """New cards for the chosen learners. They are shown once, at an address of their own: reloading makes no others."""
    ids = read_numbers(request.POST.getlist("learner"))[:MAX_CARDS_PRINTED]
    chosen, start = request.POST.get("import", ""), read_number(request.POST.get("start", ""))
    if chosen and start is not None:
        ids = created_by_import(request.user, chosen)[start:][:MAX_CARDS_PRINTED]
    users = list(visible_to(request.user).filter(pk__in=ids, is_active=True).order_by("sort_key", "username"))
    if not users:
        messages.warning(request, _("Choose the learners whose cards you want to print."))
        return redirect("learners:list")
    printed = cards.issue(users=users, by=request.user)
    batch = secrets.token_urlsafe(9)
    request.session[BATCH + batch] = cards.sealed(printed)
    return redirect("learners:cards", batch)


@require_safe
@private
@team_only
def show_cards(request: SignedInRequest, batch: str) -> HttpResponse:
    """The cards that were just made, to print now: after this the secrets exist nowhere."""
    sealed = request.session.pop(BATCH + batch, "")
    printed = cards.unsealed(sealed, visible_to(request.user)) if sealed else []
    if not printed:
        return render(request, "accounts/admin/cards_gone.html", {"header_title": _("Sign-in cards")}, status=404)
    return render(request, "accounts/admin/cards.html", {"cards": printed})


def created_by_import(by: User, pk: str) -> list[int]:
    """Only one's own import leads to its learners."""
    try:
        run = ImportRun.objects.filter(pk=UUID(pk), by=by).first()
    except ValueError as error:
        raise Http404 from error
    if run is None:
        raise Http404
    return learner_import.created_by_run(run)


class LearnerForm(NumberReleasingForm):
    class Meta:
        model = User
        fields = ["full_name", "phone", "language", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["full_name"].required = True
        help_text = _("A new number must be verified again.")
        if self.instance.phone_typed:
            help_text += " " + _("It was typed like this: %(text)s.") % {"text": self.instance.phone_typed}
        self.fields["phone"] = PhoneField(required=False, help_text=help_text)
        self.fields["language"] = language_field()
        self.fields["is_active"].label = _("Account open")
        self.fields["is_active"].help_text = _("A closed account cannot sign in. Its results are kept.")

    def clean_full_name(self) -> str:
        return person_names.clean_name(self.cleaned_data["full_name"])

    def clean_phone(self) -> str | None:
        return self.cleaned_data["phone"] or None


@team_only
def edit_learner(request: SignedInRequest, pk: int) -> HttpResponse:
    learner = get_object_or_404(with_state(visible_to(request.user)), pk=pk)
    form = LearnerForm(request.POST or None, instance=learner)
    if request.method == "POST" and form.is_valid():
        services.save_learner(learner=learner, changed=form.changed_data, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("learners:list")
    title = str(User.objects.get(pk=pk))
    pause = guesses.unknown_devices_wait(learner)
    context = {
        "form": form, "learner": learner, "pause": math.ceil(pause / 60),
        "breadcrumbs_items": breadcrumbs(title), "header_title": title,
    }  # fmt: skip
    return render(request, "accounts/admin/edit.html", context)


@require_POST
@team_only
def unlock_sign_in(request: SignedInRequest, pk: int) -> HttpResponse:
    """End the pause after too many wrong PINs."""
    learner = get_object_or_404(visible_to(request.user), pk=pk)
    services.unlock_sign_in(user=learner, by=request.user)
    messages.success(request, _("The pause is over: a PIN can be tried again now."))
    return redirect("learners:edit", pk)
