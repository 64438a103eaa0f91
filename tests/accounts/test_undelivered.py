"""What did not arrive is seen: by ``doctor``, on a page of the admin, and tried again by one button."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lms.accounts import outages
from lms.accounts.models import AuditEvent, Outage, OutboundMessage
from lms.lib.checkup import Level, examine

pytestmark = pytest.mark.django_db


def row(user, key, **fields) -> OutboundMessage:
    return OutboundMessage.objects.create(
        key=key,
        user=user,
        channel="email",
        address="old@example.org",
        kind="k",
        subject="Bonjour",
        body="Lisez",
        **fields,
    )


@pytest.fixture
def office(site, manager, sign_in) -> Client:
    return sign_in(manager)


@pytest.fixture
def three(learner):
    learner.email = "awa@example.org"
    learner.save(update_fields=["email"])
    return (
        row(learner, "given-up", tries=OutboundMessage.max_tries, last_error="451 4.7.1"),
        row(learner, "refused", stopped="refused: 550 5.1.1"),
        row(learner, "too-late", stopped="too late"),
    )


def found(topic: str) -> list[Level]:
    return [finding.level for finding in examine(only="lms.accounts.doctor") if finding.topic == topic]


def test_the_page_names_both_kinds_with_their_codes(office, three):
    page = office.get(reverse("undelivered:list")).content.decode()
    assert "451 4.7.1" in page
    assert "Adresse refusée (550 5.1.1)" in page
    assert page.count("old@example.org") == 2
    assert "1 message abandonné" in page


def test_the_first_button_tries_what_was_given_up(office, three):
    office.post(reverse("undelivered:list"), {"what": "given-up"})
    given_up, refused, late = (OutboundMessage.objects.get(pk=message.pk) for message in three)
    assert (given_up.tries, given_up.last_error) == (0, "")
    assert (refused.stopped, late.stopped) == ("refused: 550 5.1.1", "too late")


def test_who_tried_again_is_written_down(office, three, manager):
    office.post(reverse("undelivered:list"), {"what": "given-up"})
    office.post(reverse("undelivered:list"), {"what": "all"})
    found = AuditEvent.objects.filter(actor=manager, verb="retry-messages").order_by("pk")
    assert [event.fields for event in found] == [["given-up"], ["given-up", "refused"]]


def test_the_second_button_takes_the_address_that_was_corrected(office, three):
    answer = office.post(reverse("undelivered:list"), {"what": "all"}, follow=True).content.decode()
    assert "2 messages sont réessayés maintenant." in answer
    _given_up, refused, late = (OutboundMessage.objects.get(pk=message.pk) for message in three)
    assert (refused.stopped, refused.address) == ("", "awa@example.org")
    assert late.stopped == "too late"


def test_a_site_where_all_arrives_says_so(office):
    assert "Tous les messages sont arrivés" in office.get(reverse("undelivered:list")).content.decode()


def test_a_rest_ends_when_somebody_presses_the_button(office):
    outages.note(channel="email", error="535 5.7.8", by_us=True)
    assert "535 5.7.8" in office.get(reverse("undelivered:list")).content.decode()
    office.post(reverse("undelivered:list"), {"what": "given-up"})
    assert not outages.resting().exists()


def test_doctor_is_red_at_once_where_we_are_refused_and_later_where_nobody_answers():
    topic = "Envoi des messages"
    assert found(topic) == []
    outages.note(channel="email", error="535 5.7.8", by_us=True)
    assert found(topic) == [Level.RED]
    outages.note(channel="email", error="TimeoutError", by_us=False)
    assert found(topic) == [Level.AMBER]
    Outage.objects.update(since=timezone.now() - timedelta(minutes=31))
    assert found(topic) == [Level.RED]


def test_doctor_counts_refused_addresses_and_minds_many(learner):
    for number in range(9):
        row(learner, f"k{number}", stopped="refused: 550 5.1.1")
    assert found("Messages") == [Level.GREEN, Level.GREEN]
    row(learner, "k9", stopped="refused: 550 5.1.1")
    assert found("Messages") == [Level.GREEN, Level.AMBER]


def test_doctor_names_refusals_by_policy(learner):
    row(learner, "k", last_error="550 5.7.26", tries=3, due_at=timezone.now() + timedelta(hours=1))
    assert found("Messages") == [Level.GREEN, Level.AMBER]
