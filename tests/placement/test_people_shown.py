"""How many people an employer may look at: every page that shows people counts them, and a catalogue is not taken."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from lms.accounts.enums import Channel, Role
from lms.accounts.models import AuditEvent, OutboundMessage
from lms.lib.checkup import Level
from placement import doctor
from placement.enums import ReferralState as S
from placement.models import Employer, EmployerContact, PersonRead, Referral, Shortlisted
from placement.people_shown import DAY, HOUR
from placement.tasks import run_referral_deadlines
from tests.factories.people import make_user
from tests.factories.placement import code_name, make_candidate, make_opportunity, make_referral

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small(settings) -> None:
    settings.CONTACT_PEOPLE_PER_HOUR, settings.CONTACT_PEOPLE_PER_DAY = 4, 6
    settings.EMPLOYER_PEOPLE_PER_HOUR, settings.EMPLOYER_PEOPLE_PER_DAY = 5, 9
    settings.PEOPLE_WARNING_PERCENT = 75


@pytest.fixture
def manager() -> Any:
    return make_user("fatou", Role.MANAGER, full_name="Fatou Sarr", email="fatou@example.org")


def profile_page(client: Client, person: Any) -> Any:
    employer = Employer.objects.get(contacts__user=client.session["_auth_user_id"])
    return client.get(reverse("placement:profile", args=[code_name(person, employer)]))


def age(span: timedelta) -> None:
    for row in PersonRead.objects.all():
        PersonRead.objects.filter(pk=row.pk).update(at=row.at - span)


class TestLimits:
    def test_a_warning_and_then_a_stop(self, claire, manager):
        people = [make_candidate() for _person in range(6)]
        answers = [profile_page(claire, person) for person in people]
        assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
        warned = ["s’arrêtent à 4" in answer.content.decode() for answer in answers[:4]]
        assert warned == [False, False, True, True]
        stop = answers[4].content.decode()
        assert re.search(r"dans (60\xa0min|1\xa0h)", stop)
        assert "Fatou Sarr" in stop
        assert "fatou@example.org" in stop
        assert "<dialog" not in stop
        assert 3500 < int(answers[4]["Retry-After"]) <= 3600

    def test_the_same_people_again_are_free(self, claire):
        people = [make_candidate() for _person in range(4)]
        for _time in range(5):
            assert {profile_page(claire, person).status_code for person in people} == {200}
        assert PersonRead.objects.count() == 4

    def test_a_list_counts_each_of_its_people_or_shows_none(self, claire, settings):
        people = [make_candidate() for _person in range(5)]
        answer = claire.get(reverse("placement:search"))
        assert answer.status_code == 429
        assert not any(code_name(person) in answer.content.decode() for person in people)
        assert not PersonRead.objects.exists()
        settings.CONTACT_PEOPLE_PER_HOUR = 5
        assert claire.get(reverse("placement:search")).status_code == 200
        assert PersonRead.objects.filter(is_counted=True).count() == 5

    def test_a_part_of_a_page_leads_to_the_whole_stop_page(self, claire):
        for _person in range(5):
            make_candidate()
        answer = claire.get(reverse("placement:search"), {"hours": "5"}, headers={"HX-Request": "true"})
        assert answer["HX-Redirect"] == f"{reverse('placement:search')}?hours=5"
        assert not answer.content

    def test_a_whole_catalogue_is_not_taken_by_turning_pages(self, claire, settings):
        settings.CONTACT_PEOPLE_PER_HOUR = settings.CONTACT_PEOPLE_PER_DAY = 25
        settings.EMPLOYER_PEOPLE_PER_HOUR = settings.EMPLOYER_PEOPLE_PER_DAY = 25
        for _person in range(45):
            make_candidate()
        codes = [claire.get(reverse("placement:search"), {"page": page}).status_code for page in (1, 2, 3, 1)]
        assert codes == [200, 429, 200, 200]
        assert PersonRead.objects.count() == 25

    def test_the_hour_opens_again_and_the_day_stays(self, claire):
        for _person in range(4):
            profile_page(claire, make_candidate())
        age(HOUR)
        codes = [profile_page(claire, make_candidate()).status_code for _person in range(3)]
        assert codes == [200, 200, 429]
        age(DAY)
        assert profile_page(claire, make_candidate()).status_code == 200

    def test_colleagues_share_the_limit_of_the_organisation_and_what_they_know(self, claire, employer, sign_in):
        colleague = make_user("jean", Role.EMPLOYER, email="jean@example.org")
        EmployerContact.objects.create(employer=employer, user=colleague)
        jean = sign_in(colleague)
        people = [make_candidate() for _person in range(4)]
        for person in people:
            profile_page(claire, person)
        assert {profile_page(jean, person).status_code for person in people} == {200}
        assert [profile_page(jean, make_candidate()).status_code for _person in range(2)] == [200, 429]

    def test_another_employer_has_limits_of_its_own(self, claire, rival):
        people = [make_candidate() for _person in range(5)]
        assert [profile_page(claire, person).status_code for person in people][-1] == 429
        assert profile_page(rival, people[0]).status_code == 200

    def test_people_on_the_list_and_people_sent_stay_open(self, claire, employer):
        for _person in range(4):
            profile_page(claire, make_candidate())
        listed = [make_candidate() for _person in range(6)]
        for person in listed:
            Shortlisted.objects.create(employer=employer, profile=person)
        referral = make_referral(make_candidate(), make_opportunity(employer), state=S.FORWARDED)
        assert claire.get(reverse("placement:shortlist")).status_code == 200
        assert claire.get(reverse("placement:export_shortlist")).status_code == 200
        assert claire.get(reverse("placement:referral", args=[referral.pk])).status_code == 200
        assert claire.get(reverse("placement:referrals")).status_code == 200
        assert PersonRead.objects.filter(is_counted=False).count() == 7

    @pytest.mark.parametrize("state", [S.PROPOSED, S.CONSENTED, S.DECLINED, S.EXPIRED])
    def test_people_whom_the_site_proposed_an_opportunity_to_are_counted(self, claire, employer, state):
        """An opportunity for 200 positions is proposed to a thousand people, whom nobody sent to the employer."""
        people, opportunity = [make_candidate() for _person in range(5)], make_opportunity(employer)
        for person in people:
            make_referral(person, opportunity, state=state)
        assert [profile_page(claire, person).status_code for person in people] == [200] * 4 + [429]
        assert PersonRead.objects.filter(is_counted=True).count() == 4

    def test_people_whom_the_employer_asked_for_stay_open(self, claire, employer):
        referral = make_referral(make_candidate(), make_opportunity(employer))
        Referral.objects.update(asked_by_employer=True)
        for _person in range(4):
            profile_page(claire, make_candidate())
        assert profile_page(claire, referral.profile).status_code == 200

    def test_the_file_counts_too(self, claire, employer):
        person = make_candidate()
        Shortlisted.objects.create(employer=employer, profile=person)
        claire.get(reverse("placement:export_shortlist"))
        assert PersonRead.objects.get().profile == person

    def test_no_one_is_put_on_the_list_past_the_limit(self, claire):
        for _person in range(4):
            profile_page(claire, make_candidate())
        person = make_candidate()
        for name in ("toggle_shortlist", "request_referral"):
            assert (
                claire.post(reverse(f"placement:{name}", args=[code_name(person)]), {"wanted": "1"}).status_code == 429
            )
        assert not Shortlisted.objects.exists()


class TestManager:
    def stop(self, client: Client) -> None:
        for _person in range(8):
            profile_page(client, make_candidate())

    def test_one_mail_however_often_they_try(self, claire, employer, manager):
        self.stop(claire)
        told = OutboundMessage.objects.filter(kind="reading-stopped")
        assert sorted(told.values_list("channel", flat=True)) == [Channel.APP, Channel.EMAIL]
        message = told.first()
        assert employer.name in message.subject
        assert message.link == reverse("placement_vetting", args=[employer.pk])

    def test_the_attention_page_names_the_employer(self, claire, employer, manager):
        assert next(doctor.employers_who_read_all()).level == Level.GREEN
        self.stop(claire)
        (finding,) = doctor.employers_who_read_all()
        assert finding.level == Level.AMBER
        assert employer.name in finding.text

    def test_a_manager_opens_it_again(self, claire, employer, manager, sign_in):
        self.stop(claire)
        office = sign_in(manager)
        address = reverse("placement_vetting", args=[employer.pk])
        page = office.get(address).content.decode()
        assert 'value="lifted"' in page
        answer = office.post(address, {"to": "lifted"})
        assert answer["Location"] == address
        assert [str(message) for message in get_messages(answer.wsgi_request)]
        assert AuditEvent.objects.filter(verb="lift-reading-limit", actor=manager).exists()
        assert next(doctor.employers_who_read_all()).level == Level.GREEN
        codes = [profile_page(claire, make_candidate()).status_code for _person in range(5)]
        assert codes == [200] * 4 + [429]
        assert Employer.objects.get(pk=employer.pk).reading_stopped_at

    def test_old_records_go(self, claire):
        profile_page(claire, make_candidate())
        age(timedelta(days=31))
        run_referral_deadlines()
        assert not PersonRead.objects.exists()
