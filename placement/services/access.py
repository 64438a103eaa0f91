"""Access for the person who asked to join: an account without a password, and a mail that leads to choosing one."""

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from lms.accounts import usernames
from lms.accounts.enums import Channel, Role
from lms.accounts.messages import queue_message
from lms.accounts.models import User
from lms.accounts.services import set_role
from placement.models import Employer, EmployerContact


@transaction.atomic
def invite_contact(*, employer: Employer, by: User) -> EmployerContact | None:
    """The employer's first contact; None when it has one, named no address, or the address has an account already."""
    if not employer.contact_email or employer.contacts.exists():
        return None
    user = new_account(employer, by)
    if user is None:
        return None
    set_role(user=user, role=Role.EMPLOYER, by=by)
    contact = EmployerContact.objects.create(employer=employer, user=user)
    with translation.override(user.language):
        body = _(
            "%(employer)s is checked: you can search, publish openings and answer candidates. Your user name is "
            "%(username)s. Choose your password on this page, with this e-mail address."
        ) % {"employer": employer.name, "username": user.username}
        queue_message(
            key=f"employer:{employer.pk}:invited", user=user, channel=Channel.EMAIL, kind="employer-invited",
            subject=_("Your access as an employer"), body=body, link=reverse("account_reset_password"),
        )  # fmt: skip
    return contact


def has_account(address: str) -> bool:
    return User.objects.filter(email__iexact=address).exists()


def new_account(employer: Employer, by: User, tries: int = 5) -> User | None:
    """None when the address has an account. A user name that somebody takes meanwhile is chosen again."""
    address = employer.contact_email
    if has_account(address):
        return None
    base = slugify(address.partition("@")[0].replace(".", "-"))[:40] or "contact"
    try:
        with transaction.atomic():
            return User.objects.create(
                username=usernames.numbered([base])[0], full_name=employer.contact_name, email=address,
                country=employer.country, password=make_password(None), created_by=by,
            )  # fmt: skip
    except IntegrityError:
        if tries <= 1:
            raise
    return new_account(employer, by, tries - 1)
