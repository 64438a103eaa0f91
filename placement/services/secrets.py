"""The secrets of one-click links. Made from the server's key, so that a reminder can repeat them and no row holds them;
the referral, or the outcome asked for, keeps only the hash.
"""

import base64
import hashlib
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from placement.enums import ANSWERABLE, ReferralState, Vetting
from placement.models import Outcome, Referral

LIFETIME = timedelta(days=60)


def reply_secret(referral: Referral) -> str:
    """43 URL-safe signs. Another sending of the same referral has another secret."""
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


def reply_path(referral: Referral) -> str:
    return reverse("reply:answer", args=[reply_secret(referral)])


def outcome_path(outcome: Outcome) -> str:
    return reverse("reply:outcome", args=[outcome_secret(outcome)])


def find_referral(secret: str) -> Referral | None:
    """The referral that this link answers; None when the link is wrong, too old, or they withdrew."""
    found: Referral | None = (
        Referral.objects.with_page_data()
        .filter(
            reply_hash=hash_of(secret),
            forwarded_at__gt=timezone.now() - LIFETIME,
            state__in=ANSWERABLE,
            opportunity__employer__vetting=Vetting.VETTED,
            consent__isnull=False,
            consent__withdrawn_at=None,
        )
        .first()
    )
    return found


def find_outcome(secret: str) -> Outcome | None:
    """The question that this link answers; None when the link is wrong, too old, or they withdrew."""
    return (
        Outcome.objects.select_related(
            "referral__opportunity__employer", "referral__profile__user", "referral__consent"
        )
        .filter(
            reply_hash=hash_of(secret),
            asked_at__gt=timezone.now() - LIFETIME,
            referral__state=ReferralState.STARTED,
            referral__opportunity__employer__vetting=Vetting.VETTED,
            referral__consent__isnull=False,
            referral__consent__withdrawn_at=None,
        )
        .first()
    )
