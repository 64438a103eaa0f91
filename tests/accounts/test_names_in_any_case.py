"""A user name and an e-mail address are one person's, in whatever case they are typed."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from lms.accounts.models import AuditEvent, User
from tests.factories.people import PASSWORD, make_user

pytestmark = pytest.mark.django_db
SIGN_IN = "/fr/accounts/login/"


@pytest.mark.parametrize(
    "duplicate", [{"username": "AWA"}, {"username": "other", "email": "Claire@Example.ORG"}], ids=["name", "address"]
)
def test_the_database_refuses_a_duplicate(duplicate):
    make_user("awa", email="claire@example.org")
    with pytest.raises(ValidationError):
        User(password="x", full_name="Twin", **duplicate).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(password="x", **duplicate)
    for name in ("no-address-1", "no-address-2"):
        make_user(name)


@pytest.mark.parametrize("typed", ["awa.ndiaye", "Awa.Ndiaye", "AWA.NDIAYE"])
def test_a_person_signs_in_in_any_case(client, typed):
    user = make_user("Awa.Ndiaye")
    client.post(SIGN_IN, {"login": typed, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(user.pk)
    assert User.objects.get_by_natural_key(typed) == user


@pytest.mark.parametrize(("field", "value"), [("username", "AWA"), ("email", "AWA@example.org")])
def test_the_form_of_people_says_so_at_the_field(site, manager, sign_in, field, value):
    make_user("awa", email="awa@example.org")
    data = {"username": "nadia", "full_name": "Nadia Diop", "role": "trainer", "email": "", "phone": "",
            "language": "fr", "password1": "un-long-secret", "password2": "un-long-secret", field: value}  # fmt: skip
    answer = sign_in(manager).post("/cms/users/new/", data)
    assert field in answer.context["form"].errors


class TestTwinsOfBefore:
    @pytest.fixture(autouse=True)
    def as_before(self):
        with connection.cursor() as cursor:
            for name in ("username_in_any_case", "email_in_any_case", "username_as_typed"):
                cursor.execute(f"DROP INDEX unique_{name}")

    def part(self):
        import_module("lms.accounts.migrations.0003_twins_apart").part_twins(apps, None)

    def test_names_get_a_number_and_the_oldest_keeps_its_own(self):
        people = [make_user(name) for name in ("Awa", "awa", "AWA", "awa2", "binta")]
        self.part()
        names = [User.objects.get(pk=user.pk).username for user in people]
        assert names == ["Awa", "awa3", "AWA4", "awa2", "binta"]
        assert AuditEvent.objects.filter(verb="part-twins", fields=["username"]).count() == 2

    def test_an_address_stays_where_it_is_used(self):
        old, used, never = (make_user(name, email=f"{name[0]}@example.org") for name in ("b", "B1", "b2"))
        for user, days in ((old, 9), (used, 1)):
            User.objects.filter(pk=user.pk).update(last_login=timezone.now() - timedelta(days=days))
        User.objects.filter(pk=never.pk).update(email="b@EXAMPLE.org")
        self.part()
        left = {user.pk: User.objects.get(pk=user.pk).email for user in (old, used, never)}
        assert left == {old.pk: "", used.pk: "B@example.org", never.pk: ""}

    def test_the_indexes_can_be_made_afterwards(self):
        for name in ("Awa", "awa", "AWA"):
            make_user(name, email=f"{name}@example.org")
        self.part()
        connection.check_constraints()  # PostgreSQL indexes no table with checks still to do
        with connection.cursor() as cursor:
            for name in ("username", "email"):
                cursor.execute(f"CREATE UNIQUE INDEX again_{name} ON accounts_user (UPPER({name})) WHERE {name} <> ''")
