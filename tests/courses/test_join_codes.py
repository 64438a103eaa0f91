"""Joining a group by a code: shown by its trainer, for some days and some people."""

import gzip
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses import join_codes
from courses.models import Cohort, CohortMember, Enrolment
from lms.accounts.enums import Role
from lms.accounts.models import AuditEvent, User
from tests.factories.courses import make_course
from tests.factories.people import make_user
from tests.flows.test_races import at_once

FORM = {"full_name": "Awa Ba", "country": "SN", "phone": "", "password1": "pin-de-awa", "language": "fr"}


@pytest.fixture
def cohort(site, trainer) -> Cohort:
    group = Cohort.objects.create(name="Promotion 3", place="Thiès")
    group.trainers.add(trainer)
    group.courses.add(make_course())
    return join_codes.open_code(cohort=group, by=trainer, days=14, places=2)


@pytest.fixture
def address(cohort) -> str:
    return f"/fr/join/{cohort.join_code}/"


def members(cohort: Cohort) -> set[User]:
    return {member.user for member in cohort.members.all()}


def test_from_the_square_to_the_course_without_an_account(client, cohort, address):
    page = client.get(address).content.decode()
    assert cohort.name in page
    assert "<script" not in page
    form = re.search(r'href="([^"]+signup[^"]+)"', page).group(1)
    waiting = re.search(r'name="next" value="([^"]+)"', client.get(form).content.decode()).group(1)
    welcome = client.post("/fr/accounts/signup/", FORM | {"next": waiting})["Location"]
    assert f'href="{address}"' in client.get(welcome).content.decode()
    answer = client.post(address)
    assert answer["Location"] == "/fr/learn/"
    awa = User.objects.get(full_name="Awa Ba")
    assert members(cohort) == {awa}
    assert Enrolment.objects.filter(user=awa, course__in=cohort.courses.all()).count() == 1
    assert AuditEvent.objects.filter(verb="join-group", actor=awa, target=f"courses.Cohort:{cohort.pk}").count() == 1
    assert "Vous êtes dans le groupe" in client.get("/fr/learn/").content.decode()


def test_the_address_needs_no_language(client, cohort):
    answer = client.get(f"/join/{cohort.join_code}", follow=True)
    assert answer.status_code == 200
    assert cohort.name in answer.content.decode()


@pytest.mark.parametrize("write", [str, str.lower, join_codes.printed, lambda code: f" {code[:4]} {code[4:]} "])
def test_typed_in_any_writing(client, cohort, address, write):
    assert client.post("/fr/join/", {"code": write(cohort.join_code)})["Location"] == address


def test_looking_joins_nobody(learner, sign_in, cohort, address):
    assert sign_in(learner).get(address).status_code == 200
    assert members(cohort) == set()


def test_twice_takes_one_place(learner, sign_in, cohort, address):
    client = sign_in(learner)
    for _time in range(2):
        client.post(address)
    cohort.refresh_from_db()
    assert (members(cohort), cohort.join_places) == ({learner}, 1)
    assert "Vous êtes dans ce groupe" in client.get(address).content.decode()


def end(cohort: Cohort, how: str) -> None:
    if how == "late":
        Cohort.objects.update(join_until=timezone.now() - timedelta(seconds=1))
    elif how == "full":
        Cohort.objects.update(join_places=0)
    elif how == "closed":
        join_codes.close_code(cohort=cohort, by=cohort.trainers.get())
    else:
        join_codes.open_code(cohort=cohort, by=cohort.trainers.get(), days=1, places=1)


@pytest.mark.parametrize("how", ["late", "full", "closed", "replaced"])
def test_a_code_that_ended_says_what_to_do(learner, sign_in, cohort, address, how):
    end(cohort, how)
    client = sign_in(learner)
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 404
        assert "ne marche plus" in answer.content.decode()
    assert members(cohort) == set()


@pytest.mark.parametrize("how", ["late", "full", "closed", "replaced"])
def test_ended_between_the_page_and_the_button(learner, cohort, how):
    """``cohort`` is the group as the page read it."""
    seen = Cohort.objects.get(pk=cohort.pk)
    end(cohort, how)
    with pytest.raises(join_codes.FullError):
        join_codes.join(user=learner, cohort=seen)
    assert not CohortMember.objects.exists()
    assert not Enrolment.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_last_place_goes_once(site):
    cohort = Cohort.objects.create(name="Promotion 3")
    boss = make_user("chef", Role.MANAGER)
    join_codes.open_code(cohort=cohort, by=boss, days=1, places=2)
    people = [make_user(f"apprenant{number}") for number in range(4)]

    def one(place: int) -> str:
        try:
            join_codes.join(user=people[place], cohort=Cohort.objects.get(pk=cohort.pk))
        except join_codes.FullError:
            return "full"
        return "in"

    results = at_once(one, range(4))
    assert sorted(map(str, results)) == ["full", "full", "in", "in"]
    assert CohortMember.objects.count() == 2


@pytest.mark.parametrize("role", [Role.TRAINER, Role.EMPLOYER, Role.MANAGER])
def test_only_learners_join(cohort, address, sign_in, role):
    person = make_user("autre", role)
    assert "Déconnectez-vous" in sign_in(person).post(address).content.decode()
    assert members(cohort) == set()


def test_many_wrong_codes_wait_and_right_ones_do_not(client, cohort, address, settings):
    settings.WRONG_CARD_LIMIT = (2, 60)
    assert [client.get("/fr/join/AAAAAAAA/").status_code for _time in range(3)] == [404, 404, 429]
    assert client.post("/fr/join/", {"code": "BBBBBBBB"}).status_code == 429
    assert client.get(address).status_code == 200


class TestForTrainers:
    def page(self, cohort: Cohort) -> str:
        return reverse("courses_cohort_code", args=[cohort.pk])

    def test_made_shown_and_ended(self, trainer, sign_in, cohort):
        client, page = sign_in(trainer), self.page(cohort)
        before = cohort.join_code
        assert join_codes.printed(before) in client.get(page).content.decode()
        assert client.post(page, {"days": 3, "places": 40})["Location"] == page
        cohort.refresh_from_db()
        assert cohort.join_code != before
        assert cohort.join_places == 40
        assert timedelta(days=2) < cohort.join_until - timezone.now() <= timedelta(days=3)
        text = client.get(page).content.decode()
        assert 'src="data:image/png;base64,' in text
        assert client.post(page, {"close": "1"}).status_code == 302
        assert Client().get(f"/fr/join/{cohort.join_code}/").status_code == 404
        assert join_codes.printed(cohort.join_code) not in client.get(page).content.decode()

    @pytest.mark.parametrize("values", [(0, 10), (61, 10), (5, 0), (5, 301)])
    def test_limits(self, trainer, sign_in, cohort, values):
        answer = sign_in(trainer).post(self.page(cohort), dict(zip(("days", "places"), values, strict=True)))
        assert 'class="errors"' in answer.content.decode()

    def test_of_own_groups_only(self, cohort, sign_in):
        other = make_user("autre", Role.TRAINER)
        assert sign_in(other).get(self.page(cohort)).status_code == 404
        assert sign_in(other).post(self.page(cohort), {"days": 3, "places": 4}).status_code == 404


def test_the_pages_are_light(client, cohort, address):
    assert len(gzip.compress(client.get(address).content)) < 1_700
    assert len(gzip.compress(client.get("/fr/join/").content)) < 1_800
