from datetime import timedelta

import pytest
from django.utils import timezone

from lms.lib.checkup import Level
from lms.lib.leases import MAX_TRIES
from placement import doctor
from placement.enums import ReferralState as S
from placement.models import Employer, Outcome, Referral
from placement.services import deadlines
from tests.factories.placement import make_employer, make_hired, make_referral

pytestmark = pytest.mark.django_db


def levels(check):
    return [finding.level for finding in check()]


def test_all_is_well():
    make_referral(state=S.FORWARDED)
    checks = (doctor.referrals_waiting, doctor.referrals_overdue, doctor.employers_out_of_reach)
    assert [levels(check) for check in checks] == [[Level.GREEN]] * 3


def test_a_referral_that_nobody_sent():
    referral = make_referral(state=S.CONSENTED)
    Referral.objects.filter(pk=referral.pk).update(due_at=timezone.now() - timedelta(minutes=20))
    assert levels(doctor.referrals_waiting) == [Level.AMBER]
    Referral.objects.filter(pk=referral.pk).update(due_at=timezone.now() - timedelta(days=2))
    assert levels(doctor.referrals_waiting) == [Level.RED]


def test_a_referral_given_up():
    referral = make_referral(state=S.CONSENTED)
    Referral.objects.filter(pk=referral.pk).update(tries=MAX_TRIES)
    assert levels(doctor.referrals_waiting) == [Level.GREEN, Level.AMBER]


@pytest.mark.parametrize(
    ("state", "changes"),
    [
        (S.PROPOSED, {"expires_at": timedelta(hours=3)}),
        (S.FORWARDED, {"forwarded_at": timedelta(days=60, hours=3)}),
    ],
)
def test_a_clock_that_stands_still(state, changes):
    referral = make_referral(state=state)
    ago = {name: timezone.now() - age for name, age in changes.items()}
    Referral.objects.filter(pk=referral.pk).update(**ago)
    assert levels(doctor.referrals_overdue) == [Level.RED]
    deadlines.run()
    assert levels(doctor.referrals_overdue) == [Level.GREEN]


def test_a_question_whose_day_passed():
    make_hired(days=30)
    assert levels(doctor.questions_overdue) == [Level.GREEN]  # due today: the clock may yet come
    Outcome.objects.filter(mark="day30").update(due_on=timezone.localdate() - timedelta(days=1))
    assert levels(doctor.questions_overdue) == [Level.RED]
    deadlines.run()
    assert levels(doctor.questions_overdue) == [Level.GREEN]


def test_a_checked_employer_without_anybody():
    Employer.objects.create(name="Sans personne", slug="sans", country="SN", vetting="vetted")
    Employer.objects.create(name="En attente", slug="attente", country="SN", vetting="waiting")
    contact = make_employer("Parti").contacts.get()
    contact.user.is_active = False
    contact.user.save()
    (finding,) = doctor.employers_out_of_reach()
    assert finding.level == Level.AMBER
    assert "Sans personne" in finding.text
    assert "Parti" in finding.text
    assert "En attente" not in finding.text
