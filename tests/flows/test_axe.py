"""Every page in a real browser, by axe-core and by ruler: phone and desk, light and dark.

The browser gets what the test client answered: no server, no thread, and whatever it wants from elsewhere is seen.
The page is asked for before the browser goes there: what answers the browser runs in another context, which has
another database connection.
"""

import mimetypes
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from tests.flows.table import living_rows, pages

pytestmark = pytest.mark.browser
HOST = "http://testserver"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESK = (360, 640), (1280, 800)
VIEWS = ([(PHONE, "light"), (DESK, "dark")], [(DESK, "light"), (PHONE, "dark")])
"""Pages take turns: each part of them stands on several, and is seen in all four."""
ROLES = ["anonymous", "learner", "trainer", "employer", "unvetted", "manager"]
MEASURE = """() => {
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  const small = [...document.querySelectorAll('a.btn, button, input:not([type=hidden]), select, summary')]
    .filter(e => e.checkVisibility() && !['checkbox', 'radio'].includes(e.type))
    .map(e => [e, e.getBoundingClientRect()]).filter(([e, r]) => r.height && r.height < 24)
    .map(([e]) => e.outerHTML.slice(0, 80));
  return {wide, small};
}"""


def axe_source() -> str:
    import axe_playwright_python

    return next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()


class Eyes:
    """A browser page whose requests are answered by the test client of one person."""

    def __init__(self, browser, client) -> None:
        self.client, self.strays = client, []
        self.ready: dict[str, Any] = {}  # address -> answer
        self.context = browser.new_context(base_url=HOST, java_script_enabled=True, locale="fr-FR", bypass_csp=True)
        self.context.route("**/*", self.answer)
        self.page = self.context.new_page()
        self.axe = axe_source()

    def answer(self, route) -> None:
        target = urlsplit(route.request.url)
        if f"{target.scheme}://{target.netloc}" != HOST:
            self.strays.append(route.request.url)
            route.abort()
        elif target.path.startswith(settings.STATIC_URL):
            found = finders.find(target.path.removeprefix(settings.STATIC_URL))
            kind = mimetypes.guess_type(target.path)[0] or "application/octet-stream"
            route.fulfill(body=Path(found).read_bytes(), content_type=kind) if found else route.fulfill(status=404)
        elif target.path in self.ready:
            response = self.ready[target.path]
            route.fulfill(status=response.status_code, headers=dict(response.headers), body=response.content)
        else:
            self.strays.append(route.request.url)
            route.abort()

    def go(self, path: str) -> None:
        response = self.client.get(path)
        assert response.status_code == 200, path
        self.ready = {urlsplit(path).path: response}
        self.page.goto(HOST + path)

    def faults(self, path: str, views) -> list[str]:
        found = []
        self.go(path)
        for (width, height), scheme in views:
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.emulate_media(color_scheme=scheme)
            found += [f"{path} {width} {scheme}: {fault}" for fault in self.violations(scheme)]
        self.page.set_viewport_size({"width": 320, "height": 640})
        measured = self.page.evaluate(MEASURE)
        if measured["wide"] > 0:
            found.append(f"{path}: {measured['wide']} px too wide at 320 px")
        found += [f"{path}: smaller than 24 px: {element}" for element in measured["small"]]
        return found

    def violations(self, scheme: str, within: str = "html") -> list[str]:
        """In the dark only colours differ."""
        if not self.page.evaluate("() => !!window.axe"):
            self.page.evaluate(self.axe)
        rules = TAGS if scheme == "light" else ["color-contrast"]
        result = self.page.evaluate(
            "([within, rules]) => axe.run(within, {runOnly: rules, resultTypes: ['violations']})", [within, rules]
        )
        return [f"{v['id']}: {node['html'][:120]}" for v in result["violations"] for node in v["nodes"][:3]]

    def text_doubled(self, path: str) -> int:
        """Pixels beyond the width of a phone with text at 200 %."""
        self.page.set_viewport_size({"width": 360, "height": 640})
        self.go(path)
        return self.page.evaluate("""() => { document.documentElement.style.fontSize = '200%';
            return document.documentElement.scrollWidth - window.innerWidth; }""")


OWN_VIEWS = (
    "learners:", "courses_", "course_export", "course_pages:index", "lesson_pages:index",
    "import_questions", "assessment_", "placement_",
)  # fmt: skip
LISTS = re.compile(r"wagtailsnippets_(courses|assessments|certificates|placement)_\w+:list$")


def own_admin_pages(world, role: str) -> list[str]:
    """The administration's screens that are ours: our views, our listings, and the first page with our panels."""
    ours = [
        row.address(world)
        for row in living_rows(world)
        if row.method == "GET" and row.cells[role] in {"ok", "*"}
        and (row.route == "/cms/" or row.route.startswith(OWN_VIEWS) or LISTS.match(row.route))
    ]  # fmt: skip
    return list(dict.fromkeys(ours))


def site_pages(world, role: str, language: str = "fr") -> list[str]:
    found = (path for someone, path in pages(world, language) if someone == role)
    return [
        path
        for path in dict.fromkeys(found)
        if path.startswith(f"/{language}/") and not path.endswith((".pdf", ".csv", ".ics")) and "/offline/" not in path
    ]  # what the worker of a phone fetches is no page


def own(world, role: str) -> list[str]:
    """What this role sees that a stranger does not; everybody's pages are looked at once."""
    common = set(site_pages(world, "anonymous"))
    return [path for path in site_pages(world, role) if role == "anonymous" or path not in common]


@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_for_everybody(world, clients, chromium, role):
    eyes = Eyes(chromium, clients(role))
    found = [fault for number, path in enumerate(own(world, role)) for fault in eyes.faults(path, VIEWS[number % 2])]
    eyes.context.close()
    assert not found, "\n".join(found)
    assert not eyes.strays, f"asked of other hosts: {eyes.strays}"


def test_english_pages_too(world, clients, chromium):
    eyes = Eyes(chromium, clients("learner"))
    paths = ["/en/", "/en/courses/", "/en/learn/", "/en/certificates/", "/en/accounts/", "/en/opportunities/profile/"]
    found = [fault for path in paths for fault in eyes.faults(path, [(PHONE, "light")])]
    eyes.context.close()
    assert not found, "\n".join(found)


def test_text_can_be_doubled(world, clients, chromium):
    eyes = Eyes(chromium, clients("learner"))
    too_wide = {path: eyes.text_doubled(path) for path in own(world, "learner")}
    eyes.context.close()
    assert not {path: pixels for path, pixels in too_wide.items() if pixels > 0}


@pytest.mark.parametrize("role", ["trainer", "manager"])
def test_our_screens_of_the_administration_too(world, clients, chromium, role):
    """What stands in ``main``: the menu and the head around it are Wagtail's own."""
    eyes = Eyes(chromium, clients(role))
    eyes.page.set_viewport_size({"width": 1280, "height": 800})
    found, looked_at = [], 0
    others = own_admin_pages(world, "trainer") if role == "manager" else []  # looked at as the trainer
    for path in (path for path in own_admin_pages(world, role) if path not in others):
        answer = eyes.client.get(path)
        if answer.status_code == 200 and b"<main" in answer.content:  # no file, no part of a page
            eyes.go(path)
            found += [f"{path}: {fault}" for fault in eyes.violations("light", within="main")]
            looked_at += 1
    eyes.context.close()
    assert looked_at > (12 if role == "trainer" else 3)
    assert not found, "\n".join(found)


def test_a_note_is_not_squeezed_by_its_button(world, clients, chromium):
    """The learner reads in another language than that of their messages: the question takes the width of the phone."""
    eyes = Eyes(chromium, clients("learner"))
    eyes.page.set_viewport_size({"width": 360, "height": 640})
    eyes.go("/en/learn/")
    share = """form => form.querySelector('span').getBoundingClientRect().width / form.clientWidth"""
    note = eyes.page.locator("form.msg", has=eyes.page.locator("[name=language]"))
    assert note.evaluate(share) > 0.6


@pytest.mark.parametrize("role", ["employer", "learner"])
def test_a_word_without_end_breaks(world, clients, chromium, role):
    """What an employer writes is read on both sides, and stays in the history."""
    clients("employer").post(
        f"/fr/employers/referrals/{world.referral.pk}/answer/", {"answer": "question", "message": "w" * 400}
    )
    eyes = Eyes(chromium, clients(role))
    path = {"employer": "/fr/employers/referrals/{}/", "learner": "/fr/opportunities/{}/"}[role]
    eyes.go(path.format(world.referral.pk))
    assert "wwww" in eyes.page.content()
    for width in (360, 1280):
        eyes.page.set_viewport_size({"width": width, "height": 640})
        assert eyes.page.evaluate(MEASURE)["wide"] <= 0
