"""Bytes and requests on the wire, counted between a real browser and a real server. ``make bench`` prints them."""

import pytest

from bench import journey
from bench.installation import Site
from tests.database import migrated_file

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("kills")]


def test_a_learners_journey_keeps_its_budget(django_db_setup, shared_data):
    with Site(serves=True, template=migrated_file()) as site:
        found = journey.measure(site)
    for name, (size, requests) in found.items():
        most, most_requests = journey.BUDGETS[name]
        assert size <= most, (name, found)
        assert requests <= (most_requests or requests), (name, found)
