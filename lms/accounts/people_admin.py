"""People in the admin, for programme managers and superusers. The role decides the rights; groups are never chosen.

Nobody changes their own role, only a superuser touches superusers, and nobody is deleted: records outlive people's
visits, so accounts are closed.
"""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.widgets import Button
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.users.forms import UserForm
from wagtail.users.views.users import CreateView, EditView, IndexView, UserColumn, UserViewSet

from lms.accounts import access, person_names, phones, rules, services
from lms.accounts.directory import namesakes, people_matching
from lms.accounts.enums import Role
from lms.accounts.fields import AddressField, PhoneField
from lms.accounts.forms import NumberReleasingForm, language_field
from lms.accounts.models import AccountMerge, RecoveryWords, User
from lms.lib.form_problems import problems_of_field
from lms.lib.seams.policies import HasRegisteredPolicy

MOST_ALIKE = 10  # people of one name that are shown before another is made


def address_of(person: User) -> str:
    """The page of a person in the admin."""
    return reverse("wagtailusers_users:edit", args=[person.pk])


class PersonForm(NumberReleasingForm, UserForm):
    first_name = None
    last_name = None
    email = AddressField(required=False, label=_("E-mail address"))

    class Meta:
        model = User
        fields = ["username", "full_name", "role", "email", "phone", "language", "is_active", "is_superuser"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.editor: User = kwargs.pop("editor")
        kwargs.pop("editing_self", None)
        super().__init__(*args, **kwargs)
        self.fields["full_name"].required = True
        self.fields["phone"] = PhoneField(required=False)
        self.fields["language"] = language_field()
        if "password1" in self.fields:
            self.fields["password1"].label, self.fields["password2"].label = (
                _("First password"),
                _("The same password again"),
            )
            self.fields["password1"].help_text = _(
                "It must be changed at the first sign-in. Give it to them in person."
            )
            self.fields["password2"].help_text = ""
        if not self.editor.is_superuser:
            del self.fields["is_superuser"]
        if self.instance.pk == self.editor.pk or self.instance.merged_into_id:  # closed until the merge is undone
            for name in ("role", "is_active", "is_superuser"):
                self.fields.pop(name, None)

    def clean_full_name(self) -> str:
        return person_names.clean_name(self.cleaned_data["full_name"])

    def clean_username(self) -> str:
        text: str = self.cleaned_data["username"]
        with problems_of_field():
            rules.check_username(text, own=self.instance.pk)
        return text

    def clean_email(self) -> str:
        text: str = self.cleaned_data["email"]
        with problems_of_field():
            rules.check_email(text, own=self.instance.pk)
        return text

    def clean_phone(self) -> str | None:
        return self.cleaned_data["phone"] or None

    def save(self, commit: bool = True) -> User:
        person: User = super().save(commit=False)
        if self.cleaned_data.get("password1"):
            person.must_change_pin = person.pk != self.editor.pk
            RecoveryWords.objects.filter(user=person.pk).delete()  # perhaps somebody else's, who knew the PIN
        if "phone" in self.changed_data:
            person.phone_verified_at = None
        if person.pk is None:
            person.created_by = self.editor
        if "phone" in self.changed_data and person.phone:
            services.release_numbers(numbers=[person.phone], by=self.editor)
        person.save()  # what the form changed: ``SavesChangedColumns``
        services.record(actor=self.editor, verb="save-person", target=person, fields=sorted(self.changed_data))
        if "role" in self.changed_data or not services.has_right_groups(person):
            services.set_role(user=person, role=Role(person.role), by=self.editor)
        return person


class NewPersonForm(PersonForm):
    class Meta(PersonForm.Meta):
        fields = ["username", "full_name", "role", "email", "phone", "language", "is_superuser"]

    is_another = forms.BooleanField(
        label=_("This is somebody else: create the account"), required=False,
        help_text=_("Somebody with this name already has an account. Look first whether it is the same person."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duplicates = self.possible_duplicates()
        if not self.duplicates:
            del self.fields["is_another"]
        for name in ("password1", "password2"):  # what was typed is not typed again after the question
            self.fields[name].widget.render_value = bool(self.duplicates)

    def possible_duplicates(self) -> list[User]:
        """Who has this name already, however it is spelled; nobody before a name is typed."""
        name = self.data.get(self.add_prefix("full_name"), "") if self.is_bound else ""
        return list(namesakes(User.objects.filter(merged_into=None), name).order_by("-last_login", "pk")[:MOST_ALIKE])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.duplicates and not data.get("is_another"):
            self.add_error("full_name", forms.ValidationError(format_html(
                "{} {}", _("People who already have an account under this name:"),
                format_html_join(", ", '<a href="{}">{}</a>', [
                    (address_of(person), self.described(person)) for person in self.duplicates
                ]),
            ), code="alike"))  # fmt: skip
        return data

    @staticmethod
    def described(person: User) -> str:
        """Enough to tell two people of one name apart."""
        return ", ".join(part for part in (str(person), person.username, phones.for_people(person.phone)) if part)


class ChangePersonForm(PersonForm):
    password_required = False


class EditorMixin:
    """Hands the editor to the form."""

    request: Any

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "editor": self.request.user}  # type: ignore[misc]


class NewPersonView(EditorMixin, CreateView):
    pass


class ChangePersonView(EditorMixin, EditView):
    @property
    def header_more_buttons(self) -> list[Any]:
        buttons: list[Any] = list(super().header_more_buttons)
        if self.request.user.is_manager and not self.object.is_superuser and not self.object.merged_into_id:
            address = reverse("merges:choose", args=[self.object.pk])
            buttons.append(Button(_("Merge with another account"), address, icon_name="duplicate", priority=50))
        merge = AccountMerge.objects.filter(merged=self.object, undone_at=None).order_by("-pk").first()
        if self.request.user.is_manager and self.object.merged_into_id and merge:
            address = reverse("merges:show", args=[merge.pk])
            buttons.append(Button(_("Merged into another account"), address, icon_name="duplicate", priority=50))
        if access.may_help(self.request.user, self.object):
            address = reverse("people:access", args=[self.object.pk])
            buttons.append(Button(_("Sign-in: pause, second factor"), address, icon_name="key", priority=15))
        return buttons

    def get_delete_url(self) -> str | None:
        """Wagtail's view of people offers it to superusers without asking the policy."""
        return None

    def get_object(self, queryset: Any = None) -> User:
        person: User = super().get_object(queryset)
        if person.is_superuser and not self.request.user.is_superuser:
            raise PermissionDenied
        return person


class PeopleFilterSet(WagtailFilterSet):
    role = django_filters.MultipleChoiceFilter(
        label=_("Role"), choices=Role.choices, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, is_searching: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["role", "is_active"]


def role_words(person: User) -> str:
    return str(_("administrator") if person.is_superuser else person.get_role_display())


class PeopleListView(IndexView):
    page_title = _("People")
    add_item_label = _("Add a person")

    def search_queryset(self, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.filter(people_matching(self.search_query)) if self.is_searching else queryset

    @cached_property
    def columns(self) -> list[Column]:
        title = self._get_title_column_class(UserColumn)
        return [
            title("full_name", accessor=str, label=_("Name"), sort_key="sort_key", get_url=self.get_edit_url),
            Column("username", label=_("User name"), sort_key="username_key"),
            Column("role", accessor=role_words, label=_("Role"), sort_key="role"),
            BooleanColumn("is_active", label=_("Account open"), sort_key="is_active"),
            DateColumn("last_login", label=_("Last sign-in"), sort_key="last_login"),
        ]


class NoDeletePolicy(ModelPermissionPolicy):
    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "delete" and bool(super().user_has_permission(user, action))

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class PeopleViewSet(HasRegisteredPolicy, UserViewSet):
    model = User
    menu_label = _("People")
    ordering = "sort_key"
    filterset_class = PeopleFilterSet
    index_view_class = PeopleListView
    add_view_class = NewPersonView
    edit_view_class = ChangePersonView
    create_template_name = "wagtailadmin/generic/create.html"
    edit_template_name = "wagtailadmin/generic/edit.html"
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[PersonForm]:
        return ChangePersonForm if for_update else NewPersonForm
