"""Two of one name at the same moment: both looked before either wrote."""

import pytest
from django.db import IntegrityError

from lms.accounts import usernames
from placement.models import Employer
from placement.services import employers, invitations
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db
ASKS = {"country": "SN", "contact_name": "Claire Diop", "contact_email": "claire@example.org"}


def first_blind(monkeypatch, module, name, answer):
    """``module.name`` gives ``answer`` once, as it did before the other one wrote."""
    look, answers = getattr(module, name), iter([answer])
    monkeypatch.setattr(module, name, lambda asked: next(answers, None) or look(asked))


def test_two_employers_of_one_name_both_get_in(monkeypatch):
    employers.request_to_join(name="Pont Data", **ASKS)
    first_blind(monkeypatch, employers, "free_slug", "pont-data")
    assert employers.request_to_join(name="Pont Data", **ASKS).slug == "pont-data-2"


def test_the_name_of_many_costs_one_query(django_assert_num_queries):
    slugs = ["pont-data", *(f"pont-data-{number}" for number in range(2, 40))]
    Employer.objects.bulk_create(Employer(name="Pont Data", slug=slug, **ASKS) for slug in slugs)
    with django_assert_num_queries(1):
        assert employers.free_slug("Pont Data") == "pont-data-40"


def test_two_contacts_of_one_name_both_get_an_account(monkeypatch, manager):
    make_user("claire")
    employer = Employer.objects.create(name="Pont Data", slug="pont-data", **ASKS)
    first_blind(monkeypatch, usernames, "numbered", ["claire"])
    contact = invitations.invite_contact(employer=employer, by=manager)
    assert contact.user.username == "claire2"
    assert contact.user.email == "claire@example.org"


def test_an_address_that_gets_an_account_meanwhile_is_left_alone(monkeypatch, manager):
    make_user("other", email=ASKS["contact_email"])
    employer = Employer.objects.create(name="Pont Data", slug="pont-data", **ASKS)
    first_blind(monkeypatch, invitations, "has_account", False)
    assert invitations.invite_contact(employer=employer, by=manager) is None
    assert not employer.contacts.exists()


def test_what_never_works_is_not_tried_for_ever(monkeypatch):
    employers.request_to_join(name="Pont Data", **ASKS)
    monkeypatch.setattr(employers, "free_slug", lambda name: "pont-data")
    with pytest.raises(IntegrityError):
        employers.request_to_join(name="Pont Data", **ASKS)
