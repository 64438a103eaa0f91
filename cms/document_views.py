"""A document goes to whoever may read a page that leads to it, and to the team."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.documents import get_document_model
from wagtail.documents.models import Document, document_served
from wagtail.models import Page, ReferenceIndex
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy

from lms.lib.files import PRIVATE, download_name, serve_file

TEAM_ACTIONS = ["add", "change", "delete", "choose"]


def may_read_document(user: Any, document: Any) -> bool:
    """The team's editors may; others where a live page that they may read leads to the document.

    What nothing leads to, or only a draft, is the team's. A page class says who reads it: ``may_be_read_by``.
    """
    policy = CollectionOwnershipPermissionPolicy(get_document_model(), Document, "uploaded_by_user")  # as Wagtail's own
    if user.has_perm("wagtailadmin.access_admin") and policy.user_has_any_permission_for_instance(
        user, TEAM_ACTIONS, document
    ):
        return True
    references = ReferenceIndex.get_references_to(document).filter(base_content_type__app_label="wagtailcore")
    ids = {int(pk) for pk in references.values_list("object_id", flat=True) if str(pk).isdecimal()}
    return any(
        getattr(page, "may_be_read_by", lambda user: False)(user)
        for page in Page.objects.filter(pk__in=ids).live().specific()
    )


@require_safe
def serve_document(request: HttpRequest, document_id: int, document_filename: str) -> HttpResponseBase:
    """One document, to save. Whoever may not read it is told what a stranger is told of a file that is not there."""
    document = get_object_or_404(get_document_model(), pk=document_id)
    if document.filename != document_filename:
        raise Http404
    for function in hooks.get_hooks("before_serve_document"):
        answer = function(document, request)
        if isinstance(answer, HttpResponse):
            return answer
    if not may_read_document(request.user, document):
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise Http404
    try:
        file, size = document.file.open("rb"), document.file.size
    except (OSError, ValueError) as error:
        raise Http404 from error
    document_served.send(sender=type(document), instance=document, request=request)
    name = download_name(document.title, document.filename)
    return serve_file(request, file, document.file.name, size=size, cache=PRIVATE, download_as=name)
