"""The secrets of one-click links. Made from the server's key, so that a reminder can repeat them and no row holds them.

Each contact has a link of their own, which ends when they are no longer the employer's contact or their account is
closed. The link to a referral is renewed with each e-mail, and each lasts for ``LIFETIME``; one that does not say when
it was made is of an earlier version and lasts from the sending of the referral. Links sent before that (43 characters,
the same for all contacts; the row keeps their hash) work for as long as the employer has a contact.
"""

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from placement.enums import ANSWERABLE, ReferralState, Vetting
from placement.models import EmployerContact, Outcome, Referral

LIFETIME = timedelta(days=60)
OF_A_CONTACT = re.compile(r"(?P<row>[0-9]{1,15})-(?P<contact>[0-9]{1,15})-(?:(?P<at>[0-9]{9,11})-)?[\w-]{43}", re.ASCII)


def reply_secret(referral: Referral) -> str:
    """43 URL-safe characters. Another sending of the same referral has another secret."""
    if referral.forwarded_at is None:
        raise ValueError("not sent yet")
    value = f"{referral.pk}:{referral.forwarded_at.timestamp():.6f}"
    return signed("placement.reply", value)


def outcome_secret(outcome: Outcome) -> str:
    """As ``reply_secret``, for the question whether they still work there."""
    if outcome.asked_at is None:
        raise ValueError("not asked yet")
    return signed("placement.outcome", f"{outcome.pk}:{outcome.asked_at.timestamp():.6f}")


def signed(salt: str, value: str) -> str:
    digest = salted_hmac(salt, value, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def of_contact(row: Referral | Outcome, contact: EmployerContact, *, at: datetime | None = None) -> str:
    """The secret of one contact for one question; ``at``: when it was made, in whole seconds."""
    shared = reply_secret(row) if isinstance(row, Referral) else outcome_secret(row)
    moment = [str(int(at.timestamp()))] if at else []
    code = signed("placement.contact", ":".join([shared, str(contact.pk), *moment]))
    return "-".join([str(row.pk), str(contact.pk), *moment, code])


def reply_path(referral: Referral, contact: EmployerContact, *, at: datetime | None = None) -> str:
    return reverse("reply:answer", args=[of_contact(referral, contact, at=at)])


def outcome_path(outcome: Outcome, contact: EmployerContact) -> str:
    return reverse("reply:outcome", args=[of_contact(outcome, contact)])


def living_contacts(referral: Referral) -> QuerySet[EmployerContact]:
    contacts: QuerySet[EmployerContact] = referral.opportunity.employer.contacts.select_related("user")
    return contacts.filter(user__is_active=True)


def contact_of(secret: str, referral: Referral) -> EmployerContact | None:
    """Whose link this is; for a link from before each had their own, the first contact."""
    match, contacts = OF_A_CONTACT.fullmatch(secret), living_contacts(referral)
    return contacts.filter(pk=match["contact"]).first() if match else contacts.first()


def find_referral(secret: str) -> Referral | None:
    """The referral that this link answers; None when the link is wrong or too old, when the learner withdrew or closed
    their account, or when its contact left.
    """
    rows = (
        Referral.objects.with_page_data()
        .filter(
            state__in=ANSWERABLE,
            profile__user__is_active=True,
            opportunity__employer__vetting=Vetting.VETTED,
            consent__isnull=False,
            consent__withdrawn_at=None,
        )
        .exclude(reply_hash="")
    )
    if match := OF_A_CONTACT.fullmatch(secret):
        found: Referral | None = rows.filter(pk=match["row"]).first()
    else:
        found = rows.filter(reply_hash=hash_of(secret)).first()
    if found is None or found.forwarded_at is None or not opens(secret, found, found):
        return None
    return found if (made_at(secret) or found.forwarded_at) > timezone.now() - LIFETIME else None


def find_ended(secret: str) -> Referral | None:
    """The referral of a link that is genuine and closed because they withdrew or have no account any more."""
    match = OF_A_CONTACT.fullmatch(secret)
    if match is None:
        return None
    ended = Q(consent__withdrawn_at__isnull=False) | Q(profile__user__is_active=False)
    rows = Referral.objects.with_page_data().filter(
        ended, forwarded_at__isnull=False, opportunity__employer__vetting=Vetting.VETTED
    )
    referral: Referral | None = rows.filter(pk=match["row"]).first()
    if referral is not None and opens(secret, referral, referral):
        return referral
    outcome = Outcome.objects.filter(pk=match["row"], asked_at__isnull=False).first()
    referral = rows.filter(pk=outcome.referral_id).first() if outcome else None
    return referral if outcome and referral is not None and opens(secret, outcome, referral) else None


def made_at(secret: str) -> datetime | None:
    """When this link was made; None for one that does not say."""
    match = OF_A_CONTACT.fullmatch(secret)
    return datetime.fromtimestamp(int(match["at"]), UTC) if match and match["at"] else None


def find_outcome(secret: str) -> Outcome | None:
    """The question that this link answers; None as for ``find_referral``."""
    rows = (
        Outcome.objects.select_related(
            "referral__opportunity__employer", "referral__profile__user", "referral__consent"
        )
        .filter(
            asked_at__gt=timezone.now() - LIFETIME,
            referral__state=ReferralState.STARTED,
            referral__profile__user__is_active=True,
            referral__opportunity__employer__vetting=Vetting.VETTED,
            referral__consent__isnull=False,
            referral__consent__withdrawn_at=None,
        )
        .exclude(reply_hash="")
    )
    if match := OF_A_CONTACT.fullmatch(secret):
        found = rows.filter(pk=match["row"]).first()
    else:
        found = rows.filter(reply_hash=hash_of(secret)).first()
    return found if found is not None and opens(secret, found, found.referral) else None


def opens(secret: str, row: Referral | Outcome, referral: Referral) -> bool:
    """Whether somebody who is a contact today has this link."""
    contact = contact_of(secret, referral)
    if contact is None:
        return False
    if OF_A_CONTACT.fullmatch(secret) is None:
        return True
    return constant_time_compare(secret, of_contact(row, contact, at=made_at(secret)))
