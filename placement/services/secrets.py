"""The secret of a one-click reply. Made from the server's key, so that a reminder can repeat it and no row holds it;
the referral keeps only its hash.
"""

import base64
import hashlib
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from placement.enums import ANSWERABLE, Vetting
from placement.models import Referral

LIFETIME = timedelta(days=60)


def reply_secret(referral: Referral) -> str:
    """43 URL-safe signs. Another sending of the same referral has another secret."""
    if referral.forwarded_at is None:
        raise ValueError("not sent yet")
    value = f"{referral.pk}:{referral.forwarded_at.timestamp():.6f}"
    digest = salted_hmac("placement.reply", value, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def reply_path(referral: Referral) -> str:
    return reverse("reply:answer", args=[reply_secret(referral)])


def find(secret: str) -> Referral | None:
    """The referral that this link answers; None when the link is wrong, too old, or she withdrew."""
    found: Referral | None = (
        Referral.objects.told()
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
