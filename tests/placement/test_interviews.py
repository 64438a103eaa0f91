"""Times for an interview: proposed, chosen, called off, reminded of, and who came."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from lms.accounts.models import OutboundMessage, User
from lms.accounts.tasks import sweep_messages
from placement import interviews as rules
from placement.enums import ActorKind
from placement.enums import ReferralState as S
from placement.evidence import person_of, with_evidence
from placement.models import Interview, Referral, SearchEntry
from placement.services import answers, interviews, link_secrets, referrals
from placement.services.interview_calendar import calendar_file
from placement.services.transitions import NotAllowedError
from placement.tasks import run_referral_deadlines
from tests.factories.placement import make_opportunity, make_referral, offer_work

pytestmark = pytest.mark.django_db
LEARNER, EMPLOYER = ActorKind.LEARNER, ActorKind.EMPLOYER


def again(referral: Referral) -> Referral:
    return Referral.objects.with_page_data().get(pk=referral.pk)


def body(response) -> str:
    return response.content.decode()


def at(days: float) -> datetime:
    return (timezone.now() + timedelta(days=days)).replace(second=0, microsecond=0)


@pytest.fixture
def referral():
    return make_referral(state=S.FORWARDED)


@pytest.fixture
def contact(referral):
    found = referral.opportunity.employer.contacts.get()
    User.objects.filter(pk=found.user_id).update(time_zone="Europe/Paris")
    found.refresh_from_db()
    return found


@pytest.fixture
def link(referral, contact):
    return link_secrets.reply_path(referral, contact)


@pytest.fixture
def awa(referral, sign_in):
    """A browser where the learner of the referral is signed in."""
    return sign_in(referral.profile.user)


def propose(referral: Referral, *starts: datetime, **more) -> Interview:
    values = {"minutes": 30, "how": "phone", "where": "Nous appelons", **more}
    return interviews.propose(referral=again(referral), starts=starts or (at(2), at(3)), **values)


def planned(referral: Referral, days: float = 2) -> Interview:
    interview = propose(referral, at(days))
    interviews.choose(interview=interview, slot=interview.slots.get().pk, user=referral.profile.user)
    return Interview.objects.get(pk=interview.pk)


def past(interview: Interview) -> Interview:
    Interview.objects.filter(pk=interview.pk).update(starts_at=timezone.now() - timedelta(hours=2))
    return Interview.objects.get(pk=interview.pk)


class TestPropose:
    def test_up_to_five_times_and_the_learner_is_told(self, referral):
        propose(referral, *(at(day) for day in range(1, 6)))
        assert again(referral).state == S.INTERVIEW
        assert referral.interviews.get().slots.count() == 5
        news = OutboundMessage.objects.filter(user=referral.profile.user, channel="app").latest("created_at")
        assert news.link == reverse("opportunities:thread", args=[referral.pk])

    @pytest.mark.parametrize(
        ("starts", "more", "where"),
        [
            ((), {}, "slots"),
            (tuple(at(day) for day in range(1, 7)), {}, "slots"),
            ((at(2), at(2)), {}, "slots"),
            ((at(-1),), {}, "slots"),
            ((at(0.02),), {}, "slots"),
            ((at(91),), {}, "slots"),
            ((at(2),), {"minutes": 5}, "minutes"),
            ((at(2),), {"how": "video", "where": ""}, "where"),
        ],
    )
    def test_what_is_refused_names_its_field(self, referral, starts, more, where):
        values = {"minutes": 30, "how": "phone", "where": "x", **more}
        with pytest.raises(ValidationError) as refused:
            interviews.propose(referral=referral, starts=starts, **values)
        assert list(refused.value.error_dict) == [where]
        assert not Interview.objects.exists()

    def test_the_same_form_twice_is_one_proposal(self, referral):
        for _twice in range(2):
            propose(referral, at(2), key="form")
        assert Interview.objects.count() == 1
        assert referral.events.filter(after=S.INTERVIEW).count() == 1

    def test_a_new_proposal_takes_the_place_of_the_old_one(self, referral):
        old = planned(referral)
        new = propose(referral, at(4))
        old.refresh_from_db()
        assert (old.state, new.state) == ("cancelled", "proposed")
        assert rules.current(referral) == new

    def test_nobody_is_asked_for_ever(self, referral):
        for number in range(answers.MOST_ASKED):
            propose(referral, at(2), key=str(number))
        with pytest.raises(answers.AskedOftenError):
            propose(referral, at(2), key="more")

    def test_not_before_it_is_sent_nor_after_an_offer(self, referral):
        with pytest.raises(NotAllowedError):
            propose(make_referral())
        offer_work(referral)
        with pytest.raises(NotAllowedError):
            propose(referral)


class TestChoose:
    def test_one_is_taken_and_the_employer_told_in_its_own_zone(self, referral, contact):
        start = datetime(2027, 1, 12, 9, 0, tzinfo=UTC)
        interview = Interview.objects.create(referral=referral, how="phone", minutes=30, key="k")
        slot = interview.slots.create(starts_at=start)
        referrals_state = Referral.objects.filter(pk=referral.pk)
        referrals_state.update(state=S.INTERVIEW)
        interviews.choose(interview=interview, slot=slot.pk, user=referral.profile.user)
        interview.refresh_from_db()
        assert (interview.state, interview.starts_at) == ("planned", start)
        letter = OutboundMessage.objects.get(user=contact.user, channel="email", kind="interview-planned")
        assert "10:00" in letter.body
        assert "Paris" in letter.body
        assert letter.link.startswith("/r/")
        mine = OutboundMessage.objects.get(user=referral.profile.user, channel="app", kind="interview-planned")
        assert "09:00" in mine.body
        assert "Dakar" in mine.body

    def test_neither_a_strange_time_nor_a_past_one_nor_twice(self, referral):
        interview, other = propose(referral, at(2)), propose(make_referral(state=S.FORWARDED), at(2))
        user, slot = referral.profile.user, interview.slots.get()
        with pytest.raises(NotAllowedError):
            interviews.choose(interview=interview, slot=other.slots.get().pk, user=user)
        slot.starts_at = timezone.now() - timedelta(minutes=1)
        slot.save()
        with pytest.raises(NotAllowedError):
            interviews.choose(interview=interview, slot=slot.pk, user=user)
        slot.starts_at = at(2)
        slot.save()
        interviews.choose(interview=interview, slot=slot.pk, user=user)
        with pytest.raises(NotAllowedError):
            interviews.choose(interview=interview, slot=slot.pk, user=user)

    def test_none_suits_and_the_words_reach_the_employer(self, referral, contact):
        interview = propose(referral)
        with pytest.raises(ValidationError):
            interviews.none_fits(interview=interview, user=referral.profile.user, text=" ")
        interviews.none_fits(interview=interview, user=referral.profile.user, text="Le soir seulement")
        assert Interview.objects.get().state == "none-fits"
        assert referral.thread.get().text == "Le soir seulement"
        assert OutboundMessage.objects.filter(user=contact.user, channel="email", body__contains="Le soir").exists()
        assert propose(referral, at(5)).state == "proposed"

    @pytest.mark.parametrize("by", [LEARNER, EMPLOYER])
    def test_either_side_calls_it_off_with_words(self, referral, by):
        interview = planned(referral)
        with pytest.raises(ValidationError):
            interviews.cancel(interview=interview, by=by, text="")
        interviews.cancel(interview=interview, by=by, text="Un empêchement")
        assert Interview.objects.get().state == "cancelled"
        assert referral.thread.get().by == by
        assert OutboundMessage.objects.filter(kind="interview-cancelled", user=referral.profile.user).exists()

    def test_what_ends_the_referral_ends_the_interview(self, referral, contact):
        planned(referral)
        referrals.withdraw(referral=again(referral), user=referral.profile.user)
        assert Interview.objects.get().state == "cancelled"
        letter = OutboundMessage.objects.get(user=contact.user, channel="email", kind="interview-cancelled")
        assert referral.profile.user.full_name not in letter.body


class TestCalendar:
    def event(self, content: bytes):
        calendar = Calendar.from_ical(content)
        return calendar, calendar.walk("VEVENT")[0]

    def test_the_file_is_in_utc_and_keeps_its_uid(self, referral):
        interview = planned(referral)
        calendar, event = self.event(calendar_file(interview, to_employer=True))
        assert calendar["METHOD"] == "PUBLISH"
        assert event.decoded("DTSTART") == interview.starts_at
        assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(minutes=30)
        assert b"DTSTART:" in calendar_file(interview, to_employer=True)
        assert event.to_ical().count(b"Z\r\n") >= 3
        before = int(event["SEQUENCE"])
        interviews.cancel(interview=interview, by=EMPLOYER, text="Malade")
        interview.refresh_from_db()
        cancelled, after = self.event(calendar_file(interview, to_employer=True))
        assert (cancelled["METHOD"], after["STATUS"]) == ("CANCEL", "CANCELLED")
        assert after["UID"] == event["UID"]
        assert int(after["SEQUENCE"]) > before

    def test_it_names_no_candidate(self, referral):
        interview = planned(referral)
        for to_employer in (True, False):
            content = calendar_file(interview, to_employer=to_employer).decode()
            assert referral.profile.user.full_name not in content

    def test_it_goes_with_the_mail_and_behind_the_link(self, client, awa, referral, contact, link):
        planned(referral)
        sweep_messages()
        letters = [letter for letter in mail.outbox if letter.attachments]
        assert letters
        assert {letter.attachments[0].mimetype for letter in letters} == {"text/calendar"}
        for browser, url in (
            (client, f"{link}interview.ics"),
            (awa, reverse("opportunities:interview_file", args=[referral.pk])),
        ):
            answer = browser.get(url)
            assert answer["Content-Type"].startswith("text/calendar")
            assert b"BEGIN:VEVENT" in answer.content


class TestReminder:
    def test_the_day_before_and_once(self, referral, contact):
        interview = planned(referral, days=3)
        run_referral_deadlines()
        assert not OutboundMessage.objects.filter(kind="interview-reminder").exists()
        Interview.objects.filter(pk=interview.pk).update(starts_at=timezone.now() + timedelta(hours=23))
        for _twice in range(2):
            run_referral_deadlines()
        told = OutboundMessage.objects.filter(kind="interview-reminder")
        assert set(told.values_list("user", flat=True)) == {contact.user_id, referral.profile.user_id}
        assert told.filter(channel="email", user=contact.user).count() == 1

    def test_none_for_what_was_called_off_or_is_over(self, referral):
        interview = planned(referral, days=0.5)
        interviews.cancel(interview=interview, by=LEARNER, text="Malade")
        past(planned(make_referral(state=S.FORWARDED)))
        run_referral_deadlines()
        assert not OutboundMessage.objects.filter(kind="interview-reminder").exists()


class TestWhoCame:
    def test_not_before_its_time(self, referral):
        with pytest.raises(NotAllowedError):
            interviews.say_end(interview=planned(referral), by=EMPLOYER, end="held")

    @pytest.mark.parametrize(
        ("employer", "learner", "together", "counts"),
        [
            ("held", "", "held", (1, 1)),
            ("", "held", "held", (1, 1)),
            ("held", "held", "held", (1, 1)),
            ("no-candidate", "", "no-candidate", (1, 0)),
            ("", "no-employer", "no-employer", (0, 0)),
            ("no-candidate", "held", "disputed", (0, 0)),
            ("", "", "", (0, 0)),
        ],
    )
    def test_what_the_two_say_feeds_reliability(self, referral, employer, learner, together, counts):
        interview = past(planned(referral))
        for by, end in ((EMPLOYER, employer), (LEARNER, learner)):
            if end:
                interviews.say_end(interview=interview, by=by, end=end)
        assert Interview.objects.get().ended_as == together
        person = person_of(*with_evidence([referral.profile]))
        assert (person.interviews_planned, person.interviews_kept) == counts

    def test_an_interview_kept_raises_the_score_and_a_missed_one_lowers_it(self, referral):
        def points() -> float:
            lines = make_referral(referral.profile, make_opportunity()).reasons
            return next(line["points"] for line in lines if line["kind"] == "reliability")

        before, interview = points(), past(planned(referral))
        interviews.say_end(interview=interview, by=EMPLOYER, end="held")
        kept = points()
        interviews.say_end(interview=interview, by=EMPLOYER, end="no-candidate")
        assert points() < before < kept

    def test_a_dispute_is_seen_by_the_manager(self, referral, manager, sign_in):
        interview = past(planned(referral))
        interviews.say_end(interview=interview, by=EMPLOYER, end="no-candidate")
        interviews.say_end(interview=interview, by=LEARNER, end="held")
        page = body(sign_in(manager).get(reverse("wagtailsnippets_placement_referral:inspect", args=[referral.pk])))
        assert "Les deux côtés disent des choses différentes" in page


class TestPages:
    def typed(self, **more) -> dict[str, str]:
        day = (timezone.now() + timedelta(days=5)).astimezone(ZoneInfo("Africa/Dakar"))
        return {"slot_1": f"{day:%Y-%m-%d}T10:00", "zone": "Paris", "minutes": "30", "how": "phone",
                "where": "+221", "key": uuid4().hex, **more}  # fmt: skip

    def test_the_employer_proposes_by_link_in_the_hours_of_a_town(self, client, link, referral):
        page = body(client.get(f"{link}interview/"))
        assert 'name="slot_5"' in page
        assert 'value="Paris"' in page
        done = client.post(f"{link}interview/", self.typed(), follow=True)
        slot = Interview.objects.get().slots.get()
        assert slot.starts_at.astimezone(ZoneInfo("Europe/Paris")).hour == 10
        assert "heure de Paris" in body(done)

    def test_what_is_wrong_is_told_and_kept(self, client, link, referral):
        for typed in (self.typed(slot_1=""), self.typed(slot_1="2020-01-01T10:00"), self.typed(zone="Nulle part"),
                      self.typed(how="video", where=""), self.typed(slot_1="2027-03-28T02:30")):  # fmt: skip
            refused = client.post(f"{link}interview/", typed)
            assert refused.status_code == 422
            assert f'value="{typed["zone"]}"' in body(refused)
        assert not Interview.objects.exists()

    @pytest.mark.parametrize(
        ("day", "zone"),
        [("0001-01-01T00:00", "Paris"), ("9999-12-31T23:59", "New York"), ("9999-12-31T23:59", "Paris")],
    )
    def test_a_day_at_the_end_of_the_calendar_is_refused(self, client, link, day, zone):
        refused = client.post(f"{link}interview/", self.typed(slot_1=day, zone=zone))
        assert refused.status_code == 422
        assert f'value="{day}"' in body(refused)

    def test_the_learner_chooses_on_the_phone(self, awa, referral):
        propose(referral, at(2), at(3))
        page = awa.get(reverse("opportunities:thread", args=[referral.pk]))
        assert "(heure de Dakar)" in body(page)
        slot = Interview.objects.get().slots.last()
        url = reverse("opportunities:interview", args=[referral.pk])
        done = awa.post(url, {"slot": slot.pk}, follow=True)
        assert Interview.objects.get().starts_at == slot.starts_at
        assert reverse("opportunities:interview_file", args=[referral.pk]) in body(done)
        awa.post(url, {"cancel": "1", "text": "Je suis malade"})
        assert Interview.objects.get().state == "cancelled"

    @pytest.mark.parametrize("text", ["Empêchée\x00 demain", "Empêchée\x01 demain\ufffe"])
    def test_what_calls_it_off_is_kept_without_what_no_database_takes(self, client, link, referral, text):
        propose(referral)
        assert client.post(f"{link}interview/", {"cancel": "1", "text": text}).status_code == 302
        assert Interview.objects.get().state == "cancelled"
        assert referral.thread.latest("at").text == "Empêchée demain"
        propose(referral)
        assert client.post(f"{link}interview/", {"cancel": "1", "text": "\x00"}).status_code == 422

    def test_none_and_nothing(self, awa, referral):
        propose(referral)
        url = reverse("opportunities:interview", args=[referral.pk])
        awa.post(url, {})
        awa.post(url, {"slot": "x"})
        awa.post(url, {"none": "1", "text": ""})
        assert Interview.objects.get().state == "proposed"
        awa.post(url, {"none": "1", "text": "Le soir"})
        assert Interview.objects.get().state == "none-fits"

    def test_both_say_what_became_of_it(self, awa, client, link, referral):
        past(planned(referral))
        assert "no-employer" in body(awa.get(reverse("opportunities:thread", args=[referral.pk])))
        awa.post(reverse("opportunities:interview", args=[referral.pk]), {"end": "held"})
        assert "no-candidate" in body(client.get(link))
        client.post(f"{link}interview/", {"end": "held"})
        found = Interview.objects.get()
        assert (found.told_by_learner, found.told_by_employer) == ("held", "held")

    def test_without_an_interview_there_is_no_file(self, awa, client, link, referral):
        assert client.get(f"{link}interview.ics").status_code == 404
        assert awa.get(reverse("opportunities:interview_file", args=[referral.pk])).status_code == 404
        assert awa.post(reverse("opportunities:interview", args=[referral.pk]), {"slot": 1}).status_code == 404

    def test_in_the_portal_too(self, claire, rival, employer):
        referral = make_referral(opportunity=make_opportunity(employer), state=S.FORWARDED)
        url = reverse("placement:interview", args=[referral.pk])
        assert rival.get(url).status_code == 404
        assert claire.post(url, self.typed()).status_code == 302
        assert again(referral).state == S.INTERVIEW


def test_the_opportunity_says_that_a_time_is_to_be_chosen_while_it_is(awa, referral):
    address, wanted = reverse("opportunities:detail", args=[referral.pk]), "Choisir un créneau"
    assert wanted not in body(awa.get(address))
    interview = propose(referral)
    assert wanted in body(awa.get(address))
    interviews.choose(interview=interview, slot=interview.slots.first().pk, user=referral.profile.user)
    assert wanted not in body(awa.get(address))


@pytest.mark.parametrize(("end", "rises"), [("held", True), ("no-candidate", False)])
def test_what_became_of_it_is_in_the_search_index_at_once(referral, end, rises):
    interview = past(planned(referral))
    before = SearchEntry.objects.get(pk=referral.profile_id).steady
    interviews.say_end(interview=interview, by=EMPLOYER, end=end)
    interviews.say_end(interview=interview, by=LEARNER, end=end)
    after = SearchEntry.objects.get(pk=referral.profile_id).steady
    assert (after > before) is rises
    assert after != before
