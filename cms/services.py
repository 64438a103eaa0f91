"""Setting a site up: languages, a home page in each, groups and their rights. Safe to run at every start."""

from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.template.loader import select_template
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Locale, Page, Site

from cms.models import HomePage, PlainPage
from cms.roles import RIGHTS, SITE_WIDE, TEAM

PAGE_RIGHTS = ("add_page", "change_page", "publish_page", "lock_page", "unlock_page")
COLLECTION_RIGHTS = {
    "wagtailimages": ("add_image", "change_image", "choose_image"),
    "wagtaildocs": ("add_document", "change_document", "choose_document"),
    "wagtailmedia": ("add_media", "change_media"),
}


@transaction.atomic
def ensure_site() -> HomePage:
    """Make whatever of languages, home pages, site and groups is missing; return the home of the main language."""
    home = ensure_home()
    ensure_plain_pages()
    for name in dict.fromkeys([*TEAM, *SITE_WIDE]):
        group = Group.objects.get_or_create(name=name)[0]
        for page_right in PAGE_RIGHTS if name in SITE_WIDE else ():
            permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=page_right)
            for page in HomePage.objects.all():
                GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
        if name in TEAM:
            ensure_collection_rights(group)
        group.permissions.add(*permissions_named(RIGHTS[name]))
    return home


def ensure_home() -> HomePage:
    """One home page per language, linked as translations; the site stands on the main language's."""
    main = Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)[0]
    home = HomePage.objects.filter(locale=main).first()
    if home is None:
        home = add_home(main)
    for code, _name in settings.LANGUAGES:
        locale = Locale.objects.get_or_create(language_code=code)[0]
        if not HomePage.objects.filter(locale=locale).exists():
            add_home(locale, source_page=home)
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True, hostname="localhost")
    if site.root_page_id != home.pk:
        old, site.root_page, site.site_name = site.root_page_id, home, settings.WAGTAIL_SITE_NAME
        site.save()
        Page.objects.filter(pk=old, content_type__model="page", content_type__app_label="wagtailcore").delete()
    name_roots()
    return home


def name_roots() -> None:
    """Trainers meet “Root” above the pages, and as the place of every file."""
    name = settings.WAGTAIL_SITE_NAME
    Page.objects.filter(depth=1, title="Root").update(title=name, draft_title=name)
    Collection.objects.filter(depth=1, name="Root").update(name=name)


def add_home(locale: Locale, source_page: HomePage | None = None) -> HomePage:
    root = Page.get_first_root_node() or Page.add_root(title=settings.WAGTAIL_SITE_NAME, slug="root", locale=locale)
    with translation.override(locale.language_code):
        page = HomePage(
            title=_("Passerelle: learn, prove it, work"), slug=f"home-{locale.language_code}", locale=locale
        )
    if source_page is not None:
        page.translation_key = source_page.translation_key
    root.add_child(instance=page)
    page.save_revision().publish()
    return page


STARTERS = {"help": gettext_lazy("Help"), "privacy": gettext_lazy("Your data")}


def ensure_plain_pages() -> None:
    """The pages that the foot of every page leads to, with words to begin with, where a language has none yet."""
    for slug, title in STARTERS.items():
        key = uuid5(NAMESPACE_URL, f"passerelle:{slug}")
        for home in HomePage.objects.select_related("locale"):
            language = home.locale.language_code
            source_page = PlainPage.objects.filter(locale=home.locale, translation_key=key)
            if source_page.exists() or PlainPage.objects.child_of(home).filter(slug=slug).exists():
                continue
            with translation.override(language):
                codes = (language, settings.LANGUAGE_CODE, "en")
                words = select_template([f"cms/starter/{slug}.{code}.html" for code in codes]).render()
                home.add_child(
                    instance=PlainPage(
                        title=str(title), slug=slug, locale=home.locale, translation_key=key, body=[("text", words)]
                    )
                )


def ensure_collection_rights(group: Group) -> None:
    root = Collection.get_first_root_node() or Collection.add_root(name=settings.WAGTAIL_SITE_NAME)
    for app_label, codenames in COLLECTION_RIGHTS.items():
        for permission in Permission.objects.filter(content_type__app_label=app_label, codename__in=codenames):
            GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)


def permissions_named(names: set[str]) -> list[Permission]:
    """The permission rows of ``app_label.codename`` names; a name that does not exist is a programming error."""
    rows = {
        f"{p.content_type.app_label}.{p.codename}": p
        for p in Permission.objects.select_related("content_type").filter(
            codename__in={name.partition(".")[2] for name in names}
        )
    }
    missing = names - rows.keys()
    if missing:
        raise LookupError(f"no such permissions: {sorted(missing)}")
    return [rows[name] for name in sorted(names)]
