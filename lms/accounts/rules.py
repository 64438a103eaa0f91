"""What may be written about people, whoever writes it. Each raises ValidationError that names the field."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lms.accounts.identity import has_address, has_username
from lms.accounts.models import User


def check_username(username: str, *, own: int | None = None) -> None:
    """Nobody else than ``own`` has it, in whatever case and accents."""
    if User.objects.exclude(pk=own).filter(has_username(username)).exists():
        raise ValidationError({"username": ValidationError(_("Somebody already has this user name."), "unique")})


def check_email(email: str, *, own: int | None = None) -> None:
    """In whatever case. The database refuses it too, but cannot say at which field."""
    if User.objects.exclude(pk=own).filter(has_address(email)).exists():
        raise ValidationError({"email": ValidationError(_("Somebody already has this e-mail address."), "unique")})


def check_bundle(*, price: int | None, megabytes: int | None) -> None:
    """What a bundle of mobile data costs and holds: both, or neither. Raises ValidationError beside what is missing."""
    if (price is None) != (megabytes is None):
        missing = "bundle_price" if price is None else "bundle_megabytes"
        raise ValidationError({missing: _("Write both numbers, or leave both empty.")})
