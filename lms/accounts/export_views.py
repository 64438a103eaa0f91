"""A copy of one's own data: asked for, being made, to download."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import storages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lms.accounts import exports
from lms.accounts.http import SignedInRequest
from lms.lib.files import serve_file
from lms.lib.http import private
from lms.lib.moments import site_day

ACTS = 50  # of the programme, that are shown


@private
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_data(request: SignedInRequest) -> HttpResponse:
    """The newest copy, how far it is, and the button for one. It can be left and found again."""
    if request.method == "POST":
        try:
            exports.ask(about=request.user, by=request.user)
            messages.success(request, _("We are preparing the copy of your data. You may leave this page."))
        except exports.AskedOftenError as error:
            messages.warning(request, str(error))
        return redirect("accounts:data")
    copy = exports.newest_of(about=request.user, by=request.user)
    acts = request.user.acts_on_behalf.all()[:ACTS]
    context = {"copy": copy, "acts": acts, "until": site_day(copy.asked_at + exports.KEPT) if copy else None}
    return render(request, "accounts/data.html", context)


@private
@login_required
@require_safe
def download(request: SignedInRequest, pk: uuid.UUID) -> HttpResponseBase:
    """For whoever asked for it, nobody else."""
    export = get_object_or_404(exports.kept().filter(made_at__isnull=False), pk=pk, by=request.user)
    try:
        file = storages["private"].open(export.path)
    except FileNotFoundError as error:
        raise Http404 from error
    name = f"passerelle-{export.about.username}.zip"
    return serve_file(request, file, export.path, size=export.size, cache="private, no-store", download_as=name)
