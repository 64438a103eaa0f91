"""An employer's people are told in time that the check of their organisation ends, once at each step."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lms.accounts.enums import Channel
from lms.accounts.models import OutboundMessage
from lms.lib import sweeps
from lms.lib.moments import site_day
from placement.check_enums import CheckKind, CheckResult
from placement.employer_checks import check_end_of
from placement.models import EmployerCheck
from placement.services import check_ends
from tests.factories.placement import make_employer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def a_year(settings):
    settings.VETTING_DAYS = 365


@pytest.fixture
def employer():
    return make_employer("Pont Data")


def check(employer, *, left, age=9, kind=CheckKind.REGISTER, result=CheckResult.GOOD):
    until = site_day() + left * DAY if result == CheckResult.GOOD else None
    done_on = site_day() - age * DAY
    return EmployerCheck.objects.create(employer=employer, kind=kind, result=result, done_on=done_on, valid_until=until)


def told(after=0):
    """The subjects of e-mails that this many days more bring."""
    before = set(OutboundMessage.objects.values_list("pk", flat=True))
    now = timezone.now() + after * DAY
    for key in check_ends.to_tell(now).order_by("pk").values_list("pk", flat=True):
        check_ends.tell_contacts(key, now)
    new = OutboundMessage.objects.filter(channel=Channel.EMAIL, kind=check_ends.KIND).exclude(pk__in=before)
    return list(new.order_by("pk").values_list("subject", "body"))


def test_each_step_is_told_once(employer, manager):
    manager.email = "fatou@example.org"
    manager.save(update_fields=["email"])
    check(employer, left=31)
    assert told() == []
    (first,) = told(after=1)
    assert "prend fin le" in first[0]
    assert "fatou@example.org" in first[1]
    assert [told(after=days) for days in (1, 2, 23)] == [[], [], []]
    (second,) = told(after=24)
    assert second == first
    assert told(after=31) == []  # its last day
    (third,) = told(after=32)
    assert third[0] == "La vérification de votre organisation a pris fin"
    assert told(after=400) == []
    check(employer, left=230)
    assert told(after=199) == []
    assert len(told(after=200)) == 1


def test_who_heard_late_is_not_told_the_step_before(employer, manager):
    check(employer, left=3)
    assert len(told()) == 1
    assert told(after=2) == []
    assert len(told(after=4)) == 1


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"left": 300}],
        [{"left": 3}, {"left": 300, "kind": CheckKind.CALL}],
        [{"left": 3}, {"left": 300, "kind": CheckKind.CALL, "result": CheckResult.WRONG}],
    ],
)
def test_nobody_is_told_without_an_end(employer, rows):
    for row in rows:
        check(employer, **row)
    assert told() == []


def test_only_people_of_good_standing_whose_account_is_open(employer):
    waiting = make_employer(vetting="waiting")
    check(waiting, left=3)
    check(employer, left=3)
    user = employer.contacts.get().user
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert told() == []


def test_an_older_check_of_the_same_kind_sets_no_day(employer):
    check(employer, left=20, age=40)
    check(employer, left=3)
    assert sweeps.run(check_ends.TELL) == 1
    employer.refresh_from_db()
    assert employer.check_end_told == site_day() + 3 * DAY == check_end_of(employer.pk).ends_on


def test_the_mail_does_not_leave_once_it_was_checked_again(employer):
    check(employer, left=3)
    sweeps.run(check_ends.TELL)
    message = OutboundMessage.objects.get(channel=Channel.EMAIL)
    assert check_ends.still_ends(message)
    check(employer, left=365)
    assert not check_ends.still_ends(message)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "n’est pas valable"),
        ([{"left": 3}], "prend fin le"),
        ([{"left": -3}], "a pris fin le"),
        ([{"left": 3}, {"left": 0, "kind": CheckKind.CALL, "result": CheckResult.WRONG}], "n’est pas valable"),
        ([{"left": 31}], None),
    ],
)
def test_the_page_of_opportunities_and_the_form_say_it(employer, manager, client, rows, words):
    manager.email = "fatou@example.org"
    manager.save(update_fields=["email"])
    for row in rows:
        check(employer, **row)
    client.force_login(employer.contacts.get().user)
    for name in ("placement:opportunities", "placement:new_opportunity"):
        page = client.get(reverse(name)).content.decode()
        assert ("Notre vérification de votre organisation" in page) is (words is not None)
        assert words is None or words in page
        assert ("fatou@example.org" in page) is (words is not None)
