"""Template tags that every page may use: links of the head bar and the same page in another language."""

from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import Context
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from lms.lib.direct_answers import owner_and_address
from lms.lib.page_owner import owner_of

register = template.Library()


@register.simple_tag
def static_or_plain(name: str) -> str:
    """Address of a static file, also where none is collected: a page that tells of a failure never fails itself."""
    try:
        return staticfiles_storage.url(name)
    except ValueError:  # the manifest is missing or does not know it
        return settings.STATIC_URL + name


@register.simple_tag(takes_context=True)
def phone_script(context: Context) -> SafeString:
    """What keeps on a learner's phone what they type: nothing for anybody else, and no page needs it."""
    user = context.get("user")
    if not getattr(user, "is_learner", False):
        return SafeString("")
    request = context.get("request")
    owner = context.get("page_owner") or (owner_and_address(request) if request else owner_of(user))
    return format_html('<script src="{}" data-me="{}" defer></script>\n', static_or_plain("js/phone.js"), owner)


@register.simple_tag
def keeps_typed(to: str = "") -> SafeString:
    """Attributes of a learner's form that loses nothing: it posts to another address than its page has, so that Back
    leads to the filled form after a connection that dropped; the script keeps a draft.
    """
    return format_html('action="{}?save" data-draft="{}"', to, _("What you had written is here again."))


@register.simple_tag(takes_context=True)
def translate_url_to(context: Context, language: str) -> str:
    """Address of this same page in ``language``; the home page of that language where there is none.

    A view whose page has another address in the other language (a Wagtail page with a translated slug)
    says so with ``language_urls``, a dict of language code -> address, in its context.
    """
    given: dict[str, str] = context.get("language_urls") or {}
    if language in given:
        return given[language]
    request = context.get("request")
    if request is None or request.method != "GET":
        return f"/{language}/"
    here = request.get_full_path()
    there = translate_url(here, language)
    return there if there != here else f"/{language}/"


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> SafeString:
    """A link to this page in each of the other languages, named in that language."""
    others = [code for code, _name in settings.LANGUAGES if code != get_language()]
    return format_html_join(
        "\n",
        '<a href="{}" lang="{}" hreflang="{}">{}</a>',
        (
            (translate_url_to(context, code), code, code, get_language_info(code)["name_local"].capitalize())
            for code in others
        ),
    )


@register.simple_tag(takes_context=True)
def nav_link(context: Context, target: str, label: Any, but: str = "") -> SafeString:
    """A link of the head bar, marked when the reader is in that part.

    ``target`` is a path below the language (``learn/``) or the name of an address (``opportunities:profile``); a name
    that no app has taken leaves its link out. ``but``: a path inside it that has a link of its own.
    """
    try:
        url = reverse(target) if ":" in target else f"/{get_language()}/{target}"
    except NoReverseMatch:
        return SafeString("")
    request = context.get("request")
    path = "" if request is None else request.path
    here = path.startswith(url) and not (but and path.startswith(f"/{get_language()}/{but}"))
    return format_html('<a href="{}"{}>{}</a>', url, SafeString(' aria-current="true"' if here else ""), label)
