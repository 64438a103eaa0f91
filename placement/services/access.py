"""Access for the person who asked to join: an account without a password, and a mail that leads to choosing one."""

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from lms.accounts.enums import Channel, Role
from lms.accounts.messages import queue_message
from lms.accounts.models import User
from lms.accounts.services import set_role
from placement.models import Employer, EmployerContact


@transaction.atomic
def invite_contact(*, employer: Employer, by: User) -> EmployerContact | None:
    """The employer's first contact; None when it has one, named no address, or the address has an account already."""
    address = employer.contact_email
    if not address or employer.contacts.exists() or User.objects.filter(email__iexact=address).exists():
        return None
    user = User.objects.create(
        username=free_username(address), full_name=employer.contact_name, email=address, country=employer.country,
        password=make_password(None), created_by=by,
    )  # fmt: skip
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


def free_username(address: str) -> str:
    base = slugify(address.partition("@")[0].replace(".", "-"))[:40] or "contact"
    name, number = base, 2
    while User.objects.filter(username=name).exists():
        name, number = f"{base}-{number}", number + 1
    return name
