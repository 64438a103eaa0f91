"""A short version of ``python -m bench.power_cut``: what the disk holds after some cuts, and one site started on it."""

import random
import shutil

import pytest

from bench import power_cut
from bench.installation import Site
from tests.database import migrated_file

pytestmark = [
    pytest.mark.drill,
    pytest.mark.xdist_group("kills"),
    pytest.mark.skipif(shutil.which("strace") is None, reason=power_cut.MISSING),
]


@pytest.fixture(scope="module")
def recorded(django_db_setup):
    with Site(serves=True, template=migrated_file(), TASK_SECONDS="9") as site:
        yield site, power_cut.record(site, learners=8)


def test_nothing_is_lost_by_a_power_cut_and_no_wrong_certificate_served(recorded):
    site, recording = recorded
    chance = random.Random(1)
    moments = recording.moments(4, chance)
    for moment in moments:
        found = power_cut.cut(site, recording, moment, chance)
        assert {name: found[name] for name in power_cut.SURE} == power_cut.SURE, found
    assert found["told"] > 0
    found = power_cut.recover(site, found)
    assert power_cut.faults(found) == []


def test_the_drill_finds_a_site_that_does_not_wait_for_the_disk(recorded):
    """The same recording, as if nobody had synchronised a file beside the database."""
    site, recording = recorded
    forgetful, chance = power_cut.without_synchronising(recording), random.Random(1)
    late = len(forgetful.operations)
    found = [power_cut.cut(site, forgetful, late, chance) for _cut in range(3)]
    assert sum(one["damaged"] for one in found) > 0, found
    assert {(one["served wrong"], one["integrity"]) for one in found} == {(0, "ok")}  # a hash is compared
