"""Wherever a page leads no further, it names whom to reach: the contact of the centre."""

import ast
import re

import pytest
from django.db import transaction
from wagtail.models import Site

from cms.models import CentreContact
from tests.conftest import ROOT
from tests.flows.table import living_rows
from tests.worlds import signed_in_as_before

pytestmark = pytest.mark.pages

TEMPLATES = ROOT / "templates"
APPS = ("lms", "cms", "courses", "assessments", "certificates", "placement")
INCLUDES = re.compile(r'{% include "includes/contact(_kept)?\.html"')
TRAINER = re.compile(r"(?i)\b(your trainer|person who trains you|training centre|a trainer creates)\b")
END = re.compile(r"(^|_)(dead|gone|lost|closed|inactive|withdrawn|unpublished|reached|full)(_|$)")
TELLS_ONLY = {
    "account/signup.html": "who sees what, not whom to ask",
    "accounts/card.html": "to whom the paper goes back",
    "accounts/settings.html": "what a trainer can do; nobody is stuck here",
    "certificates/how.html": "how an assessment is watched",
}
"""Templates that speak of trainers where nobody is stuck, with the reason."""


def read(name: str) -> str:
    return (TEMPLATES / name).read_text()


def chain(name: str) -> str:
    """A template with those that it extends."""
    text = read(name)
    base = re.search(r'{% extends "([^"]+)" %}', text)
    return text + (chain(base[1]) if base else "")


def named_templates() -> list[str]:
    """Of learners, employers and visitors; the admin's people are the team itself."""
    found = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
    return [n for n in found if "admin" not in n and not n.startswith(("includes/", "runs/", "site/", "cms/starter/"))]


def refusing_templates() -> set[str]:
    """Those that a view renders with a status of 400 and more; 422 is a form that comes back with its faults."""
    found = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call):
                    continue
                status = next((k.value for k in node.keywords if k.arg == "status"), None)
                numbers = {n.value for n in ast.walk(status) if isinstance(n, ast.Constant)} if status else set()
                if any(isinstance(n, int) and n >= 400 and n != 422 for n in numbers):
                    words = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]
                    found |= {w for w in words if isinstance(w, str) and w.endswith(".html")}
    return found


def ends() -> list[str]:
    """Every template of a page that leads no further."""
    stems = {name: name.rpartition("/")[2].removesuffix(".html") for name in named_templates()}
    by_name = {name for name, stem in stems.items() if END.search(stem) or (stem[:3].isdigit() and "/" not in name)}
    refusing = {name for name, text in ((n, read(n)) for n in stems) if re.search(r"{% (if|elif) refusal\b", text)}
    return sorted(by_name | refusing | {n for n in refusing_templates() if "admin" not in n})


def test_every_dead_end_names_whom_to_reach():
    """A new page that leads no further includes ``includes/contact.html``."""
    found = ends()
    assert {"404.html", "500.html", "courses/join_dead.html", "accounts/card_dead.html"} <= set(found)
    assert [name for name in found if not INCLUDES.search(chain(name))] == []


def test_every_sentence_about_the_trainer_stands_with_the_contact():
    """ "Ask your trainer" with nobody's number is a wall."""
    bare = [
        name
        for name in named_templates()
        if TRAINER.search(read(name)) and not INCLUDES.search(chain(name)) and name not in TELLS_ONLY
    ]
    assert bare == []


def test_pages_of_a_failure_never_ask_the_database():
    plain = [name for name in named_templates() if '{% extends "plain.html" %}' in read(name)]
    assert plain
    assert [n for n in plain if 'include "includes/contact.html"' in chain(n)] == []


@pytest.fixture
def contact(world):
    return CentreContact.objects.create(
        site=Site.objects.get(is_default_site=True), name="Centre Keur", whatsapp="+221771112233",
        phone="+221338001122", places={"fr": "Thiès, rue 7", "en": "Thiès, street 7"}, hours={"fr": "9 h à 17 h"},
    )  # fmt: skip


@pytest.mark.parametrize("role", ["anonymous", "learner"])
def test_every_refusal_of_every_address_names_it(world, contact, role):
    bare, client = [], world.client(role)
    for row in living_rows(world):
        path = row.address(world)
        if not row.cell(role).isdigit() or row.cell(role) == "405" or path.startswith("/cms/"):
            continue
        with signed_in_as_before(client), transaction.atomic():
            answer = client.generic(row.method, path)
            transaction.set_rollback(True)
        if (
            answer.status_code >= 400
            and answer.status_code != 422
            and answer.headers.get("Content-Type", "").startswith("text/html")
        ):
            bare += [] if b"https://wa.me/221771112233" in answer.content else [f"{path}: {answer.status_code}"]
    assert bare == []
