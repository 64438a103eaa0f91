"""Where a new course page or lesson goes: the places there are, each one click away."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.pages.choose_parent import ChooseParentView
from wagtail.models import Page

from courses.models import CoursePage


@dataclass(frozen=True, slots=True)
class Place:
    title: str
    course: str
    language: str
    url: str


class ChoosePlaceView(ChooseParentView):
    """Wagtail asks for a page in its tree; a trainer knows courses and modules."""

    template_name = "courses/admin/places.html"
    page_title = _("Where does it go?")
    http_method_names = ("get", "head", "options")  # a list of links: no form

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        places = self.places(request.user, request.GET.get("locale", ""))
        if len(places) == 1:
            return redirect(places[0].url)
        return TemplateView.get(self, request, places=places, **kwargs)

    def places(self, user: Any, language: str) -> list[Place]:
        """In ``language`` alone, if the list it was asked from is of one language."""
        self.locale = None  # Wagtail 8 would keep to the main language where none is asked for
        parents: QuerySet[Page] = self.get_valid_parent_pages(user).select_related("locale").order_by("path")
        here = [page for page in parents if page.locale.language_code == language] or list(parents)
        courses = dict(CoursePage.objects.values_list("path", "draft_title"))
        return [
            Place(
                title=page.get_admin_display_title(),
                course=courses.get(page.path[: -Page.steplen], ""),
                language=page.locale.get_display_name(),
                url=reverse("wagtailadmin_pages:add", args=[*self.made, page.pk]),
            )
            for page in here
        ]

    @property
    def made(self) -> list[str]:
        return [self.model._meta.app_label, self.model._meta.model_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super(ChooseParentView, self).get_context_data(form=None, **kwargs)
        return context
