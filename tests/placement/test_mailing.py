"""Peace at night, and one e-mail a day instead of forty-three."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from lms.accounts import quiet
from lms.accounts.models import OutboundMessage, User
from lms.accounts.tasks import sweep_messages
from lms.lib import sweeps
from placement.email_frequency import EmailFrequency
from placement.enums import ActorKind
from placement.enums import ReferralState as S
from placement.models import CandidateProfile, EmployerContact, Interview, Referral
from placement.services import answers, interviews, mailing, referrals, threads
from tests.factories.placement import make_candidate, make_employer, make_opportunity, make_referral, offer_work

pytestmark = pytest.mark.django_db


def again(referral: Referral) -> Referral:
    return Referral.objects.with_page_data().get(pk=referral.pk)


def morning_after() -> datetime:
    """Past every digest hour of tomorrow."""
    return timezone.now() + timedelta(days=2)


def send_digests(now: datetime | None = None) -> int:
    return sweeps.rounds([mailing.DIGESTS], now=now or morning_after())[mailing.DIGESTS.name].done


@pytest.fixture
def employer():
    found = make_employer("Pont Data")
    EmployerContact.objects.update(mails=EmailFrequency.DAILY)
    return found


@pytest.fixture
def contact(employer):
    return employer.contacts.get()


class TestDigest:
    def test_thirty_answers_of_a_day_are_one_e_mail(self, employer, contact):
        opportunity = make_opportunity(employer, positions=40)
        for number in range(30):
            referral = make_referral(opportunity=opportunity, state=S.FORWARDED)
            answers.answer(referral=referral, to=S.QUESTION, message="Le matin ?")
            referrals.answer_question(referral=again(referral), user=referral.profile.user, text=f"OUI-{number}")
        sweep_messages()
        assert [letter for letter in mail.outbox if letter.to == [contact.user.email]] == []
        assert send_digests() == 1
        sweep_messages()
        (letter,) = [letter for letter in mail.outbox if letter.to == [contact.user.email]]
        assert all(f"OUI-{number}" in letter.body for number in range(30))
        assert letter.body.count("/r/") == 60  # each piece of news with its own link
        assert send_digests() == 0
        assert OutboundMessage.objects.get(kind="digest").body == ""

    def test_on_the_site_each_stands_at_once(self, employer, contact):
        make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        assert OutboundMessage.objects.filter(user=contact.user, channel="app").count() == 1

    def test_an_offer_and_an_interview_wait_for_no_digest(self, employer):
        profile = make_candidate()
        CandidateProfile.objects.update(mails=EmailFrequency.DAILY)
        User.objects.filter(pk=profile.user_id).update(email="binta@example.org")
        referral = make_referral(CandidateProfile.objects.get(), make_opportunity(employer), state=S.FORWARDED)
        sweep_messages()
        assert not [letter for letter in mail.outbox if letter.to == ["binta@example.org"]]
        start = timezone.now() + timedelta(days=2)
        interviews.propose(referral=again(referral), starts=[start], minutes=30, how="phone")
        offer_work(again(referral))
        sweep_messages()
        assert len([letter for letter in mail.outbox if letter.to == ["binta@example.org"]]) == 2

    def test_who_chose_each_at_once_gets_each_at_once(self, employer, contact):
        EmployerContact.objects.update(mails=EmailFrequency.EACH)
        make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        sweep_messages()
        assert len([letter for letter in mail.outbox if letter.to == [contact.user.email]]) == 1
        assert send_digests() == 0

    def test_what_is_no_longer_true_is_in_no_digest(self, employer, contact):
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        answers.answer(referral=referral, to=S.QUESTION, message="Le matin ?")
        referrals.answer_question(referral=again(referral), user=referral.profile.user, text="MARQUE")
        referrals.withdraw(referral=again(referral), user=referral.profile.user)
        send_digests()
        sweep_messages()
        assert not [letter for letter in mail.outbox if "MARQUE" in letter.body or "/r/" in letter.body]
        assert not OutboundMessage.objects.filter(body__contains="MARQUE").exists()

    def test_a_digest_that_has_not_left_loses_it_too(self, employer, contact):
        """Written, and waiting for its turn or for the mail server: what is about others goes out."""
        opportunity = make_opportunity(employer)
        leaves, stays = (make_referral(opportunity=opportunity, state=S.FORWARDED) for _twice in range(2))
        for referral, words in ((leaves, "MARQUE"), (stays, "RESTE")):
            answers.answer(referral=referral, to=S.QUESTION, message="Le matin ?")
            referrals.answer_question(referral=again(referral), user=referral.profile.user, text=words)
        assert send_digests() == 1
        letter = OutboundMessage.objects.get(kind="digest", channel="email", user=contact.user)
        assert "MARQUE" in letter.body
        assert letter.body.count("Saisie de données") >= 2, "what each has proven"
        referrals.withdraw(referral=again(leaves), user=leaves.profile.user)
        letter.refresh_from_db()
        assert "MARQUE" not in letter.body
        assert "RESTE" in letter.body
        assert letter.body.count("Saisie de données") == 1
        assert letter.body.count("a mis fin à son accord") == 2
        assert not OutboundMessage.objects.filter(body__contains="MARQUE").exists()
        sweep_messages()
        assert [one for one in mail.outbox if "RESTE" in one.body]

    def test_the_hour_is_that_of_the_reader(self, employer, contact, settings):
        settings.DIGEST_HOUR = 8
        make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        written = datetime(2027, 1, 11, 20, 0, tzinfo=UTC)
        OutboundMessage.objects.update(created_at=written)
        User.objects.filter(pk=contact.user_id).update(time_zone="Asia/Tokyo")  # nine hours ahead
        assert send_digests(datetime(2027, 1, 11, 22, 30, tzinfo=UTC)) == 0
        assert send_digests(datetime(2027, 1, 11, 23, 30, tzinfo=UTC)) == 1

    def test_a_contact_chooses_on_the_page(self, employer, contact, sign_in):
        browser = sign_in(contact.user)
        page = browser.get(reverse("placement:referrals")).content.decode()
        assert 'name="mails"' in page
        browser.post(reverse("placement:email_frequency"), {"mails": "x"})
        assert EmployerContact.objects.get().mails == EmailFrequency.DAILY
        browser.post(reverse("placement:email_frequency"), {"mails": "at-once"})
        assert EmployerContact.objects.get().mails == EmailFrequency.EACH


class TestQuietHours:
    @pytest.mark.parametrize(
        ("hours", "hour", "quiet_now"),
        [("21-7", 20, False), ("21-7", 21, True), ("21-7", 3, True), ("21-7", 7, False), ("1-5", 3, True),
         ("1-5", 6, False), ("", 3, False), ("8-8", 8, False), ("x", 3, False)],
    )  # fmt: skip
    def test_hours(self, settings, hours, hour, quiet_now):
        settings.QUIET_HOURS = hours
        assert quiet.is_quiet(hour) == quiet_now

    def test_they_end_in_the_morning_of_the_reader(self, settings):
        settings.QUIET_HOURS = "21-7"
        now = datetime(2027, 1, 11, 22, 30, tzinfo=UTC)
        assert quiet.quiet_until("Africa/Dakar", now) == datetime(2027, 1, 12, 7, 0, tzinfo=UTC)
        assert quiet.quiet_until("Europe/Paris", now) == datetime(2027, 1, 12, 6, 0, tzinfo=UTC)
        assert quiet.quiet_until("America/Montreal", now) is None

    def test_an_e_mail_waits_until_then_on_the_site_it_stands_at_once(self, employer, contact, settings):
        EmployerContact.objects.update(mails=EmailFrequency.EACH)
        awake = timezone.now().astimezone(ZoneInfo("Africa/Dakar")).hour
        settings.QUIET_HOURS = f"{awake}-{(awake + 2) % 24}"
        User.objects.update(time_zone="Africa/Dakar")
        make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        sweep_messages()
        assert mail.outbox == []
        letter = OutboundMessage.objects.get(user=contact.user, channel="email")
        assert letter.due_at > timezone.now() + timedelta(minutes=59)
        assert OutboundMessage.objects.filter(user=contact.user, channel="app").exists()

    def test_nobody_sleeps_through_the_news_of_an_interview(self, employer, contact, settings):
        awake = timezone.now().astimezone(ZoneInfo("Africa/Dakar")).hour
        settings.QUIET_HOURS = f"{awake}-{(awake + 9) % 24}"
        User.objects.update(time_zone="Africa/Dakar")
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        start = timezone.now() + timedelta(hours=3)
        interview = interviews.propose(referral=referral, starts=[start], minutes=30, how="phone")
        interviews.choose(interview=interview, slot=interview.slots.get().pk, user=referral.profile.user)
        sweep_messages()
        assert Interview.objects.get().state == "planned"
        assert [letter for letter in mail.outbox if letter.to == [contact.user.email]]

    def test_a_message_at_night_waits_for_the_morning(self, employer, contact, settings):
        EmployerContact.objects.update(mails=EmailFrequency.EACH)
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        awake = timezone.now().astimezone(ZoneInfo("Africa/Dakar")).hour
        settings.QUIET_HOURS = f"{awake}-{(awake + 2) % 24}"
        User.objects.update(time_zone="Africa/Dakar")
        threads.write(referral=again(referral), by=ActorKind.LEARNER, text="Bonsoir")
        letter = OutboundMessage.objects.get(user=contact.user, channel="email", kind="thread-message")
        assert letter.due_at > timezone.now() + timedelta(minutes=59)
