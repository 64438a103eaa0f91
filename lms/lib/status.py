"""The status page of the Wagtail admin: what ``manage.py doctor`` says, for programme managers."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from lms.lib.checkup import examine, worst


@never_cache
def status(request: HttpRequest) -> HttpResponse:
    if not may_see_status(request):
        raise PermissionDenied
    findings = examine()
    order = {"red": 0, "amber": 1, "green": 2}
    rows = sorted(findings, key=lambda finding: order[finding.level])
    return render(request, "site/status.html", {"findings": rows, "worst": worst(findings)})


def may_see_status(request: HttpRequest) -> bool:
    """Programme managers and superusers."""
    return bool(getattr(request.user, "is_manager", False))
