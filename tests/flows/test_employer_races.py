"""People of one employer who change who answers for it, in the same second."""

import pytest

from lms.accounts.enums import Role
from placement.models import EmployerContact, Invitation
from placement.services import colleagues
from placement.services.transitions import TransitionError
from tests.factories.people import make_user
from tests.factories.placement import make_employer
from tests.flows.test_races import errors, slowly, together

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "lea@example.org"


@pytest.fixture
def owners():
    employer = make_employer()
    user = make_user("paul", Role.EMPLOYER, email="paul@example.org")
    return [employer.contacts.get(), EmployerContact.objects.create(employer=employer, user=user, is_owner=True)]


def test_two_owners_leave_at_once(owners, monkeypatch):
    """One stays, whoever comes first; one who becomes a member at that moment is no owner to rely on."""
    first, second = owners
    slowly(monkeypatch, "placement.services.colleagues.check_another_owner", seconds=0.1)
    results = together(
        lambda: colleagues.remove(contact=first, by=first.user),
        lambda: colleagues.set_owner(contact=second, is_owner=False, by=second.user),
    )
    assert [isinstance(error, TransitionError) for error in errors(results)] == [True]
    assert EmployerContact.objects.filter(is_owner=True).count() == 1


def test_one_invitation_is_accepted_and_withdrawn_at_once(owners, monkeypatch):
    owner = owners[0]
    invitation = colleagues.invite(employer=owner.employer, address=ADDRESS, by=owner.user)
    secret = colleagues.secret_of(invitation)
    slowly(monkeypatch, "placement.services.colleagues.end", seconds=0.1)

    def accept():
        return colleagues.accept_new(secret=secret, full_name="Léa Sow", password="tilleul-bateau-29", language="fr")

    results = together(accept, accept, lambda: colleagues.withdraw(invitation=invitation, by=owner.user))
    assert [isinstance(error, TransitionError) for error in errors(results)] == [True, True]
    assert Invitation.objects.filter(ended_at=None).count() == 0
    withdrawn = None in results
    assert EmployerContact.objects.filter(user__email=ADDRESS).count() == (0 if withdrawn else 1)


def test_an_address_is_invited_twice_at_once(owners, monkeypatch):
    slowly(monkeypatch, "placement.services.colleagues.check_owner", seconds=0.1)
    employer = owners[0].employer
    works = [lambda by=row.user: colleagues.invite(employer=employer, address=ADDRESS, by=by) for row in owners]
    results = together(*works)
    assert [isinstance(error, TransitionError) for error in errors(results)] == [True]  # sent within the hour
    assert Invitation.objects.count() == 1


def test_somebody_with_an_account_accepts_while_it_is_sent_again(owners, monkeypatch):
    """One of the two is too late: the link is a new one, or the invitation is used."""
    user = make_user("lea", Role.EMPLOYER, email=ADDRESS)
    owner = owners[0]
    invitation = colleagues.invite(employer=owner.employer, address=ADDRESS, by=owner.user)
    Invitation.objects.update(sent_at=invitation.sent_at - 2 * colleagues.PAUSE)
    secret = colleagues.secret_of(Invitation.objects.get())
    slowly(monkeypatch, "placement.services.colleagues.find", seconds=0.1)
    results = together(
        lambda: colleagues.accept(secret=secret, user=user),
        lambda: colleagues.send_again(invitation=invitation, by=owner.user),
    )
    assert [isinstance(error, TransitionError) for error in errors(results)] == [True]
    assert EmployerContact.objects.filter(user=user).count() == Invitation.objects.exclude(ended_at=None).count()
