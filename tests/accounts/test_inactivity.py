"""Learners who have not been here for two years: told, a month of grace, erased; any sign of life stops it."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.utils import timezone

from courses.models import Enrolment
from lms.accounts import exports, inactivity
from lms.accounts.erasing import ERASURE, erase, erase_again, is_erased
from lms.accounts.merging import erasure_hash
from lms.accounts.models import AuditEvent, InactivityNotice, OutboundMessage, SignIn, User
from lms.lib import sweeps
from lms.lib.backups import erasures
from placement.enums import ActorKind
from placement.enums import ReferralState as S
from placement.models import CandidateProfile, CaseEntry, Referral, ThreadMessage
from placement.services import cases, threads
from placement.services.disclosure import of_referral
from tests.factories.courses import make_course, make_enrolment
from tests.factories.people import make_user
from tests.factories.placement import make_candidate, make_opportunity, make_referral

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(days=731)


def away(username: str = "awa", **fields) -> User:
    user = make_user(username, **fields)
    then = timezone.now() - LONG_AGO
    User.objects.filter(pk=user.pk).update(date_joined=then, last_login=then)
    return user


def a_month_later() -> int:
    later = timezone.now() + inactivity.NOTICE + timedelta(hours=1)
    return sweeps.run(inactivity.ERASE, now=later)


class TestNotice:
    def test_told_once_by_every_way_there_is(self):
        user = away(email="awa@example.org")
        assert sweeps.run(inactivity.TELL) == 1
        assert sweeps.run(inactivity.TELL) == 0
        assert set(user.messages.values_list("channel", flat=True)) == {"app", "email"}
        message = user.messages.get(channel="email")
        assert "connecte" in message.body.lower()
        assert User.objects.get(pk=user.pk).is_active

    @pytest.mark.parametrize("change", [
        {"role": "trainer"}, {"is_active": False}, {"is_demo": True}, {"is_superuser": True, "is_staff": True},
        {"last_login": timezone.now() - timedelta(days=729)},
    ])  # fmt: skip
    def test_nobody_else_is_told(self, change):
        User.objects.filter(pk=away().pk).update(**change)
        assert sweeps.run(inactivity.TELL) == 0

    def test_zero_days_switch_it_off(self, settings):
        settings.INACTIVE_DAYS = 0
        away()
        assert sweeps.run(inactivity.TELL) == 0

    def test_each_sign_of_life_counts(self):
        now = timezone.now()
        signed_in, learning, placed = away("a"), away("b"), away("c")
        SignIn.objects.create(user=signed_in, seen_at=now, at=now, seal="x")
        Enrolment.objects.filter(pk=make_enrolment(learning, make_course()).pk).update(last_active_at=now)
        make_candidate(placed)
        assert not inactivity.inactive(now).exists()
        assert len(inactivity.SIGNS) >= 4


class TestTheEnd:
    def test_a_month_later_the_account_is_a_placeholder(self):
        user = away(email="awa@example.org", phone="+221771234567", full_name="Awa Ndiaye")
        sweeps.run(inactivity.TELL)
        assert sweeps.run(inactivity.ERASE) == 0, "not before its day"
        assert a_month_later() == 1
        user.refresh_from_db()
        assert is_erased(user)
        assert (user.username, user.full_name, user.email, user.phone) == (f"erased.{user.pk}", "", "", None)
        assert not user.has_usable_password()
        assert not OutboundMessage.objects.filter(user=user).exists()
        assert not InactivityNotice.objects.exists()
        assert AuditEvent.objects.filter(verb="erase-account", target=f"accounts.User:{user.pk}").exists()
        assert erasure_hash(user) in erasures.since(timezone.now() - timedelta(minutes=1))[ERASURE]

    def test_whoever_signs_in_keeps_everything(self):
        user = away()
        sweeps.run(inactivity.TELL)
        User.objects.filter(pk=user.pk).update(last_login=timezone.now())
        assert a_month_later() == 1
        user.refresh_from_db()
        assert user.is_active
        assert not InactivityNotice.objects.exists()


class TestErasing:
    def test_employers_see_nothing_and_words_are_gone(self, site):
        referral = make_referral(make_candidate(), make_opportunity(), state=S.FORWARDED)
        person = referral.profile
        threads.write(referral=referral, by=ActorKind.LEARNER, text="MARQUE", key="a")
        cases.report(referral=referral, user=person.user, text="MARQUE")
        asked = make_referral(person, make_opportunity())
        assert erase(user=person.user, by=None)
        assert of_referral(Referral.objects.with_page_data().get(pk=referral.pk)).has_withdrawn
        assert Referral.objects.get(pk=asked.pk).state == S.DECLINED
        profile = CandidateProfile.objects.get(pk=person.pk)
        assert (profile.is_searchable, profile.country, profile.region, profile.hours_per_week) == (False, "", "", None)
        assert not profile.languages.exists()
        assert not ThreadMessage.objects.filter(text__contains="MARQUE").exists()
        assert not CaseEntry.objects.filter(text__contains="MARQUE").exists()
        assert not OutboundMessage.objects.filter(body__contains="MARQUE").exists()
        assert not CandidateProfile.objects.searchable().exists()

    def test_certificates_stay_checkable(self, site, client):
        person = make_candidate()
        code = person.user.certificates.get().code
        erase(user=person.user, by=None)
        assert client.get(f"/fr/verify/{code}/").status_code == 200

    def test_once(self):
        user = make_user("awa")
        assert erase(user=user, by=None)
        assert not erase(user=user, by=None)

    def test_a_copy_of_their_data_goes_with_its_file(self, django_capture_on_commit_callbacks):
        user = make_user("awa")
        export = exports.ask(about=user, by=user)
        exports.make(export.pk)
        with django_capture_on_commit_callbacks(execute=True):
            erase(user=user, by=None)
        assert not storages["private"].exists(export.path)

    def test_a_restored_backup_brings_nobody_back(self):
        user, other = make_user("awa", full_name="Awa"), make_user("binta", full_name="Binta")
        assert "1" in erase_again({erasure_hash(user)})
        assert User.objects.get(pk=user.pk).full_name == ""
        assert User.objects.get(pk=other.pk).full_name == "Binta"


def test_the_command_says_what_would_happen_and_does_nothing():
    away()
    out = io.StringIO()
    call_command("retention", stdout=out)
    assert "1" in out.getvalue()
    assert not InactivityNotice.objects.exists()
    assert not OutboundMessage.objects.exists()
