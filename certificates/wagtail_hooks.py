"""Certificates in the admin: a register to search, and the withdrawal of one, with its reason."""

from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.widgets.button import Button
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import InspectView

from certificates import admin_views, services
from certificates.access import certificates_of
from certificates.models import Certificate
from cms.gates import OPEN, Rows
from cms.gates import allow as allow_views
from cms.search import RowsViewSet, WordsIndexView
from courses.access import courses_to_take
from lms.accounts.http import SignedInRequest


class CertificateInspectView(InspectView):
    """What is known of one; nothing is said of what is empty."""

    def setup(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.fields: list[str] = [name for name in self.fields if getattr(self.object, name) not in {None, ""}]

    def get_field_label(self, field_name: str, field: Any) -> Any:
        labels = {
            "last_error": _("Last error while generating the PDF"),
            "pdf_sha256": _("Fingerprint of the PDF"),
            "score_band": _("Result"),
        }
        return labels.get(field_name) or super().get_field_label(field_name, field)

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        if field_name == "code":
            return self.object.printed_code
        if field_name == "language":
            return dict(settings.LANGUAGES).get(self.object.language, self.object.language)
        return super().get_field_display_value(field_name, field)


class CertificateFilterSet(WagtailFilterSet):
    course = django_filters.ModelChoiceFilter(
        queryset=lambda request: courses_to_take(request.user), label=gettext_lazy("Course")
    )
    pdf = django_filters.ChoiceFilter(
        label="PDF", method="by_pdf",
        choices=[("given-up", gettext_lazy("PDF could not be generated"))],
    )  # fmt: skip

    class Meta:
        model = Certificate
        fields: ClassVar[dict[str, list[str]]] = {
            "issued_at": ["date__gte"],
            "revoked_at": ["isnull"],
        }

    def by_pdf(self, queryset: QuerySet[Certificate], name: str, value: str) -> QuerySet[Certificate]:
        return queryset.filter(pk__in=services.given_up().values("pk"))


class CertificateViewSet(RowsViewSet):
    model = Certificate
    index_view_class = WordsIndexView
    inspect_view_class = CertificateInspectView
    icon = "success"
    menu_label = gettext_lazy("Certificates")
    menu_order = 140
    add_to_admin_menu = True
    inspect_view_enabled = True
    copy_view_enabled = False
    list_per_page = 50
    search_fields: ClassVar[list[str]] = ["holder_name", "title", "code"]
    filterset_class = CertificateFilterSet
    list_display: ClassVar[list[Any]] = [
        "holder_name",
        "title",
        Column("printed_code", label=gettext_lazy("Code")),
        DateColumn("issued_at", label=gettext_lazy("Issued on"), sort_key="issued_at"),
        BooleanColumn("is_valid", label=gettext_lazy("Valid")),
    ]
    inspect_view_fields: ClassVar[list[str]] = [
        "holder_name", "title", "code", "language", "hours", "score_band", "issued_at", "revoked_at",
        "revoked_reason", "pdf_sha256", "last_error",
    ]  # fmt: skip

    def get_queryset(self, request: SignedInRequest) -> QuerySet[Certificate]:
        return certificates_of(request.user, "view")

    def register_chooser_viewset(self) -> None:
        """Nothing chooses a certificate, and a chooser would list everybody's."""


register_snippet(CertificateViewSet)


allow_views(
    {
        "certificates_of_regrade": OPEN,  # it offers the certificates that the person may change
        "revoke_certificate": Rows(lambda: Certificate, "pk", "change"),
        "generate_certificate_again": Rows(lambda: Certificate, "pk", "change"),
    }
)


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [
        path("certificates/regrade/<uuid:pk>/", admin_views.of_regrade, name="certificates_of_regrade"),
        path("certificates/<int:pk>/revoke/", admin_views.revoke, name="revoke_certificate"),
        path("certificates/<int:pk>/generate-again/", admin_views.generate_again, name="generate_certificate_again"),
    ]


@hooks.register("register_snippet_listing_buttons")
def listing_buttons(snippet: Any, user: Any, next_url: str | None = None) -> Any:
    if not isinstance(snippet, Certificate) or snippet.revoked_at is not None:
        return
    if user.has_perm("certificates.change_certificate"):
        url = reverse("revoke_certificate", args=[snippet.pk])
        yield Button(_("Withdraw"), url, icon_name="cross", priority=60)
        if snippet.is_given_up:
            url = reverse("generate_certificate_again", args=[snippet.pk])
            yield Button(_("Generate the PDF again"), url, icon_name="rotate", priority=50)
