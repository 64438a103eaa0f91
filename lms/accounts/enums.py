from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person does here. One role an account: whoever both trains and learns has two."""

    LEARNER = "learner", _("learner")
    TRAINER = "trainer", _("trainer")
    EMPLOYER = "employer", _("employer contact")
    MANAGER = "manager", _("programme manager")


STAFF_ROLES = frozenset({Role.TRAINER, Role.MANAGER})


class Channel(models.TextChoices):
    APP = "app", _("on the site")
    EMAIL = "email", _("e-mail")
    SMS = "sms", _("SMS")


class DataSaver(models.TextChoices):
    """When pictures of lessons are loaded."""

    AS_BROWSER = "", _("As my phone is set")
    ON = "on", _("Only the pictures that I tap")
    OFF = "off", _("All pictures, at once")


class RowOutcome(models.TextChoices):
    """What became of one row of an imported table."""

    CREATED = "created", _("created")
    KNOWN = "known", _("already has an account")
    REFUSED = "refused", _("refused")


class BehalfAct(models.TextChoices):
    """What a programme manager does with a learner's data when the learner asks for it."""

    EXPORT = "export", _("make a copy of all their data")
    HIDE = "hide", _("hide them from employers")
    WITHDRAW = "withdraw", _("take back every yes to employers")
    ERASE = "erase", _("erase their account for good")


class MergeOutcome(models.TextChoices):
    """What a merge of two accounts did with a row."""

    MOVED = "moved", _("moved to the account that stays")
    CHANGED = "changed", _("changed")
    APART = "apart", _("left with the closed account")


class UndoOutcome(models.TextChoices):
    """What undoing the merge did with it."""

    BACK = "back", _("as it was before")
    CHANGED = "changed", _("left as it is: it has changed since")
    GONE = "gone", _("no longer there")
    TAKEN = "taken", _("left as it is: its place is taken")
