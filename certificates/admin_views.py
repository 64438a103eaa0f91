"""Programme managers' own screens in the admin: withdrawing a certificate, having its PDF generated again."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates import services, tasks
from certificates.models import Certificate
from lms.accounts.access import needs
from lms.accounts.http import SignedInRequest
from lms.lib.publish import wake_on_commit

REGISTER = "wagtailsnippets_certificates_certificate:list"


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
        return redirect(REGISTER)
    context = {"certificate": certificate, "form": form, "list_url": reverse(REGISTER)}
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
        return redirect(REGISTER)
    context = {"certificate": certificate, "list_url": reverse(REGISTER)}
    return render(request, "certificates/admin/generate_again.html", context)
