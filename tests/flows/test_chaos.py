"""Real processes, killed for real. The long versions are ``python -m bench.chaos``."""

import pytest

from bench import chaos
from bench.installation import Site
from tests.database import SqliteTemplate

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("chaos")]


@pytest.fixture
def site(django_db_setup):
    with Site(template=SqliteTemplate().file, LEASE_SECONDS="5") as site:
        yield site


def test_one_certificate_and_one_notice_each_while_the_worker_dies_and_the_queue_is_wiped(site):
    counts = chaos.certificates_survive(site, learners=40, kills=3)
    assert counts.items() >= chaos.expected(40).items(), (counts, site.log())


def test_no_acknowledged_answer_is_lost_when_writers_are_killed(site):
    found = chaos.answers_survive(site, rounds=8)
    assert (found["lost"], found["integrity"]) == (0, "ok"), found
    assert found["acknowledged"] > 8
