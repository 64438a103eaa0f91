"""What a learner uses of their mobile data, and how to use less."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lms.accounts import services
from lms.accounts.data_forms import MobileDataForm
from lms.accounts.data_saver import asks_to_save
from lms.accounts.http import SignedInRequest
from lms.lib.http import private


@private
@login_required
def mobile_data(request: SignedInRequest) -> HttpResponse:
    if not request.user.is_learner or request.user.is_superuser:
        return redirect("accounts:settings")
    form = MobileDataForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        services.save_settings(user=request.user, changed=form.changed_data)
        messages.success(request, _("Saved."))
        return redirect("accounts:mobile")
    return render(request, "accounts/mobile.html", {"form": form, "browser_asks": asks_to_save(request)})
