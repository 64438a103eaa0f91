"""What arrives without the decision decides nothing: an old tab, a cut connection, a proxy that drops what it does not
know. Forms whose buttons say what is wanted are sent without any of them; addresses are posted empty and with rubbish.
"""

import re
from html.parser import HTMLParser
from itertools import product
from typing import Any
from urllib.parse import urljoin

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve

from courses.roles import set_all_courses
from placement.enums import ReferralState as S
from placement.models import Referral, Shortlisted
from tests.flows.table import living_rows
from tests.flows.test_hidden_from_employers import PATHS, brought_to, person, undone  # noqa: F401
from tests.flows.test_matrix import BOOKKEEPING, READING_WRITES
from tests.writes import tables_written

pytestmark = pytest.mark.pages


# --- forms whose buttons decide
class ButtonReader(HTMLParser):
    """Of each form that posts: its address, its hidden fields, and its buttons' names and values."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.inside = path, False
        self.forms: list[tuple[str, dict[str, str], list[tuple[str, str]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = found.get("method", "get").lower() == "post"
            if self.inside:
                self.forms.append((urljoin(self.path, found.get("action", "")), {}, []))
        elif self.inside and tag == "button" and found.get("type", "submit") == "submit":
            self.forms[-1][2].append((found.get("name", ""), found.get("value", "")))
        elif self.inside and tag == "input" and found.get("type") == "hidden":
            self.forms[-1][1][found["name"]] = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "form"


SAVES = {"assessments:question": "what was typed is kept whichever button leads on"}
"""Addresses that write without a button, and why that decides nothing."""


def decided_by_buttons(client: Client, path: str) -> list[tuple[str, dict[str, str], str]]:
    """(address, hidden fields, name of the buttons) of each form all of whose buttons are named."""
    response = client.get(path)
    if response.status_code != 200 or not response.headers.get("Content-Type", "").startswith("text/html"):
        return []
    reader = ButtonReader(path)
    reader.feed(response.content.decode())
    return [
        (action, fields, buttons[0][0])
        for action, fields, buttons in reader.forms
        if buttons and all(name for name, _value in buttons)
    ]


def written_by(client: Client, path: str, data: dict[str, Any]) -> set[str]:
    """Tables that this form writes; everything is put back."""
    with transaction.atomic(), tables_written() as written:
        assert client.post(path, data).status_code < 500
        transaction.set_rollback(True)
    return written - BOOKKEEPING - READING_WRITES | (written & DECISIVE)


DECISIVE = {"placement_referral", "placement_referralevent", "accounts_outboundmessage", "placement_candidateprofile"}


def pages_of(world: Any) -> list[tuple[str, str]]:
    found = {}
    for row in living_rows(world):
        if row.method == "GET":
            for role, cell in row.cells.items():
                if cell == "ok":
                    found.setdefault((row.route, row.args), (role, row.address(world)))
    return list(found.values())


def test_a_form_without_its_button_changes_nothing(world, person):  # noqa: F811
    Shortlisted.objects.create(employer=world.employer, profile=world.profile)
    set_all_courses(user=world.other_trainer, allowed=False, by=world.admin)
    offered, wrong, tried = brought_to(world, person, S.OFFER), [], set()
    known = [*pages_of(world), ("employer", f"/fr/employers/referrals/{offered.referral.pk}/")]
    clients = {role: world.client(role) for role in {role for role, _path in known}}
    clients["candidate"] = Client()
    clients["candidate"].force_login(person.user)
    known.append(("candidate", f"/fr/opportunities/{offered.referral.pk}/"))
    for role, path in known:
        for action, fields, name in decided_by_buttons(clients[role], path):
            if (key := (re.sub(r"\d+|[0-9a-f-]{36}", "0", action), name)) in tried:
                continue
            tried.add(key)
            if resolve(action.partition("?")[0]).view_name in SAVES:
                continue
            lost, spoilt = (written_by(clients[role], action, data) for data in (fields, {**fields, name: "rubbish"}))
            if lost or spoilt:
                wrong.append(f"{action} as {role} without {name}: {sorted(lost)}, with rubbish: {sorted(spoilt)}")
    assert not wrong, "\n".join(wrong)
    assert {name for _path, name in tried} >= {"answer", "in_work", "wanted", "state", "to", "act", "allow"}


# --- addresses of a referral
NAMED = {
    "opportunities:consent": "yes, to the least: the name only",
    "opportunities:decline": "no to a proposal",
    "opportunities:withdraw": "the yes is taken back",
}
"""Addresses that change a referral although nothing is said, and the one thing that each of them does."""


@pytest.mark.parametrize("state", list(S))
def test_an_empty_form_changes_no_referral(world, person, state):  # noqa: F811
    wrong = []
    with undone():
        changed = brought_to(world, person, state)
        owner = Client()
        owner.force_login(person.user)
        browsers = {"employer": world.client("employer"), "learner": owner}
        rows = [row for row in living_rows(world) if row.method == "POST" and dict(row.args).get("pk") == "referral.pk"]
        assert len(rows) > 6
        for row, browser in product(rows, browsers.values()):
            for data in ({}, dict.fromkeys(("answer", "on", "in_work", "state", "text", "message"), "")):
                with transaction.atomic():
                    answer = browser.post(row.address(changed), data)
                    after = Referral.objects.get(pk=changed.referral.pk).state
                    transaction.set_rollback(True)
                if after != state and row.route not in NAMED:
                    wrong.append(f"{row}: {after}")
                if answer.status_code in {403, 405}:
                    break  # this address is not theirs, whatever they send
    assert not wrong, "\n".join(wrong)
