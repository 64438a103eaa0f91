"""A trainer helps a learner of no group of theirs who forgot the PIN, and learns nothing of anybody else."""

import re

import pytest
from django.urls import reverse

from courses.learner_help import WRONG_A_DAY
from courses.models import Enrolment
from lms.accounts.enums import Role
from lms.accounts.models import AuditEvent, OutboundMessage, SignInCard, User
from lms.accounts.visibility import visible_to
from tests.factories.courses import make_course
from tests.factories.people import make_user


@pytest.fixture
def course(site):
    return make_course("saisie", lessons=1)


@pytest.fixture
def awa(course):
    user = make_user("awa", full_name="Awa Ndiaye", phone="+221771234567")
    Enrolment.objects.create(user=user, course=course)
    return user


@pytest.fixture
def trainer(client, db):
    user = make_user("formatrice", role=Role.TRAINER, full_name="Fatou Sow")
    client.force_login(user)
    return user


FITTING = {"login": "awa", "full_name": "Ndiaye Awa", "course": "saisie", "is_here": "on"}


def ask(client, **changes):
    return client.post(reverse("courses_learner_help"), {**FITTING, **changes})


def test_who_fits_in_all_gets_a_card_and_is_told(client, trainer, awa):
    assert awa not in visible_to(trainer)
    answer = ask(client)
    card = SignInCard.objects.get(user=awa)
    assert card.created_by == trainer
    assert re.search(r"\w{5}-\w{5}-\w{5}-\w{5}", answer.content.decode())
    message = OutboundMessage.objects.get(user=awa, kind="card-for-proved")
    assert "Fatou Sow" in message.body
    assert AuditEvent.objects.filter(actor=trainer, verb="find-learner", target=f"accounts.User:{awa.pk}").exists()


def test_by_the_number_too_and_an_earlier_card_ends(client, trainer, awa):
    ask(client)
    ask(client, login="77 123 45 67")
    assert SignInCard.objects.filter(user=awa).count() == 2


def text_of(answer) -> str:
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode())
    errors = re.findall(r'class="error-message"[^>]*>([^<]*)<', page)
    return str(errors)


def test_whatever_does_not_fit_is_answered_alike(client, trainer, awa, course):
    make_course("tableur", lessons=1)
    make_user("chef", role=Role.MANAGER, full_name="Awa Ndiaye")
    wrong = [
        {"login": "personne"},
        {"full_name": "Binta Ndiaye"},
        {"course": "tableur"},
        {"course": "-"},
        {"login": "chef"},
    ]
    answers = {text_of(ask(client, **changes)) for changes in wrong}
    assert len(answers) == 1
    assert not SignInCard.objects.exists()
    assert not OutboundMessage.objects.filter(kind="card-for-proved").exists()


def test_who_takes_no_course_yet_says_so(client, trainer, awa):
    Enrolment.objects.all().delete()
    ask(client)
    assert not SignInCard.objects.exists()
    ask(client, course="-")
    assert SignInCard.objects.filter(user=awa).exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_superuser": True}])
def test_no_account_that_a_card_would_not_open(client, trainer, awa, change):
    User.objects.filter(pk=awa.pk).update(**change)
    ask(client)
    assert not SignInCard.objects.exists()


def test_searching_on_is_stopped_and_the_right_one_is_never_counted(client, trainer, awa):
    for _ in range(3):
        ask(client)
    for _ in range(WRONG_A_DAY):
        ask(client, full_name="Binta")
    assert "demain" in text_of(ask(client, full_name="Binta"))


def test_what_fits_is_not_looked_at_after_too_many_wrong_ones(client, trainer, awa):
    for _ in range(WRONG_A_DAY):
        ask(client, full_name="Binta")
    assert "demain" in text_of(ask(client))
    assert not SignInCard.objects.exists()


def test_the_box_must_be_ticked(client, trainer, awa):
    ask(client, is_here="")
    assert not SignInCard.objects.exists()


@pytest.mark.parametrize("role", [Role.LEARNER, Role.EMPLOYER])
def test_nobody_else_opens_it(client, awa, role):
    client.force_login(make_user("autre", role=role))
    assert ask(client).status_code == 403
    assert not SignInCard.objects.exists()
