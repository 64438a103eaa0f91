from django.db import models
from django.utils.translation import gettext_lazy as _


class EmailFrequency(models.TextChoices):
    """How often news about referrals may arrive by e-mail and SMS."""

    DAILY = "daily", _("one e-mail a day, with all the news")
    EACH = "at-once", _("each piece of news straight away")
