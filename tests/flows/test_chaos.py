"""Real processes, killed for real. The long versions are ``python -m bench.chaos``."""

import pytest

from bench import chaos
from bench.installation import Site
from tests.database import migrated_file

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("chaos")]


@pytest.fixture
def site(django_db_setup):
    with Site(template=migrated_file(), TASK_SECONDS="9") as site:
        yield site


def test_one_certificate_and_one_notice_each_while_the_worker_dies_and_the_queue_is_wiped(site):
    counts = chaos.certificates_survive(site, learners=40, kills=3)
    assert counts.items() >= chaos.expected(40).items(), (counts, site.log())


def test_no_acknowledged_answer_is_lost_when_writers_are_killed(site):
    found = chaos.answers_survive(site, rounds=8)
    assert (found["lost"], found["integrity"]) == (0, "ok"), found
    assert found["acknowledged"] > 8


def test_bulk_work_goes_on_after_its_workers_were_killed(site):
    """An import of people, a regrade and an import of questions at once: nothing is done twice or lost."""
    found = chaos.runs_survive(site, kills=3)
    assert found["counted"] == found["right"], (found, site.log())
    assert len(set(map(str, found["killed at"]))) == 3  # in the middle, and further each time


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
