"""States, outcomes and entries of a case about an employer."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CaseState(models.TextChoices):
    OPEN = "open", pgettext_lazy("case", "open")
    WAITING = "waiting", pgettext_lazy("case", "waiting for somebody’s answer")
    CLOSED = "closed", pgettext_lazy("case", "closed")


class CaseOutcome(models.TextChoices):
    NOTHING = "nothing", _("nothing wrong was found")
    SETTLED = "settled", _("the employer has put it right")
    WARNED = "warned", _("the employer was warned")
    SUSPENDED = "suspended", _("the employer is suspended")
    UNKNOWN = "unknown", _("we could not find out")


class EntryKind(models.TextChoices):
    REPORT = "report", _("report")
    REPLY = "reply", _("reply to the person who reported")
    NOTE = "note", _("note of the team")
    STATE = "state", _("change of state")
    SUSPENDED = "suspended", _("employer suspended")
    LIFTED = "lifted", _("suspension lifted")
    TO_CALL = "to-call", _("person at work there, to be called")
    CALLED = "called", _("person at work there, called")
