"""Placement in the admin, for programme managers: employers to check, their people and opportunities, every "
"referral."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, Panel
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.widgets.button import Button
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import CreateView, InspectView, SnippetViewSetGroup

from cms.gates import OPEN
from cms.gates import allow as allow_views
from cms.search import RowsViewSet, WordsIndexView
from lms.accounts.enums import Role
from lms.accounts.models import User
from lms.lib.form_problems import problems_beside
from lms.lib.moments import site_day
from lms.lib.numbers import read_number
from lms.lib.translated import untranslated
from placement import (
    admin_views,
    case_views,
    check_views,
    code_name_views,
    demand_views,
    desk,
    desk_views,
    review_views,
    rules,
)
from placement.admin_forms import EmployerForm
from placement.choices import COUNTRIES, CURRENCIES, countries_with, country_choices, country_name
from placement.data_protection import KNOWN, Known
from placement.enums import Vetting
from placement.models import Employer, EmployerContact, Opportunity, PayFloor, PlacementCountry, Referral
from placement.services import thread_rules as threads


class CountrySelect(forms.Select):
    """Names in the reader's language instead of two letters to type; a stored country outside the list stays."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        self.choices = countries_with(value[0] if value else "")
        return super().optgroups(name, value, attrs)


def country_panel() -> FieldPanel:
    return FieldPanel("country", widget=CountrySelect)


class EmployerFilterSet(WagtailFilterSet):
    country = django_filters.ChoiceFilter(label=gettext_lazy("Country"), choices=lambda: country_choices()[1:])

    class Meta:
        model = Employer
        fields: ClassVar[list[str]] = ["vetting", "country"]


class Managed(RowsViewSet):
    index_view_class = WordsIndexView
    copy_view_enabled = False
    list_per_page = 50

    def register_chooser_viewset(self) -> None:
        """Nothing in a page chooses these, and a chooser would list them to trainers."""


class EmployerViewSet(Managed):
    model = Employer
    base_form_class = EmployerForm
    icon = "home"
    menu_label = gettext_lazy("Employers")
    search_fields: ClassVar[list[str]] = ["name", "town", "registration", "contact_email"]
    filterset_class = EmployerFilterSet
    list_display: ClassVar[list[Any]] = [
        "name",
        Column("get_vetting_display", label=gettext_lazy("State"), sort_key="vetting"),
        Column(
            "country", label=gettext_lazy("Country"), sort_key="country", accessor=lambda row: country_name(row.country)
        ),
        "town",
        Column("registration", label=gettext_lazy("Registration")),
        DateColumn("no_fee_pledge_at", label=gettext_lazy("No-fee pledge")),
        DateColumn("created_at", label=gettext_lazy("Asked on"), sort_key="created_at"),
    ]
    panels: ClassVar[list[Panel]] = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("slug"), country_panel(), FieldPanel("town"),
                         FieldPanel("website"), FieldPanel("registration"), FieldPanel("about")],
                        heading=gettext_lazy("Who they are")),
        MultiFieldPanel([FieldPanel("contact_name"), FieldPanel("contact_email"), FieldPanel("no_fee_pledge_at"),
                         FieldPanel("vetting_note"), FieldPanel("vetting", read_only=True), FieldPanel("is_another")],
                        heading=gettext_lazy("Our check")),
    ]  # fmt: skip


class ContactForm(WagtailAdminModelForm):
    """People with the role of an employer who answer for none yet: the list of everybody would be thousands long."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = Q(employer_contact=None, role=Role.EMPLOYER, is_active=True)
        people = User.objects.filter(free | Q(pk=self.instance.user_id)).order_by("sort_key", "username")
        self.fields["user"].queryset = people
        self.fields["user"].help_text = _("To invite somebody new by e-mail, go to the list of employers.")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        with problems_beside(self):
            rules.check_owner(self.instance.pk, data.get("employer"), is_owner=bool(data.get("is_owner")))
        return data


class ContactViewSet(Managed):
    model = EmployerContact
    icon = "user"
    menu_label = gettext_lazy("Their contacts")
    search_fields: ClassVar[list[str]] = ["user__full_name", "employer__name"]
    list_filter: ClassVar[list[str]] = ["employer"]
    list_display: ClassVar[list[Any]] = [
        "__str__",
        Column("employer", label=gettext_lazy("Employer"), sort_key="employer__name"),
        "job_title",
        BooleanColumn("is_owner", label=gettext_lazy("Owner")),
        BooleanColumn("receives_referrals", label=gettext_lazy("Gets referrals by e-mail")),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("employer"),
            FieldPanel("user"),
            FieldPanel("job_title"),
            FieldPanel("is_owner"),
            FieldPanel("receives_referrals"),
            FieldPanel("mails"),
        ],
        base_form_class=ContactForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[EmployerContact]:
        return EmployerContact.objects.select_related("user", "employer")


class OpportunityViewSet(Managed):
    model = Opportunity
    icon = "form"
    menu_label = gettext_lazy("Opportunities")
    search_fields: ClassVar[list[str]] = ["titles", "employer__name"]
    list_filter: ClassVar[list[str]] = ["state", "kind", "place", "employer"]
    list_display: ClassVar[list[Any]] = [
        "__str__",
        Column(untranslated, label=gettext_lazy("To translate")),
        Column("employer", label=gettext_lazy("Employer"), sort_key="employer__name"),
        Column("get_kind_display", label=gettext_lazy("Kind"), sort_key="kind"),
        Column("get_state_display", label=gettext_lazy("State"), sort_key="state"),
        "positions",
        DateColumn("created_at", label=gettext_lazy("Written on"), sort_key="created_at"),
    ]
    panels: ClassVar[list[Panel]] = [
        FieldPanel("employer"), FieldPanel("kind"), FieldPanel("titles"), FieldPanel("descriptions"),
        MultiFieldPanel([FieldPanel("place"), country_panel(), FieldPanel("region"),
                         FieldPanel("hours_per_week"), FieldPanel("positions"), FieldPanel("closes_on")],
                        heading=gettext_lazy("Where and when")),
        MultiFieldPanel([FieldPanel("pay_min"), FieldPanel("pay_max"), FieldPanel("pay_currency"),
                         FieldPanel("pay_period")], heading=gettext_lazy("Pay")),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Opportunity]:
        rows: QuerySet[Opportunity] = Opportunity.objects.select_related("employer")
        return rows


INTERVIEWS = 20  # the newest proposals of a referral


class PayFloorViewSet(Managed):
    model = PayFloor
    icon = "tag"
    menu_label = gettext_lazy("Minimum wages")
    search_fields: ClassVar[list[str]] = ["country", "source"]
    list_display: ClassVar[list[Any]] = [
        Column(
            "country", label=gettext_lazy("Country"), sort_key="country", accessor=lambda row: country_name(row.country)
        ),
        "amount", "currency", "get_period_display", DateColumn("since", label=gettext_lazy("In force since")), "source",
    ]  # fmt: skip
    panels: ClassVar[list[Panel]] = [
        country_panel(), FieldPanel("amount"), FieldPanel("currency", widget=forms.Select(choices=CURRENCIES)),
        FieldPanel("period"), FieldPanel("week_hours"), FieldPanel("since"), FieldPanel("source"),
    ]  # fmt: skip


class NewCountryView(CreateView):
    def get_initial_form_instance(self) -> PlacementCountry:
        """``?country=SN``: with what is known of that country, to be checked."""
        code = self.request.GET.get("country", "")
        known = KNOWN.get(code, Known())
        if not any(code == choice for choice, _label in COUNTRIES):
            return PlacementCountry()
        return PlacementCountry(country=code, authority=known.authority, law=known.law)


class CountryViewSet(Managed):
    model = PlacementCountry
    icon = "globe"
    menu_label = gettext_lazy("Countries")
    add_view_class = NewCountryView
    search_fields: ClassVar[list[str]] = ["country", "authority", "filing"]
    list_filter: ClassVar[list[str]] = ["is_open"]
    list_display: ClassVar[list[Any]] = [
        Column(
            "country", label=gettext_lazy("Country"), sort_key="country", accessor=lambda row: country_name(row.country)
        ),
        Column("state_words", label=gettext_lazy("State")),
        "authority",
        "filing",
        "contact_name",
    ]
    panels: ClassVar[list[Panel]] = [
        MultiFieldPanel([country_panel(), FieldPanel("authority"), FieldPanel("law"), FieldPanel("filing"),
                         FieldPanel("transfers"), FieldPanel("contact_name"), FieldPanel("contact_email")],
                        heading=gettext_lazy("What the law of this country asks for"),
                        help_text=gettext_lazy("Learners of this country read all of it before they say yes to an"
                                               " employer.")),
        FieldPanel("is_open"),
    ]  # fmt: skip


class ReferralInspectView(InspectView):
    template_name = "placement/admin/referral.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        events = self.object.events.select_related("actor")
        outcomes = self.object.outcomes.order_by("due_on").prefetch_related("answers__actor")
        context = {
            "events": events,
            "thread": threads.for_team(self.object, read_number(self.request.GET.get("before", ""))),
            "referral": self.object,
            "interviews": self.object.interviews.prefetch_related("slots")[:INTERVIEWS],
            "offers": self.object.offers.all(),
            "outcomes": outcomes,
            "today": site_day(),
        }
        return {**super().get_context_data(**kwargs), **context}


class ReferralViewSet(Managed):
    model = Referral
    icon = "link"
    menu_label = gettext_lazy("Referrals")
    inspect_view_enabled = True
    inspect_view_class = ReferralInspectView
    inspect_view_fields: ClassVar[list[str]] = [
        "profile", "opportunity", "state", "asked_by_employer", "score", "created_at", "forwarded_at", "answered_at",
        "refusal_reason", "last_error",
    ]  # fmt: skip
    search_fields: ClassVar[list[str]] = [
        "code_name",
        "profile__pseudonym",
        "profile__user__full_name",
        "opportunity__titles",
    ]
    list_filter: ClassVar[list[str]] = ["state", "opportunity__employer", "asked_by_employer"]
    list_display: ClassVar[list[Any]] = [
        "profile",
        Column("opportunity", label=gettext_lazy("Opportunity")),
        Column("opportunity.employer", label=gettext_lazy("Employer")),
        Column("team_state", label=gettext_lazy("State"), sort_key="state"),
        DateColumn("forwarded_at", label=gettext_lazy("Sent on"), sort_key="forwarded_at"),
        DateColumn("answered_at", label=gettext_lazy("Answered on"), sort_key="answered_at"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Referral]:
        rows: QuerySet[Referral] = Referral.objects.with_page_data()
        return rows


class PlacementMenu(SnippetViewSetGroup):
    items = (EmployerViewSet, ContactViewSet, OpportunityViewSet, ReferralViewSet, PayFloorViewSet, CountryViewSet)
    menu_label = gettext_lazy("Placement")
    menu_icon = "group"
    menu_name = "placement"
    menu_order = 150
    add_to_admin_menu = True


register_snippet(PlacementMenu)


allow_views(
    dict.fromkeys(
        [
            "placement_vetting",
            "placement_invite",
            "placement_outcome",
            "placement_overview",
            "placement_code_names",
            "placement_reviews",
            "placement_review",
            "placement_cases",
            "placement_case",
            "placement_suspend",
            "placement_silent",
            "placement_employer_checks",
            "placement_checks",
        ],
        OPEN,
    )
)  # for programme managers: each asks for the permission
allow_views({"placement_demand": OPEN})  # for the team: numbers of people, none under five


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    return [
        path("placement/employers/<int:pk>/vetting/", admin_views.vetting, name="placement_vetting"),
        path("placement/employers/<int:pk>/invite/", admin_views.invite, name="placement_invite"),
        path("placement/outcomes/<int:pk>/", admin_views.outcome_by_hand, name="placement_outcome"),
        path("placement/code-names/", code_name_views.look_up, name="placement_code_names"),
        path("placement/reviews/", review_views.waiting, name="placement_reviews"),
        path("placement/reviews/<int:pk>/", review_views.decide, name="placement_review"),
        path("placement/employers/<int:pk>/suspend/", case_views.suspension, name="placement_suspend"),
        path("placement/cases/", case_views.index, name="placement_cases"),
        path("placement/cases/<int:pk>/", case_views.detail, name="placement_case"),
        path("placement/employers/<int:pk>/checks/", check_views.of_employer, name="placement_employer_checks"),
        path("placement/checks/", check_views.to_renew, name="placement_checks"),
        path("placement/silent/", desk_views.silent, name="placement_silent"),
        path("reports/placement/", admin_views.placement_overview, name="placement_overview"),
        path("reports/skills-in-demand/", demand_views.skills_in_demand, name="placement_demand"),
    ]


class ManagerItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("placement.view_referral"))


@hooks.register("register_reports_menu_item")
def report_item() -> MenuItem:
    return ManagerItem(
        gettext_lazy("Placement overview"), reverse("placement_overview"), name="placement", icon_name="group", order=20
    )


@hooks.register("register_reports_menu_item")
def code_name_item() -> MenuItem:
    return ManagerItem(
        gettext_lazy("Code names"), reverse("placement_code_names"), name="code-names", icon_name="view", order=22
    )


@hooks.register("register_reports_menu_item")
def demand_item() -> MenuItem:
    return MenuItem(
        gettext_lazy("Skills in demand"),
        reverse("placement_demand"),
        name="demand",
        icon_name="clipboard-list",
        order=25,
    )


class DecisionItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("placement.change_opportunity"))


@hooks.register("register_admin_menu_item")
def decision_item() -> MenuItem:
    return DecisionItem(
        gettext_lazy("To decide"), reverse("placement_reviews"), name="reviews", icon_name="warning", order=149
    )


class CaseItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("placement.change_employer"))


@hooks.register("register_admin_menu_item")
def case_item() -> MenuItem:
    return CaseItem(
        gettext_lazy("Reported employers"), reverse("placement_cases"), name="cases", icon_name="warning", order=149
    )


class DeskPanel(Component):
    """On the first page, before all else: what waits for a manager."""

    name = "desk"
    template_name = "placement/admin/desk_panel.html"
    order = 50

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"tasks": desk.tasks_of(parent_context["request"].user, timezone.now())}


@hooks.register("construct_homepage_panels")
def add_desk(request: HttpRequest, panels: list[Component]) -> None:
    if desk.has_desk(request.user):
        panels.append(DeskPanel())


@hooks.register("register_snippet_listing_buttons")
def listing_buttons(snippet: Any, user: Any, next_url: str | None = None) -> Any:
    if isinstance(snippet, Employer) and user.has_perm("placement.change_employer"):
        label = _("Suspend") if snippet.vetting == Vetting.VETTED else _("Check")
        url = reverse("placement_vetting", args=[snippet.pk])
        yield Button(label, url, icon_name="view", priority=60)
        if snippet.vetting == Vetting.VETTED:
            url = reverse("placement_invite", args=[snippet.pk])
            yield Button(_("Invite a person"), url, icon_name="mail", priority=50)
