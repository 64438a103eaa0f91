"""Somebody signs up with the number of another: the account stands for nobody, and yields the number to its owner's."""

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.cohorts import add_members
from courses.models import Cohort
from lms.accounts import services
from lms.accounts.models import AuditEvent, OutboundMessage, User
from tests.factories.people import make_user
from tests.factories.runs import import_learners

NUMBER = "+221771234567"


@pytest.fixture
def squatter(db) -> User:
    """With the owner's number, and their name too."""
    return services.sign_up(full_name="Awa Ndiaye", phone=NUMBER, pin="739154", language="fr")


def told(user: User) -> OutboundMessage:
    return OutboundMessage.objects.get(user=user, kind="number-released", channel="app")


def assert_yielded(squatter: User, by: User) -> None:
    squatter.refresh_from_db()
    assert (squatter.phone, squatter.is_active) == (None, True)
    assert squatter.check_password("739154")
    assert squatter.username in told(squatter).body
    event = AuditEvent.objects.get(verb="release-number")
    assert (event.actor, event.target) == (by, f"accounts.User:{squatter.pk}")


@pytest.mark.parametrize("name", ["Awa Ndiaye", "Fatou Sow"])
@pytest.mark.parametrize("who", ["trainer", "manager"])
def test_an_import_takes_the_number(squatter, name, who, request):
    """Also under the name that the stranger typed, and also when the importer sees everybody."""
    by = request.getfixturevalue(who)
    run = import_learners(f"Nom complet;Téléphone\n{name};77 123 45 67", by)
    if who == "manager" and name == "Awa Ndiaye":  # a likely duplicate is asked about, never taken for the same
        assert run.left_out == 1
        assert User.objects.get(phone=NUMBER) == squatter
        return
    owner = User.objects.get(phone=NUMBER)
    assert owner != squatter
    assert (owner.created_by, owner.full_name) == (by, name)
    assert_yielded(squatter, by)


def test_an_import_without_numbers_does_not_match_it_either(squatter, manager, trainer):
    run = import_learners("Nom complet\nAwa Ndiaye", manager)
    assert run.rows.get().outcome == "refused"  # a likely duplicate: asked about
    run = import_learners("Nom complet\nAwa Ndiaye", trainer)
    assert run.rows.get().outcome == "created"


def test_the_place_in_a_group_is_not_captured(squatter, manager):
    cohort = Cohort.objects.create(name="Promotion 3")
    for name in ("77 123 45 67", "Awa Ndiaye"):
        found, unknown = add_members(cohort=cohort, names=[name], by=manager)
        assert (found, unknown) == ([], [name])
    found, _unknown = add_members(cohort=cohort, names=[squatter.username], by=manager)
    assert found == [squatter]  # by the name that is theirs alone


def test_a_learner_is_given_the_number(squatter, trainer, sign_in):
    owner = make_user("awa.1", full_name="Awa Ndiaye", created_by=trainer)
    data = {"full_name": "Awa Ndiaye", "phone": "77 123 45 67", "language": "fr", "is_active": "on"}
    answer = sign_in(trainer).post(reverse("learners:edit", args=[owner.pk]), data)
    assert answer.status_code == 302
    owner.refresh_from_db()
    assert owner.phone == NUMBER
    assert_yielded(squatter, trainer)


def test_a_person_is_added_with_the_number(squatter, manager, sign_in):
    data = {
        "username": "awa.1", "full_name": "Fatou Sow", "role": "employer", "phone": "77 123 45 67", "language": "fr",
        "password1": "une-longue-phrase", "password2": "une-longue-phrase",
    }  # fmt: skip
    answer = sign_in(manager).post(reverse("wagtailusers_users:add"), data)
    assert answer.status_code == 302, answer.context["form"].errors
    assert User.objects.get(phone=NUMBER).username == "awa.1"
    assert_yielded(squatter, manager)


@pytest.mark.parametrize("proof", ["code", "trainer"])
def test_a_proved_account_yields_nothing(squatter, trainer, manager, sign_in, proof):
    changes = {"phone_verified_at": timezone.now()} if proof == "code" else {"created_by": trainer}
    User.objects.filter(pk=squatter.pk).update(**changes)
    run = import_learners("Nom complet;Téléphone\nFatou Sow;77 123 45 67", manager)
    assert run.rows.get().outcome == "known"
    other = make_user("awa.1", full_name="Awa Ndiaye", created_by=trainer)
    data = {"full_name": "Awa Ndiaye", "phone": "77 123 45 67", "language": "fr", "is_active": "on"}
    assert sign_in(trainer).post(reverse("learners:edit", args=[other.pk]), data).status_code == 200
    assert User.objects.get(phone=NUMBER) == squatter


def test_the_stranger_reads_what_happened(squatter, trainer, site, client):
    services.release_numbers(numbers=[NUMBER], by=trainer)
    client.post(reverse("account_login"), {"login": squatter.username, "password": "739154"})
    assert "n’a plus le numéro" in client.get("/fr/learn/").content.decode()


def test_every_place_that_takes_a_number_lets_it_yield():
    """A form of people that has a number and is not ours would refuse the owner, or take the stranger for them."""
    from django import forms

    from lms.accounts.forms import NumberReleasingForm

    def all_forms(kind: type) -> set[type]:
        return {each for sub in kind.__subclasses__() for each in {sub, *all_forms(sub)}}

    import lms.accounts.learner_admin
    import lms.accounts.people_admin  # noqa: F401

    for form in all_forms(forms.ModelForm):
        if getattr(form._meta, "model", None) is User and "phone" in (form.base_fields or {}):
            assert issubclass(form, NumberReleasingForm), form
