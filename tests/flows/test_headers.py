"""Every page for every role in both languages: headers, skeleton, safe markup, living links, the right language."""

from collections import defaultdict
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import get_language_from_path

from lms.lib.headers import ADMIN_PREFIX, DRAWN, STRICT
from tests.flows.html import Page, read
from tests.flows.leaks import leaks
from tests.flows.table import pages
from tests.flows.world import World

pytestmark = pytest.mark.pages

LANGUAGES = [code for code, _name in settings.LANGUAGES]
ROLES = ["anonymous", "learner", "trainer", "employer", "unvetted", "manager"]
WAGTAILS = {"True", "False", "Search", "Accueil", "Home"}  # what Wagtail itself leaves in another language
LIVING = {200, 301, 302, 303, 405}  # 405: the address of a form


class Site:
    """Answers of the world to one role, each address asked once."""

    def __init__(self, world: World, role: str) -> None:
        self.client, self.role = world.client(role), role
        self.answers: dict[str, object] = {}
        self.pages: dict[str, Page] = {}

    def get(self, path: str):
        if path not in self.answers:
            self.answers[path] = self.client.get(path)
        return self.answers[path]

    def page(self, path: str) -> Page:
        if path not in self.pages:
            self.pages[path] = read(self.get(path).content.decode())
        return self.pages[path]

    def lives(self, path: str) -> bool:
        return self.get(path).status_code in LIVING


def own_pages(world: World, role: str, language: str) -> list[str]:
    return list(dict.fromkeys(path for someone, path in pages(world, language) if someone == role))


def view_of(response) -> str:
    """Which page it is, whatever it shows. A course has one title, for those who take it and for the others."""
    path = response.request["PATH_INFO"]
    with translation.override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        view = response.resolver_match.func
    name = f"{view.__module__}.{view.__qualname__}"
    return "course" if name in {"courses.catalogue_views.course_detail", "courses.views.course"} else name


def is_html(response) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")


def check_headers(path: str, response, role: str) -> list[str]:
    headers, wrong = response.headers, []
    cache = headers.get("Cache-Control", "")
    if headers.get("X-Content-Type-Options") != "nosniff":
        wrong.append("no nosniff")
    if headers.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
        wrong.append("no Referrer-Policy")
    if (
        is_html(response)
        and response.status_code == 200
        and not path.startswith(ADMIN_PREFIX)
        and headers.get("Content-Security-Policy") not in {STRICT, DRAWN}
    ):
        wrong.append(f"policy {headers.get('Content-Security-Policy')}")
    if role != "anonymous" and is_html(response) and "no-store" not in cache:
        wrong.append(f"of one person, yet Cache-Control: {cache!r}")
    if "public" in cache and response.cookies:
        wrong.append(f"for everybody's cache, yet it sets {list(response.cookies)}")
    if "public" in cache and role != "anonymous" and is_html(response):
        wrong.append("a signed-in person's page in everybody's cache")
    return wrong


def check_skeleton(page: Page, language: str, is_ours: bool) -> list[str]:
    wrong = []
    if page.lang != language:
        wrong.append(f"lang={page.lang!r}")
    if page.headings != 1 and (is_ours or page.headings):  # Wagtail's editor has none
        wrong.append(f"{page.headings} h1")
    if not page.title.strip() or page.title.strip() in {"Passerelle", "· Passerelle"}:
        wrong.append(f"title {page.title!r}")
    twice = sorted({one for one in page.ids if page.ids.count(one) > 1})
    if is_ours and (page.unsafe or twice):
        wrong += [f"inline {sorted(set(page.unsafe))}"] * bool(page.unsafe) + [f"ids twice: {twice}"] * bool(twice)
    outside = [url for url in page.resources if urlsplit(url).netloc]
    return wrong + ([f"loads from elsewhere: {outside}"] if outside else [])


def check_links(path: str, page: Page, site: Site) -> list[str]:
    wrong = []
    for link in page.links:
        target = urlsplit(urljoin(path, link))
        if target.scheme in {"mailto", "tel", "data", "javascript"} or target.netloc:
            wrong += [f"script as a link: {link}"] if target.scheme in {"javascript", "data"} else []
            continue
        if not target.path.startswith(settings.STATIC_URL) and not site.lives(target._replace(fragment="").geturl()):
            wrong.append(f"dead link {link}: {site.get(target._replace(fragment='').geturl()).status_code}")
        if not target.path.endswith("/logout/") and target.fragment and target.path == urlsplit(path).path:
            wrong += [] if target.fragment in page.ids else [f"no such place on the page: #{target.fragment}"]
    for method, action in page.forms:
        target = urlsplit(urljoin(path, action))
        try:
            with translation.override(get_language_from_path(target.path) or settings.LANGUAGE_CODE):
                match = resolve(target.path)
        except Resolver404:
            wrong.append(f"dead form {method} {action}")
            continue
        if target.netloc or (match.url_name == "wagtail_serve" and not site.lives(target.path)):
            wrong.append(f"dead form {method} {action}")
    return wrong


@pytest.mark.parametrize("role", ROLES)
def test_every_page(world, role):
    sites, wrong = {language: Site(world, role) for language in LANGUAGES}, []
    for language, site in sites.items():
        titles = defaultdict(set)
        world.speak(language)
        for path in own_pages(world, role, language):
            wrong += [f"{path}: {fault}" for fault in faults_of(path, site, titles)]
        wrong += [f"same title {title!r}: {sorted(views)}" for title, views in titles.items() if len(views) > 1]
    wrong += words_in_both(world, sites)
    assert not wrong, f"as {role}:\n" + "\n".join(wrong)


def faults_of(path: str, site: Site, titles: dict[str, set[str]]) -> list[str]:
    """``titles``: which views have shown that title before."""
    response = site.get(path)
    faults = check_headers(path, response, site.role)
    if not is_html(response) or response.status_code != 200:
        return faults
    page = site.page(path)
    is_ours = not path.startswith(ADMIN_PREFIX)
    if page.lang or is_ours:  # else a part of a page of the admin
        faults += check_skeleton(page, get_language_from_path(path) or page.lang, is_ours)
        if is_ours:
            titles[page.title].add(view_of(response))
    if is_ours and (site.role in {"anonymous", "employer"} or not path.startswith("/r/")):
        faults += check_links(path, page, site)
    foreign = [text for text in leaks(page.texts, page.lang) if is_ours or (page.lang and text not in WAGTAILS)]
    return faults + [f"not in {page.lang}: {text}" for text in foreign]


def words_in_both(world: World, sites: dict[str, Site]) -> list[str]:
    """Texts that stay the same in both languages are names and data of the world, or they were never translated."""
    wrong = []
    for row in own_pages(world, sites["fr"].role, "fr"):
        if not row.startswith("/fr/"):
            continue
        both = [(site, row.replace("/fr/", f"/{language}/", 1)) for language, site in sites.items()]
        if not all(site.get(path).status_code == 200 and is_html(site.get(path)) for site, path in both):
            continue
        pages = [site.page(path) for site, path in both]
        words = [{text for lang, text in page.texts if lang == page.lang} for page in pages]
        same = [text for text in sorted(set.intersection(*words)) if not world.knows(text) and not is_address(text)]
        wrong += [f"{row}: written in one language only: {text}" for text in same]
    return wrong


def is_address(text: str) -> bool:
    return "://" in text or text.startswith(settings.BASE_URL.partition("://")[2])
