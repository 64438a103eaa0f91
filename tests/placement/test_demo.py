import random
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.urls import reverse

from assessments.models import Assessment
from certificates.models import Certificate, SkillEvidence
from courses.models import Cohort, Course, Enrolment
from lms.accounts.models import User
from placement import demo
from placement.demo import people
from placement.models import CandidateProfile, Employer, Opportunity, Referral, SearchEntry
from placement.services import proposals
from tests.factories.assessments import make_assessment
from tests.factories.courses import make_course
from tests.factories.demo import load_demo
from tests.factories.people import make_user
from tests.worlds import built, put_back


@pytest.fixture(scope="module")
def loaded_demo(django_db_setup, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), built(lambda: load_demo(60)):
        yield


@pytest.fixture
def db(loaded_demo, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), put_back():
        yield


@pytest.fixture
def world(site, monkeypatch):
    """The demo with sixty people and without the two courses' pages, which have tests of their own."""
    monkeypatch.setattr(demo, "load_content", list)


def counts():
    models = (User, Certificate, CandidateProfile, SearchEntry, Employer, Opportunity, Referral)
    nothing = SearchEntry.objects.filter(is_listed=False)  # stays, and says nothing of anybody
    return {model.__name__: model.objects.count() - nothing.count() * (model is SearchEntry) for model in models}


def test_it_makes_people_work_and_referrals_once(world):
    before = counts()
    assert (before["Employer"], before["Opportunity"], before["CandidateProfile"]) == (4, 9, 60)
    assert before["Referral"] > 5
    call_command("demo", verbosity=0)
    assert counts() == before
    assert not proposals.unexamined().exists()
    assert not proposals.unproposed().exists()


def test_the_search_of_the_demo_employer_looks_alive(world, client):
    assert client.login(username="employer", password="passerelle-demo")
    page = client.get(reverse("placement:search"), {"lang": "fr:3"})
    assert page.content.decode().count('class="card person"') == 20


def test_the_trainer_leads_a_group_at_every_point_of_the_way(world, client):
    assert client.login(username="trainer", password="passerelle-demo")
    group = Cohort.objects.get()
    page = client.get(reverse("courses_cohort", args=[group.pk])).content.decode()
    assert group.name in client.get(reverse("wagtailadmin_home")).content.decode()
    assert "Awa Ndiaye" in page
    assert group.members.filter(user__enrolments__completed_at__isnull=False).exists()
    assert group.members.filter(user__enrolments__isnull=True).exists()
    call_command("demo", verbosity=0)
    assert Cohort.objects.get().members.count() == group.members.count()


def test_removing_leaves_nothing_of_it(world):
    call_command("demo", "--remove", verbosity=0)
    assert not any(counts().values())
    assert not Course.objects.exists()
    assert not Cohort.objects.exists()
    call_command("demo", "--remove", verbosity=0)


def test_a_course_that_a_real_person_takes_stays(world):
    course = Course.objects.get(code="premiers-pas")
    real = Enrolment.objects.create(user=make_user("reelle"), course=course)
    call_command("demo", "--remove", verbosity=0)
    assert Enrolment.objects.get() == real
    assert not Course.objects.get().is_demo


def test_production_refuses_it(settings):
    from django.core.management import CommandError

    settings.IS_PRODUCTION = True
    with pytest.raises(CommandError):
        call_command("demo")


def test_the_trainer_of_the_demo_writes_a_course(world):
    assert dict(User.objects.get(username="trainer").course_roles.values_list("course__code", "role")) == {
        "premiers-pas": "author", "saisie-qualite": "reviewer",
    }  # fmt: skip


def test_who_took_a_course_with_an_exam_has_its_evidence(site):
    course = make_course("saisie")
    exam = make_assessment(code="examen", questions=[])
    Assessment.objects.filter(pk=exam.pk).update(course=course)  # as the reader of course folders does
    user = make_user("awa")
    (certificate,) = people.certify(
        random.Random(1), [user], [course, *(make_course(f"c{number}") for number in range(7))]
    )[:1]
    (piece,) = SkillEvidence.objects.filter(proves__certificate=certificate)
    assert (piece.assessment, piece.kind) == (exam, "knowledge")
    certificate.refresh_from_db()
    assert certificate.has_detail
