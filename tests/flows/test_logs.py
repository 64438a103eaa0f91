"""No line of any log holds a name, a number, an address, a code or a secret: not of requests, failures or services."""

import logging
import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.flows import world as worlds
from tests.flows.table import living_rows

pytestmark = pytest.mark.pages


@pytest.fixture
def lines(caplog):
    """Every record of every logger that would be written, as the formatter writes it, traces apart."""
    caplog.set_level(logging.INFO)
    from lms.lib.logs import LineFormatter

    formatter = LineFormatter()
    return lambda: [formatter.format(record) for record in caplog.records]


def private_words(world) -> set[str]:
    people = [getattr(world, attribute) for attribute in worlds.ROLES.values() if attribute] + [world.newcomer]
    words = {word for person in people for word in (person.full_name, person.phone, person.email) if word}
    words |= {word for person in people for word in person.full_name.split()}
    return words | {
        world.certificate.code, world.certificate.printed_code, world.card.secret, world.reply,
        "une-phrase-de-passe", "Seynabou", "Khady",
    }  # fmt: skip


def test_building_the_world_logs_nobody(db, indexed, lines):
    """Sign-ups, cards, certificates, referrals: whatever services log by the way."""
    world = worlds.build()
    assert lines()
    assert_silent(lines(), world)


def test_requests_log_nobody(world, clients, lines):
    for row in living_rows(world):
        role = next((role for role, cell in row.cells.items() if cell in {"ok", "go"}), "anonymous")
        if row.method == "GET" and "logout" not in row.route:
            response = clients(role).get(row.address(world))
            if response.streaming:
                b"".join(response.streaming_content)
    client = clients("anonymous")
    client.post(reverse("account_login"), {"login": world.learner.phone, "password": "une-phrase-de-passe-"})
    client.get("/fr/verify/", {"code": world.certificate.printed_code[:-1]})
    client.get(f"/fr/accounts/card/{world.card.secret[:-1]}/")
    client.get(f"/fr/nothing/?phone={world.learner.phone}&name={world.learner.full_name}")
    assert_silent(lines(), world)


def test_refused_forms_log_no_secret(world, lines):
    """A living card or reply link, sent without the form's token or by a wrong method: the refusal is logged."""
    strict = Client(enforce_csrf_checks=True)
    for path in (
        f"/fr/accounts/card/{world.card.secret}/",
        f"/r/{world.reply}/",
        f"/r/{world.outcome_reply}/outcome/",
        f"/fr/verify/{world.certificate.code}/",
    ):
        assert strict.post(path, {}).status_code == 403
        assert strict.put(path).status_code == 403
        Client().delete(path)
    assert any("/r/..." in line for line in lines())
    assert_silent(lines(), world)


def names(word: str, line: str) -> bool:
    """A short name counts as a word of its own only: random keys spell "ba" now and then."""
    if len(word) > 4:
        return word.lower() in line.lower()
    return re.search(rf"(?<![0-9a-z]){re.escape(word)}(?![0-9a-z])", line, re.IGNORECASE) is not None


ROUTES_OF_WAGTAIL = re.compile(r"route=wagtail[\w:]+")  # "wagtailadmin_home" is not the person called Admin


def assert_silent(written: list[str], world) -> None:
    written = [ROUTES_OF_WAGTAIL.sub("route=", line) for line in written]
    found = {(word, line[:200]) for line in written for word in private_words(world) if names(word, line)}
    assert not found, "\n".join(f"{word}: {line}" for word, line in sorted(found))
