"""The site's own pages and settings. Course pages stand on ``BasePage`` from above; nothing here knows them."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.models import Page

from cms.blocks import PageBlocks
from cms.contact_form import ContactForm
from cms.fields import ContentField
from cms.forms import RowsPageForm
from cms.page_permissions import SitePagePermissions
from lms.accounts.data_saver import saves_data
from lms.lib.numbers import read_number
from lms.lib.translated import TranslatedField

PHONE_FIRST: list[dict[str, Any]] = [
    {"name": "phone", "icon": "mobile-alt", "device_width": 360, "label": _("Phone, 360 px")},
    {"name": "desktop", "icon": "desktop", "device_width": 1280, "label": _("Computer, 1280 px")},
]
"""Sizes of previews."""
MAX_SLUG = 245  # characters of Wagtail's column, without the number behind it


class PageCopyForm(CopyForm):
    """Without aliases: a lesson that mirrors another has one key with it, and whoever reads one has read both."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("alias", None)

    def clean(self) -> dict[str, Any]:
        """The copy has an address of its own, as a new page has; nobody is asked for one."""
        parent, slug = self.cleaned_data.get("new_parent_page") or self.page.get_parent(), self.cleaned_data["new_slug"]
        kind = self.page.specific_class
        if slug and issubclass(kind, BasePage):
            self.cleaned_data["new_slug"] = kind.free_slug(parent, slug)
        data: dict[str, Any] = super().clean()
        return data


class BasePage(Page):
    """What every page of the site shares: previews the size of a phone, first; few things to promote."""

    base_form_class = RowsPageForm
    copy_form_class = PageCopyForm
    is_copied_alone: ClassVar[bool] = False
    """Whether “Copy” is offered: what makes sense only inside its course is copied with the course."""
    needs_author: ClassVar[bool] = False
    """Whether it belongs to a course, whose authors alone copy, move and delete it."""

    promote_panels: ClassVar[list[Panel]] = [
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")], _("Address and search")
        )
    ]

    private_page_options: ClassVar[list[str]] = ["groups", "login"]  # a shared password is guessed at uncounted

    class Meta:
        abstract = True

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Pictures wait for a tap where the reader saves data; ``?picture=3`` shows the third block's."""
        shown = read_number(request.GET.get("picture", ""))
        tap = {"on_tap": saves_data(request), "shown_picture": shown}
        return {**super().get_context(request, *args, **kwargs), **tap}

    def permissions_for_user(self, user: Any) -> SitePagePermissions:
        return SitePagePermissions(user, self)

    def may_be_read_by(self, user: Any) -> bool:
        """Whether this person may read the page, and so what it leads to: documents ask."""
        return self.live and not self.get_view_restrictions().exists()

    @classmethod
    def slug_is_taken(cls, parent: Page, slug: str, own: int | None = None) -> bool:
        """Whether a page other than ``own`` keeps a page of this kind below ``parent`` from having this slug."""
        return Page.objects.child_of(parent).filter(slug=slug).exclude(pk=own).exists()

    @classmethod
    def free_slug(cls, parent: Page, wanted: str, own: int | None = None) -> str:
        """``wanted``, with a number behind it when it is taken: two lessons may both be called “Introduction”."""
        slug, number = wanted, 2
        while cls.slug_is_taken(parent, slug, own):
            slug, number = f"{wanted[:MAX_SLUG]}-{number}", number + 1
        return slug

    @property
    def preview_sizes(self) -> list[dict[str, Any]]:
        return PHONE_FIRST

    @property
    def default_preview_size(self) -> str:
        return "phone"


class HomePage(BasePage):
    """What this is for, in ten seconds, for each audience."""

    intro = models.CharField(_("introduction"), max_length=240, blank=True)
    body = ContentField(PageBlocks(), blank=True, verbose_name=_("further content"))

    content_panels: ClassVar[list[Panel]] = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    template = "cms/home_page.html"
    max_count_per_parent = 4

    class Meta:
        verbose_name = _("home page")


class PlainPage(BasePage):
    """Help, privacy, about: a title and content."""

    is_copied_alone = True

    intro = models.CharField(_("introduction"), max_length=240, blank=True)
    body = ContentField(PageBlocks(), blank=True, verbose_name=_("content"))

    content_panels: ClassVar[list[Panel]] = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    parent_page_types: ClassVar[list[str]] = ["cms.HomePage", "cms.PlainPage"]
    subpage_types: ClassVar[list[str]] = ["cms.PlainPage"]
    template = "cms/plain_page.html"

    class Meta:
        verbose_name = _("plain page")


@register_setting(icon="mail", order=100)
class CentreContact(BaseSiteSetting):
    """Whom people reach when they cannot go on by themselves: shown wherever a page leads no further."""

    base_form_class = ContactForm

    name = models.CharField(_("name of the centre"), max_length=120, blank=True)
    whatsapp = models.CharField(
        _("WhatsApp number"), max_length=20, blank=True, help_text=_("One tap writes to it from a phone.")
    )
    phone = models.CharField(
        _("phone number"), max_length=20, blank=True, help_text=_("One tap calls it from a phone.")
    )
    places = TranslatedField(_("place"), blank=True, help_text=_("How people find you, as they say it there."))
    hours = TranslatedField(_("hours"), blank=True, help_text=_("When somebody is there or answers."))

    panels: ClassVar[list[Panel]] = [FieldPanel(each) for each in ("name", "whatsapp", "phone", "places", "hours")]

    class Meta:
        verbose_name = _("contact for people who are stuck")
