"""Real processes, killed for real. The long versions are ``python -m bench.chaos``."""

import pytest

from bench import chaos
from bench.installation import Site
from tests.database import migrated_file

pytestmark = [pytest.mark.drill, pytest.mark.xdist_group("kills")]


@pytest.fixture
def site(django_db_setup):
    with Site(template=migrated_file(), TASK_SECONDS="9") as site:
        yield site


def test_no_work_is_lost_or_done_twice_while_the_workers_die_and_the_queue_is_wiped(site):
    """Certificates and their notices; an import of people, a regrade and an import of questions, all at once."""
    found = chaos.work_survives(site, learners=40, kills=3)
    assert found["certificates"].items() >= chaos.expected(40).items(), (found, site.log())
    assert found["counted"] == found["right"], (found, site.log())
    runs = {str(runs) for _certificates, runs in found["killed at"]}
    assert len(runs) == 3, found["killed at"]  # in the middle, and further each time


def test_no_acknowledged_answer_is_lost_when_writers_are_killed(site):
    found = chaos.answers_survive(site, rounds=8)
    assert (found["lost"], found["integrity"]) == (0, "ok"), found
    assert found["acknowledged"] > 8


@pytest.fixture
def hanging_site(django_db_setup):
    channels = {"EMAIL_MESSAGE_BACKEND": "HangingChannel", "SMS_MESSAGE_BACKEND": "CountingChannel"}
    paths = {name: f"bench.hanging.{channel}" for name, channel in channels.items()}
    with Site(template=migrated_file(), TASK_SECONDS="6", **paths) as site:
        yield site


def test_a_task_that_hangs_is_ended_its_row_taken_again_and_a_code_does_not_wait(hanging_site):
    found = chaos.hanging_is_ended(hanging_site, behind=40)
    assert found["PDFs before the code"] == 0, found  # it overtook the PDFs and a task that hangs
    assert found["mail while it hangs"] == [1, 0, 1]
    assert found["mail after the kill"] == [1, 0, 1]  # the hard limit ended the task; its lease runs out by itself
    assert found["mail in the end"] == [2, 1, 0]
    assert found["sent"] == ["code", "hangs"]
