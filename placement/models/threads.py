"""What the two sides of a referral write to each other."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from lms.lib.append_only import AppendOnly
from placement.enums import ActorKind
from placement.models.referrals import Referral, ReferralEvent


class ThreadMessage(AppendOnly):
    """One message of the thread of a referral, written once. Words that came with a step name its ``event``."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="thread")
    event = models.OneToOneField(ReferralEvent, models.CASCADE, null=True, blank=True, related_name="words")
    at = models.DateTimeField(default=timezone.now)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.CharField(max_length=12)  # learner, employer, manager
    text = models.TextField()
    for_learner = models.BooleanField(default=True)  # False: words of a no that the employer keeps from them
    key = models.CharField(max_length=64)  # of the form and its text: the same form sent twice is one message

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["referral", "by", "key"], name="thread_message_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["referral", "at"], name="thread_in_order")]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.by}"

    @property
    def by_words(self) -> str:
        return str(ActorKind(self.by).label)
