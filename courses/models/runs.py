"""Bulk work on groups: a message to some of their learners."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.records import Cohort
from lms.lib.runs import Run


class MessageRun(Run):
    """What a trainer writes to learners of a group. Checking counts; nothing leaves before the last word."""

    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="message_runs", editable=False)
    people = models.JSONField(default=list, editable=False)  # keys of the learners, in their order
    texts = models.JSONField(default=dict, editable=False)  # language -> text
    by_email = models.BooleanField(default=False, editable=False)
    by_sms = models.BooleanField(default=False, editable=False)
    counts = models.JSONField(default=dict, editable=False)  # as ``group_messages.Counts``

    class Meta(Run.Meta):
        verbose_name = _("message to learners")
        verbose_name_plural = _("messages to learners")
