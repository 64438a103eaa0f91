"""Weight, contrast and safety of what every page is rendered with."""

import re
from pathlib import Path

import brotli
import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

ROOT = Path(__file__).resolve().parents[2]
CSS = ROOT / "lms" / "static" / "css"
IMG = ROOT / "lms" / "static" / "img"
TEMPLATES = [path for path in (ROOT / "templates").rglob("*.html") if "pdf" not in path.parts]
STANDALONE = ["400.html", "403_csrf.html", "500.html", "503.html"]
SURFACES = ["paper", "card", "mist", "sun-mist", "leaf-mist", "brick-mist"]
PAIRS = [
    *(("ink", surface, 7.0) for surface in SURFACES),
    *((text, surface, 4.5) for text in ("soft", "river") for surface in SURFACES),
    ("deep", "mist", 4.5),
    ("sun-ink", "sun-mist", 4.5),
    ("leaf", "leaf-mist", 4.5),
    ("brick", "brick-mist", 4.5),
    ("brick", "paper", 4.5),
    ("brick", "card", 4.5),
    ("card", "leaf", 4.5),
    ("on", "river", 4.5),
    ("on", "deep", 4.5),
    ("on", "brick", 4.5),
    ("soft", "line", 4.5),
    *(("edge", surface, 3.0) for surface in ("paper", "card", "mist")),
]


def weight(path: Path) -> int:
    """Bytes on the wire, headers apart."""
    return len(brotli.compress(path.read_bytes(), quality=11))


def tokens(scheme: str) -> dict[str, str]:
    blocks = re.findall(r":root\{(.*?)\}", (CSS / "site.css").read_text())
    light, dark = (dict(re.findall(r"--([\w-]+):(#\w+)", block)) for block in blocks)
    return light if scheme == "light" else {**light, **dark}


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(d * 2 for d in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        (CSS / "site.css", 2_400),
        (CSS / "office.css", 2_000),
        (IMG / "mark.svg", 260),
        (IMG / "favicon.svg", 260),
        (IMG / "bridge.svg", 900),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_files_stay_light(path, limit):
    assert weight(path) <= limit


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_every_pair_of_colours_can_be_read(scheme, front, back, least):
    colours = tokens(scheme)
    assert contrast(colours[front], colours[back]) >= least


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_keep_to_the_content_security_policy(path):
    html = path.read_text()
    assert not re.search(r"<[^>]*\s(style|on[a-z]+)=", html)
    assert not re.search(r"<style|<script(?![^>]*(\bsrc=|type=.application/json))", html)


@pytest.mark.parametrize("name", STANDALONE)
def test_error_pages_need_no_request_and_no_database(name):
    """No ``db`` fixture here: a query would fail the test."""
    with translation.override("fr"):
        html = render_to_string(name)
    assert '<html lang="fr">' in html
    assert 'class="btn"' in html, "says what to do next"


def test_page_that_does_not_exist_says_where_to_go(client, site):
    response = client.get("/fr/no-such-page/")
    assert response.status_code == 404
    page = response.content.decode()
    assert "Cette page n’existe pas" in page
    assert 'href="/fr/courses/"' in page


def test_form_from_an_older_visit_is_refused_in_plain_words(site):
    response = Client(enforce_csrf_checks=True).post("/fr/accounts/login/", {"login": "awa"})
    assert response.status_code == 403
    assert "La page est restée ouverte trop longtemps" in response.content.decode()


def test_skeleton_of_a_lesson_is_small():
    context = {"request": RequestFactory().get("/fr/learn/1/"), "back_url": "/fr/learn/", "back_label": "Cours"}
    with translation.override("fr"):
        html = render_to_string("lean.html", context)
    assert len(brotli.compress(html.encode(), quality=5)) <= 420
    assert "office.css" not in html
    assert html.count("<link") == 2


@pytest.mark.parametrize("language", ["fr", "en"])
def test_home_speaks_to_each_audience_in_its_language(language, client, site):
    page = client.get(f"/{language}/").content.decode()
    assert f'<html lang="{language}">' in page
    for way_in in (f"/{language}/courses/", "/cms/", f"/{language}/employers/", f"/{language}/verify/"):
        assert f'"{way_in}"' in page
    assert ("Vous recrutez" in page) == (language == "fr")
    assert ("You hire" in page) == (language == "en")


def test_static_files_carry_no_page_policy(client):
    """Headers are bytes too: a lesson fetches two static files."""
    response = client.get("/static/css/site.css")
    assert response.status_code == 200
    assert "Content-Security-Policy" not in response.headers


def test_no_table_takes_a_class_that_lays_boxes_out():
    """A class for groups of cards, put on a table, parts its head from its columns. Phones' own rules may do it."""
    sheets = "".join((CSS / name).read_text() for name in ("site.css", "office.css"))
    boxes = set(re.findall(r"^[^@\n]*?\.([\w-]+)\{display:(?:grid|flex)", sheets, re.MULTILINE))
    assert "cards" in boxes
    tables = {path.name: re.findall(r'<table[^>]*class="([^"{]+)"', path.read_text()) for path in TEMPLATES}
    wrong = {(name, word) for name, found in tables.items() for row in found for word in row.split() if word in boxes}
    assert not wrong


def test_the_bar_stands_at_the_same_place_on_every_page():
    """A page may have a wider column; its bar and foot stay where a reader saw them on the page before."""
    rules = re.findall(r"([^{}]*)\{([^{}]*)\}", (CSS / "office.css").read_text())
    moved = [who for who, what in rules if re.search(r"\.(bar|foot)(?=[),]|$)", who) and "padding" in what]
    assert moved == []
    bodies = {path: re.findall(r"block body_class %}(.*?){%", path.read_text()) for path in TEMPLATES}
    other = {path.name: names for path, names in bodies.items() if set(" ".join(names).split()) - {"wide", "home"}}
    assert other == {}
