"""People in the admin: the role decides the rights, and nobody raises themselves."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from lms.accounts import cards, merging
from lms.accounts.backends import AccountBackend
from lms.accounts.models import AccountMerge, AuditEvent, User
from tests.factories.people import PASSWORD, make_user

LIST, ADD = "/cms/users/", "/cms/users/new/"
NEW = {"username": "nadia", "full_name": "Nadia Faye", "role": "trainer", "email": "", "phone": "", "language": "fr",
       "password1": "un-premier-mot", "password2": "un-premier-mot"}  # fmt: skip

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def admin(db) -> User:
    return User.objects.create_superuser("admin", password=PASSWORD, full_name="Admin")


@pytest.fixture
def office(sign_in, manager):
    return sign_in(manager)


def edit(user: User) -> str:
    return f"/cms/users/edit/{user.pk}/"


def test_list_add_and_edit_as_superuser(admin, sign_in, learner):
    client = sign_in(admin)
    page = client.get(LIST).content.decode()
    assert "Awa Ndiaye" in page
    assert client.get(f"{LIST}?q=ndia&role=learner").status_code == 200
    assert client.get(ADD).status_code == 200
    assert client.post(ADD, {**NEW, "is_superuser": "on"}).status_code == 302
    nadia = User.objects.get(username="nadia")
    assert nadia.is_superuser
    assert client.get(edit(nadia)).status_code == 200


def test_a_manager_makes_a_trainer_whose_role_brings_the_group(office, manager, sign_in):
    assert office.post(ADD, NEW).status_code == 302
    nadia = User.objects.get(username="nadia")
    assert [group.name for group in nadia.groups.all()] == ["Trainers"]
    assert nadia.must_change_pin
    assert nadia.created_by == manager
    assert sign_in(nadia).get("/cms/")["Location"].endswith("/accounts/pin/")
    office.post(edit(nadia), {**NEW, "role": "employer", "is_active": "on", "password1": "", "password2": ""})
    nadia.refresh_from_db()
    assert nadia.role == "employer"
    assert not nadia.groups.exists()
    assert AuditEvent.objects.filter(verb="set-role", actor=manager).count() == 2


def test_a_manager_makes_no_superuser_and_touches_none(office, admin, learner):
    office.post(ADD, {**NEW, "is_superuser": "on"})
    assert not User.objects.get(username="nadia").is_superuser
    assert office.get(edit(admin)).status_code in {302, 403}
    office.post(edit(admin), {**NEW, "username": "admin"})
    admin.refresh_from_db()
    assert admin.full_name == "Admin"
    assert admin.check_password(PASSWORD)


def test_nobody_changes_their_own_role(office, manager):
    fields = {**NEW, "username": "fatou", "role": "learner", "is_superuser": "on", "password1": "", "password2": ""}
    assert office.post(edit(manager), fields).status_code == 302
    manager.refresh_from_db()
    assert (manager.role, manager.is_superuser, manager.is_active) == ("manager", False, True)


def test_a_trainer_sees_none_of_it(trainer, sign_in, learner):
    client = sign_in(trainer)
    for path in (LIST, ADD, edit(trainer), edit(learner), "/cms/groups/", "/cms/groups/new/"):
        assert client.get(path).status_code in {302, 403}, path
    client.post(edit(trainer), {**NEW, "username": "moussa", "role": "manager"})
    trainer.refresh_from_db()
    assert trainer.role == "trainer"


def test_no_bulk_groups_and_no_deleting(admin, sign_in, learner):
    client = sign_in(admin)
    for action in ("assign_role", "delete", "set_active_state"):
        assert client.get(f"/cms/bulk/accounts/user/{action}/?id={learner.pk}").status_code == 404
        assert client.post(f"/cms/bulk/accounts/user/{action}/?id={learner.pk}").status_code == 404
    client.post(f"/cms/users/delete/{learner.pk}/")
    assert User.objects.filter(pk=learner.pk).exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [({"phone": "12"}, "phone"), ({"full_name": "<b>"}, "full_name"),
     ({"password1": "court", "password2": "court"}, "password2"),
     ({"username": "awa"}, "username"), ({"role": "king"}, "role")],
)  # fmt: skip
def test_refusals(office, learner, change, field):
    answer = office.post(ADD, {**NEW, **change})
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert not User.objects.filter(username="nadia").exists()


def test_a_taken_address(office):
    make_user("claire", email="claire@example.org")
    answer = office.post(ADD, {**NEW, "email": "claire@example.org"})
    assert answer.status_code == 200


def test_own_account_page(sign_in, trainer):
    client = sign_in(trainer)
    page = client.get("/cms/account/").content.decode()
    assert "first_name" not in page
    assert "/fr/accounts/" in page
    data = {
        "locale-preferred_language": "en",
        "theme-theme": "system",
        "theme-contrast": "system",
        "theme-density": "default",
    }
    assert client.post("/cms/account/", data).status_code == 302


def test_a_likely_duplicate_is_shown_before_it_is_made(manager, sign_in, learner):
    """However the name is spelled; nothing typed is lost, and one more press makes the account."""
    data = {
        "username": "awa2", "full_name": "NDIAYE  Awa", "role": "learner", "email": "", "phone": "", "language": "fr",
        "password1": "Baobab-rouge-41", "password2": "Baobab-rouge-41",
    }  # fmt: skip
    client, address = sign_in(manager), reverse("wagtailusers_users:add")
    page = client.post(address, data).content.decode()
    assert not User.objects.filter(username="awa2").exists()
    assert f'href="{reverse("wagtailusers_users:edit", args=[learner.pk])}"' in page
    assert "Baobab-rouge-41" in page
    assert "is_another" in page
    client.post(address, data | {"is_another": "on"})
    assert User.objects.filter(username="awa2").exists()


def test_a_name_that_nobody_has_asks_no_question(manager, sign_in):
    page = sign_in(manager).get(reverse("wagtailusers_users:add")).content.decode()
    assert "is_another" not in page


def test_the_pages_about_duplicates(manager, trainer, sign_in, learner):
    client = sign_in(manager)
    assert "Aucun doublon probable" in client.get(reverse("merges:duplicates")).content.decode()
    double = make_user("awa.bis", full_name="Ndiaye Awa")
    page = client.get(reverse("merges:duplicates")).content.decode()
    compare = reverse("merges:compare", args=[learner.pk, double.pk])
    assert compare in page
    assert reverse("merges:choose", args=[learner.pk]) in client.get(f"/cms/learners/{learner.pk}/").content.decode()
    person = client.get(reverse("wagtailusers_users:edit", args=[learner.pk])).content.decode()
    assert reverse("merges:choose", args=[learner.pk]) in person
    assert compare in client.get(reverse("merges:choose", args=[learner.pk])).content.decode()
    found = client.get(reverse("merges:choose", args=[learner.pk]), {"q": "awa.bis"}).content.decode()
    assert compare in found
    answer = client.post(compare, follow=True)
    merge = AccountMerge.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("merges:show", args=[merge.pk])
    assert "awa.bis" in client.get(reverse("merges:list")).content.decode() or merge.merged_id == double.pk
    client.post(reverse("merges:undo", args=[merge.pk]))
    merge.refresh_from_db()
    assert merge.undone_by == manager
    assert sign_in(trainer).get(compare).status_code in {302, 403}


def test_an_account_that_was_merged_away_is_not_opened_again(manager, sign_in, learner):
    double = make_user("awa.bis", full_name="Ndiaye Awa", created_by=manager)
    card = cards.issue(users=[double], by=manager)[0]
    merge = merging.merge(kept=learner, merged=double, by=manager)
    client = sign_in(manager)
    page = client.get(edit(double)).text
    assert 'name="is_active"' not in page
    assert 'name="role"' not in page
    assert reverse("merges:show", args=[merge.pk]) in page
    fields = {"username": "awa.bis", "full_name": "Ndiaye Awa", "role": "trainer", "language": "fr", "is_active": "on"}
    assert client.post(edit(double), fields).status_code == 302
    double.refresh_from_db()
    assert (double.is_active, double.role, double.merged_into) == (False, "learner", learner)
    assert Client().get(f"/fr/accounts/card/{card.secret}/").status_code == 404


def test_the_database_keeps_a_merged_account_closed(learner):
    """Whatever door a later change opens."""
    double = make_user("awa.bis")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=double.pk).update(merged_into=learner)
    User.objects.filter(pk=double.pk).update(merged_into=learner, is_active=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=double.pk).update(is_active=True)
    assert not AccountBackend().user_can_authenticate(User(is_active=True, merged_into=learner))
