"""From zero to a certificate, after it, after a no: one thing to do next, and words that agree with what is."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from certificates import services as certificates
from certificates.models import Certificate
from certificates.states import SOON, state_of
from courses.models import CourseSkill, Enrolment
from courses.selectors import unread_news
from lms.accounts.models import OutboundMessage
from placement.enums import OpportunityState
from placement.enums import ReferralState as S
from placement.models import Referral
from placement.open_after import open_after, open_today
from placement.services.next_steps import step_of
from tests.factories.courses import make_course, make_skill
from tests.factories.people import make_user
from tests.factories.placement import make_opportunity

pytestmark = pytest.mark.django_db


@pytest.fixture
def skill(db):
    return make_skill("dw.data-entry")


@pytest.fixture
def course(skill, site):
    found = make_course("saisie", lessons=1)
    teach(found, skill)
    return found


def teach(course, *skills):
    CourseSkill.objects.filter(course=course).delete()
    CourseSkill.objects.bulk_create(CourseSkill(course=course, skill=skill, level=2) for skill in skills)


def opportunity(skill, level=1, **fields):
    fields = {"pay_min": 75_000, "pay_max": 90_000, "pay_currency": "XOF"} | fields
    found = make_opportunity(**fields)
    found.skills.all().delete()
    if skill is not None:
        found.skills.create(skill=skill, level=level)
    return found


def test_what_a_course_opens_is_counted_with_its_pay(course, skill):
    opportunity(skill)
    opportunity(skill, 2, pay_min=80_000, pay_max=None)
    found = open_after(course)
    assert found.count == 2
    assert [part.replace("\u202f", " ").replace("\xa0", " ") for part in found.pay.split("–")] == [
        "75 000",
        "90 000 FCFA",
    ]


@pytest.mark.parametrize("case", ["too high", "another skill too", "closed", "no skill", "other skill"])
def test_what_it_does_not_open_is_not_counted(course, skill, case):
    row = opportunity(None if case == "no skill" else skill, 3 if case == "too high" else 1)
    if case == "another skill too":
        row.skills.create(skill=make_skill("autre"), level=1)
    if case == "closed":
        type(row).objects.update(state=OpportunityState.CLOSED)
    if case == "other skill":
        row.skills.update(skill=make_skill("autre"))
    assert open_after(course).count == 0


def test_a_skill_that_would_be_nice_stands_in_nobodys_way(course, skill):
    opportunity(skill).skills.create(skill=make_skill("autre"), level=1, essential=False)
    assert open_after(course).count == 1


def test_pay_by_the_hour_is_told_by_the_month(course, skill):
    opportunity(skill, pay_min=1000, pay_max=1000, pay_period="hour", hours_per_week=30)
    assert "130" in open_after(course).pay


def test_its_queries_do_not_grow(course, skill, django_assert_max_num_queries):
    for _ in range(6):
        opportunity(skill)
    with django_assert_max_num_queries(3):
        assert open_after(course).count == 6


def test_the_page_of_a_course_tells_it_to_strangers(client, course, skill):
    url = reverse("catalogue:course", args=[course.code])
    assert "aucune opportunité aujourd’hui" in client.get(url).content.decode()
    opportunity(skill)
    page = client.get(url).content.decode()
    assert "FCFA" in page
    assert reverse("catalogue:sample", args=[course.code]) in page


def test_the_home_page_tells_what_is_open_before_sign_up(client, site, skill):
    assert open_today().count == 0
    assert "FCFA" not in client.get("/fr/").content.decode()
    opportunity(skill)
    assert "FCFA" in client.get("/fr/").content.decode()


def test_a_stranger_reads_the_first_lesson(client, course):
    page = client.get(reverse("catalogue:sample", args=[course.code])).content.decode()
    assert "/accounts/signup/?next=" in page


# --- the next step


def issued(enrolment) -> Certificate:
    return certificates.issue(enrolment_id=enrolment.pk)


def finish(user, course) -> Enrolment:
    return Enrolment.objects.create(user=user, course=course, completed_at=timezone.now())


def test_after_the_certificate_the_course_that_opens_most_is_named(course, skill):
    awa, other = make_user("awa"), make_course("tableur", lessons=1, position=1)
    finish(awa, other)
    teach(other)
    teach(make_course("rien", lessons=1, position=2))
    opportunity(skill)
    step = step_of(awa)
    assert step.course == course
    assert "1 opportunité" in step.sentence


def test_nothing_left_to_learn_leads_to_the_profile(course):
    awa = make_user("awa")
    finish(awa, course)
    assert step_of(awa).url == reverse("opportunities:profile")


def test_what_waits_for_a_yes_comes_first(world_of_proposal):
    awa, referral = world_of_proposal
    assert step_of(awa).url == reverse("opportunities:detail", args=[referral.pk])


@pytest.fixture
def world_of_proposal(course):
    from tests.factories.placement import make_referral

    referral = make_referral()
    Referral.objects.filter(pk=referral.pk).update(state=S.PROPOSED)
    referral.refresh_from_db()
    return referral.profile.user, referral


def test_news_that_call_to_what_is_over_are_gone(world_of_proposal):
    awa, referral = world_of_proposal
    OutboundMessage.objects.all().delete()
    event = referral.events.create(before=S.PROPOSED, after=S.PROPOSED, by="system")
    kept = OutboundMessage.objects.create(user=awa, channel="app", kind="hello", key="hello", language="fr")
    OutboundMessage.objects.create(
        user=awa, channel="app", kind="referral-proposed", key=f"referral-event:{event.pk}:app", language="fr"
    )
    assert len(unread_news(awa)) == 2
    Referral.objects.filter(pk=referral.pk).update(state=S.EXPIRED)
    assert unread_news(awa) == [kept]


def test_news_of_two_months_ago_are_gone(db):
    awa = make_user("awa")
    row = OutboundMessage.objects.create(user=awa, channel="app", kind="hello", key="hello", language="fr")
    OutboundMessage.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=61))
    assert unread_news(awa) == []


# --- the certificate


def test_it_is_coming_only_while_it_is(client, course):
    awa = make_user("awa", full_name="Awa Ndiaye")
    enrolment = finish(awa, course)
    client.force_login(awa)
    url = reverse("courses:course", args=[course.code])
    assert "en cours" in client.get(url).content.decode()
    assert not state_of(enrolment).is_late
    Enrolment.objects.update(completed_at=timezone.now() - SOON - timedelta(minutes=1))
    enrolment.refresh_from_db()
    assert state_of(enrolment).is_late
    assert 'class="card contact"' in client.get(url).content.decode()
    certificate = issued(enrolment)
    assert state_of(enrolment).is_here
    assert 'class="card contact"' not in client.get(url).content.decode()
    Certificate.objects.filter(pk=certificate.pk).update(revoked_at=timezone.now(), revoked_reason="Erreur")
    assert state_of(enrolment).is_withdrawn


def test_a_certificate_is_shared_by_whatsapp_and_as_a_square(client, course):
    awa = make_user("awa", full_name="Awa Ndiaye")
    certificate = issued(finish(awa, course))
    client.force_login(awa)
    page = client.get(reverse("certificates:mine")).content.decode()
    assert "https://wa.me/?text=" in page
    assert certificate.code in page.partition("https://wa.me/?text=")[2].partition('"')[0]
    assert 'src="data:image/png;base64,' in page
