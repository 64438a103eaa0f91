"""A learner's data, for a programme manager whom the learner asked: four acts, each with its reason."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lms.accounts import exports, on_behalf
from lms.accounts.access import manager_only
from lms.accounts.enums import BehalfAct, Role
from lms.accounts.http import SignedInRequest
from lms.accounts.identity import has_username
from lms.accounts.models import User

SHOWN = 50  # acts of before


class BehalfForm(forms.Form):
    act = forms.ChoiceField(
        label=gettext_lazy("What they ask for"), choices=BehalfAct.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason, which they can read"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    confirm = forms.CharField(
        label=gettext_lazy("To erase: their user name, once more"), max_length=150, required=False
    )

    def __init__(self, data: Any = None, *, person: User) -> None:
        super().__init__(data)
        self.person = person

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        same = User.objects.filter(has_username(data.get("confirm", "")), pk=self.person.pk)
        if data.get("act") == BehalfAct.ERASE and not same.exists():
            self.add_error("confirm", _("Type the user name of the account that is to be erased."))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@manager_only
def act(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk, role=Role.LEARNER, is_active=True)
    form = BehalfForm(request.POST if request.method == "POST" else None, person=person)
    if request.method == "POST" and form.is_valid():
        chosen = BehalfAct(form.cleaned_data["act"])
        try:
            on_behalf.do(act=chosen, person=person, by=request.user, reason=form.cleaned_data["reason"])
        except exports.AskedOftenError as error:
            messages.warning(request, str(error))
            return redirect("on_behalf:act", pk)
        messages.success(request, _("Done, and written down with your reason."))
        return redirect("learners:list") if chosen == BehalfAct.ERASE else redirect("on_behalf:act", pk)
    title = _("Data of %(name)s") % {"name": person}
    context = {
        "form": form, "person": person, "copy": exports.newest_of(about=person, by=request.user),
        "acts": person.acts_on_behalf.select_related("by")[:SHOWN], "header_title": title,
        "breadcrumbs_items": [
            {"url": reverse("learners:list"), "label": _("Learners")},
            {"url": reverse("learners:edit", args=[pk]), "label": str(person)},
            {"url": "", "label": title},
        ],
    }  # fmt: skip
    return render(request, "accounts/admin/on_behalf.html", context, status=422 if form.errors else 200)
