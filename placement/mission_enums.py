from django.db import models
from django.utils.translation import gettext_lazy as _

from placement.enums import ReferralState as S


class TimeWindow(models.TextChoices):
    """When the hours of a line are worked, in the time of the country where the people live."""

    FREE = "free", _("when the person likes")
    DAY = "day", _("in the day, on weekdays")
    EVENING = "evening", _("in the evening")
    NIGHT = "night", _("at night")
    WEEKEND = "weekend", _("at the weekend")


LEFT = frozenset(
    {S.DECLINED, S.EXPIRED, S.OFFER_DECLINED, S.REFUSED, S.WITHDRAWN, S.OBSOLETE, S.AUTO_CLOSED}
)  # fmt: skip
"""A seat whose referral is in one of these is free again."""
YES = frozenset(
    {S.CONSENTED, S.FORWARDED, S.SEEN, S.QUESTION, S.INTERESTED, S.INTERVIEW, S.OFFER, S.ACCEPTED, S.STARTED}
)  # fmt: skip
"""The person said yes, and it goes on."""
