"""The permission matrix of ``table.py``, tried cell by cell, and what every address promises about writing."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import resolve

from tests.flows.routes import own_routes
from tests.flows.table import ROWS, Row, living_rows
from tests.flows.test_files import faults_of_file, is_file
from tests.flows.world import ROLES
from tests.worlds import signed_in_as_before
from tests.writes import tables_written

pytestmark = pytest.mark.pages

BOOKKEEPING = {"django_session"}
READING_WRITES = {
    "courses_enrolment",  # where they were
    "placement_personread",  # whom an employer was shown
    "placement_profileview",  # who looked at their profile
    "placement_referral",  # the employer has opened it
    "placement_referralevent",
    "placement_candidateprofile",  # made empty when its owner first opens it
    "placement_candidatelanguage",
    "accounts_auditevent",  # what was exported
    "accounts_outboundmessage",
    "wagtailadmin_editingsession",  # who else edits it now
}  # what looking at a page may change


def outcome(response, path: str) -> str:
    """A word of the table for an answer."""
    if response.status_code in (301, 302, 303):
        target = response.headers["Location"]
        if target.partition("?")[0].endswith("/accounts/login/"):
            return "in"
        assert target.startswith("/"), f"{path} leads off the site: {target}"
        return "no" if path.startswith("/cms/") and target.endswith("/cms/") else "go"
    return "ok" if response.status_code == 200 else str(response.status_code)


def ask(client: Client, row: Row, path: str):
    """The answer, and the tables it wrote; everything is put back."""
    with transaction.atomic():
        with tables_written() as written:
            response = (
                client.generic(row.method, path)
                if row.method != "POST"
                else client.post(path, FORMS.get(row.route, {}))
            )
            if response.streaming:
                b"".join(response.streaming_content)
        transaction.set_rollback(True)
    return response, written - BOOKKEEPING


FORMS: dict[str, dict[str, str]] = {
    "accounts:set_language": {"language": "en"},
}  # what a POST of the table sends; the others send an empty form


def test_every_address_is_in_the_table(world):
    matches = [resolve(row.address(world).partition("?")[0]) for row in living_rows(world)]
    known = {name for match in matches for name in (match.view_name, match.route)}
    missing = {name: paths for name, paths in own_routes().items() if name not in known}
    assert not missing, (
        "These addresses have no row in tests/flows/permissions.txt. Add one for each object and method, and think "
        "about each column:\n" + "\n".join(f"{name}  ({', '.join(paths)})" for name, paths in missing.items())
    )


def test_every_row_is_an_address(world):
    gone = [str(row) for row in ROWS if not row.exists(world)]
    assert not gone, "These rows of permissions.txt have no address any more:\n" + "\n".join(gone)


@pytest.mark.parametrize("role", ROLES)
def test_who_may_open_what(world, role):
    wrong, files = [], 0
    client = world.client(role)
    for row in living_rows(world):
        path = row.address(world)
        with signed_in_as_before(client):
            response, written = ask(client, row, path)
        found = outcome(response, path)
        if row.cell(role) == "*":
            assert response.status_code < 500, row
        elif found != row.cell(role):
            wrong.append(f"{row}: {found} instead of {row.cell(role)}")
        if found in {"in", "403", "404", "405"} and written:
            wrong.append(f"{row}: refused, and yet it wrote {sorted(written)}")
        if row.method == "GET" and written - READING_WRITES:
            wrong.append(f"{row}: reading wrote {sorted(written - READING_WRITES)}")
        if row.method == "GET" and found == "ok":
            wrong += [f"{row}: a file with {fault}" for fault in faults_of_file(response)]
            files += is_file(response)
    assert not wrong, f"as {role}:\n" + "\n".join(wrong)
    assert role != "manager" or files >= 3


def test_no_form_is_taken_without_its_token(world):
    taken = []
    for row in (row for row in living_rows(world) if row.method == "POST"):
        role = next((role for role, cell in row.cells.items() if cell in {"ok", "go"}), "anonymous")
        response, written = ask(world.client(role, enforce_csrf_checks=True), row, row.address(world))
        if (
            response.status_code != 403
            or "La page est restée ouverte trop longtemps" not in response.content.decode()
            or written
        ):
            taken.append(f"{row}: {response.status_code} {sorted(written)}")
    assert not taken, "\n".join(taken)
