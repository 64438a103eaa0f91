"""Programme managers' own screens in the admin: withdrawing a certificate, having its PDF generated again."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assessments.models import RegradeRun
from certificates import services, tasks
from certificates.models import Certificate
from certificates.regrades import at_stake, check_decision, keep_valid, withdraw
from lms.accounts.access import needs
from lms.accounts.http import SignedInRequest
from lms.lib.form_problems import problems_beside
from lms.lib.publish import wake_on_commit
from lms.lib.runs import RunState

PAGE = 50
MOST_AT_ONCE = 200  # certificates decided about in one request
CERTIFICATE_LIST = "wagtailsnippets_certificates_certificate:list"


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody who checks this certificate can read it. Do not name any other person."),
    )  # fmt: skip


@needs("certificates.change_certificate")
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for the reason, then withdraw. Programme managers only."""
    certificate = get_object_or_404(Certificate, pk=pk)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = services.revoke(certificate=certificate, reason=form.cleaned_data["reason"], by=request.user)
        text = _("The certificate was withdrawn.") if done else _("It was already withdrawn.")
        messages.success(request, text)
        return redirect(CERTIFICATE_LIST)
    context = {"certificate": certificate, "form": form, "list_url": reverse(CERTIFICATE_LIST)}
    return render(request, "certificates/admin/revoke.html", context)


@needs("certificates.change_certificate")
def generate_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say why a PDF was given up, then have it generated again. Programme managers only."""
    certificate = get_object_or_404(Certificate, pk=pk)
    if request.method == "POST":
        if services.generate_again(certificate=certificate, by=request.user):
            wake_on_commit(tasks.generate_certificate, certificate.pk)
            messages.success(request, _("The PDF is being generated. The person will be told when it is ready."))
        else:
            messages.info(
                request,
                _("Nothing to do for this PDF: it exists, is being generated, or its certificate was withdrawn."),
            )
        return redirect(CERTIFICATE_LIST)
    context = {"certificate": certificate, "list_url": reverse(CERTIFICATE_LIST)}
    return render(request, "certificates/admin/generate_again.html", context)


class StakeForm(forms.Form):
    """Which of the listed certificates, and what becomes of them. A withdrawal has its public reason."""

    certificates: Any = forms.ModelMultipleChoiceField(queryset=None, required=False)
    everyone = forms.BooleanField(required=False)
    decision = forms.ChoiceField(choices=[("keep", ""), ("withdraw", "")])
    reason = forms.CharField(max_length=300, required=False)

    def __init__(self, data: Any, *, offered: QuerySet[Certificate]) -> None:
        super().__init__(data)
        self.fields["certificates"].queryset = offered  # type: ignore[attr-defined]
        self.offered = offered

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        with problems_beside(self):
            check_decision(
                is_withdrawal=cleaned.get("decision") == "withdraw",
                chooses=bool(cleaned.get("everyone") or cleaned.get("certificates")),
                reason=cleaned.get("reason", ""),
            )
        return cleaned

    def chosen(self) -> list[Certificate]:
        rows = self.offered if self.cleaned_data["everyone"] else self.cleaned_data["certificates"]
        return list(rows[:MOST_AT_ONCE])


@needs("certificates.change_certificate")
def of_regrade(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Who no longer passes after a correction and holds a certificate. It stays unless somebody decides here."""
    run = get_object_or_404(RegradeRun, pk=pk)
    offered = at_stake(run, request.user)
    form = StakeForm(request.POST or None, offered=offered)
    if request.method == "POST" and run.state == RunState.DONE and form.is_valid():
        chosen = form.chosen()
        if form.cleaned_data["decision"] == "keep":
            count = keep_valid(certificates=chosen, by=request.user)
            text = ngettext("%(count)s certificate stays valid.", "%(count)s certificates stay valid.", count)
        else:
            count = withdraw(certificates=chosen, reason=form.cleaned_data["reason"], by=request.user)
            text = ngettext("%(count)s certificate was withdrawn.", "%(count)s certificates were withdrawn.", count)
        messages.success(request, text % {"count": count})
        return redirect("certificates_of_regrade", run.pk)
    context = {
        "run": run,
        "form": form,
        "may_decide": run.state == RunState.DONE,
        "page_obj": Paginator(offered, PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "certificates/admin/of_regrade.html", context, status=422 if form.errors else 200)
