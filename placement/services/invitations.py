"""Access for people of an employer: an account without a password, and an e-mail that leads to choosing one."""

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from lms.accounts import usernames
from lms.accounts.enums import Channel, Role
from lms.accounts.identity import has_address
from lms.accounts.messages import queue_message
from lms.accounts.models import User
from lms.accounts.recipient import in_language_of
from lms.accounts.services import set_role
from lms.lib.conflicts import retry_on_conflict
from placement.models import Employer, EmployerContact


def invite_contact(*, employer: Employer, by: User) -> EmployerContact | None:
    """The employer's first contact; None when it has one, named no address, or the address has an account already."""
    if not employer.contact_email or employer.contacts.exists():
        return None
    return invite(employer=employer, name=employer.contact_name, address=employer.contact_email, by=by)


@transaction.atomic
def invite(
    *, employer: Employer, name: str, address: str, by: User, language: str = settings.LANGUAGE_CODE
) -> EmployerContact | None:
    """Somebody who answers for the employer from now on; None when the address has an account already."""
    user = new_account(employer, by, full_name=name, email=address, language=language)
    if user is None:
        return None
    set_role(user=user, role=Role.EMPLOYER, by=by)
    is_owner = not employer.contacts.filter(is_owner=True).exists()
    contact = EmployerContact.objects.create(employer=employer, user=user, is_owner=is_owner)
    with in_language_of(user):
        body = _(
            "%(employer)s is checked: you can search, publish opportunities and answer candidates. Your user name is "
            "%(username)s. Choose your password on this page, with this e-mail address."
        ) % {"employer": employer.name, "username": user.username}
        queue_message(
            key=f"employer:{employer.pk}:invited:{user.pk}", user=user, channel=Channel.EMAIL, kind="employer-invited",
            subject=_("Your access as an employer"), body=body, link=reverse("account_reset_password"),
        )  # fmt: skip
    return contact


def has_account(address: str) -> bool:
    return User.objects.filter(has_address(address)).exists()


def new_account(employer: Employer, by: User | None, **fields: str) -> User | None:
    """None when the address has an account. A user name that somebody takes meanwhile is chosen again."""
    base = slugify(fields["email"].partition("@")[0].replace(".", "-"))[:40] or "contact"

    def write() -> User | None:
        if has_account(fields["email"]):
            return None
        return User.objects.create(
            username=usernames.numbered([base])[0], country=employer.country, password=make_password(None),
            created_by=by, **fields,
        )  # fmt: skip

    return retry_on_conflict(write)
