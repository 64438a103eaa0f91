"""What a learner uses of their mobile data, and how to use less."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from lms.accounts import data_use, services
from lms.accounts.data_forms import MobileDataForm
from lms.accounts.data_saver import asks_to_save
from lms.accounts.http import SignedInRequest
from lms.accounts.models import DataUse, User
from lms.lib.http import private

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Month:
    """``cost``: in the money of the reader, by what they told of their bundle; empty when they did not."""

    day: date
    down: int
    up: int
    total: int
    cost: str


def cost_text(used: int, user: User) -> str:
    """Two decimals below ten, else none."""
    if not user.bundle_price or not user.bundle_megabytes:
        return ""
    cost = used / MEGABYTE * user.bundle_price / user.bundle_megabytes
    return str(number_format(cost, 0 if cost >= 10 else 2, force_grouping=True))


def month_of(row: DataUse, user: User) -> Month:
    return Month(row.month, row.down, row.up, row.total, cost_text(row.total, user))


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
    stored = User.objects.get(pk=request.user.pk) if form.errors else request.user  # not what was refused
    months = [month_of(row, stored) for row in data_use.used_by(request.user)]
    is_new = bool(months) and months[0].day == data_use.first_of_month()
    context = {
        "form": form,
        "now": months[0] if is_new else None,
        "earlier": months[1:] if is_new else months,
        "browser_asks": asks_to_save(request),
    }
    return render(request, "accounts/mobile.html", context)
