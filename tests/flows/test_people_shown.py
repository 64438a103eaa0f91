"""Whatever shows an employer a person has counted them: every address of the table, as every employer may open it."""

import pytest
from django.db import transaction

from placement.models import CandidateProfile, PersonRead
from tests.factories.placement import code_name
from tests.flows.table import living_rows

pytestmark = pytest.mark.pages

ELSEWHERE = {"courses:my_courses": "messages to the employer, about people who were sent to it"}
"""Addresses that show a person and count nothing, and why."""


@pytest.mark.parametrize("role", ["employer", "other employer"])
def test_an_address_that_shows_a_person_counts_them(world, role):
    user, showing = world.person(role), set()
    employer = user.employer_contact.employer
    people = list(CandidateProfile.objects.select_related("user"))
    for row in living_rows(world):
        if (
            row.route in ELSEWHERE
            or row.cells["anonymous"] in {"ok", "422"}
            or row.cells[role] in {"in", "404", "403", "405"}
        ):
            continue  # what is public (a certificate’s code, the link of an e-mail) is no view for employers
        with transaction.atomic():
            response = world.client(role).generic(row.method, row.address(world))
            content = b"".join(response.streaming_content) if response.streaming else response.content
            text = content.decode(errors="replace")
            shown = {p.pk for p in people if code_name(p, employer) in text or p.user.full_name in text}
            counted = set(PersonRead.objects.filter(user=user).values_list("profile_id", flat=True))
            transaction.set_rollback(True)
        assert shown <= counted, f"{row} shows people that it does not count (placement.services.people_shown)"
        showing |= {row.route.partition("?")[0]} if shown else set()
    if role == "employer":
        assert showing >= {"placement:search", "placement:profile", "placement:referral", "placement:opportunity"}
