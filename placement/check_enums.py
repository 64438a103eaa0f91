"""What the programme checks of an employer, and what it found."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CheckKind(models.TextChoices):
    REGISTER = "register", _("number found in the official register of companies")
    CALL = "call", _("telephone call, to a number found elsewhere than in its request")
    EMAIL = "email", _("answer from an e-mail address at its own domain")
    VISIT = "visit", _("visit to its premises")
    REFERENCE = "reference", _("talk with somebody who works or worked there")
    CONTRACT = "contract", _("contract or pay slip read")
    FAIRWORK = "fairwork", _("self-assessment on the five Fairwork principles read")
    EARLIER = "earlier", _("check whose steps were not written down")


class CheckResult(models.TextChoices):
    GOOD = "good", pgettext_lazy("check", "in order")
    WRONG = "wrong", pgettext_lazy("check", "something is wrong")
    UNCLEAR = "unclear", pgettext_lazy("check", "could not be found out")


WRITTEN_DOWN = [kind for kind in CheckKind if kind != CheckKind.EARLIER]
"""What a manager may write down; the other is of checks older than this log."""
