"""What those who teach a learner write down about them for each other."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.enums import CallOutcome
from lms.lib.append_only import AppendOnly
from lms.lib.moments import site_day


class NoteText(models.Model):
    """What a note says: words, what came of a call, or both."""

    text = models.TextField()  # may be empty after a call
    call = models.CharField(max_length=12, choices=CallOutcome.choices, blank=True, default="", db_default="")
    call_back_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def words(self) -> str:
        """All of it, in the language of the reader."""
        if not self.call:
            return self.text
        if self.call_back_on is not None:
            call = gettext("Call: to call back on %(day)s.") % {"day": date_format(self.call_back_on, "j F Y")}
        else:
            call = gettext("Call: %(outcome)s.") % {"outcome": CallOutcome(self.call).label}
        return f"{call} {self.text}".strip()


class LearnerNote(NoteText):
    """Read by whoever may see the account of the learner; by the learner in the copy of their data. What it said
    before a correction: ``NoteWording``.
    """

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notes_about")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    key = models.UUIDField()  # one per form shown
    written_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("note about a learner")
        verbose_name_plural = _("notes about learners")
        ordering: ClassVar[list[str]] = ["-written_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["learner", "author", "key"], name="note_once_for_a_form")
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["learner", "-written_at", "-id"], name="note_of_learner"),
            models.Index(fields=["written_at"], name="learner_note_old"),
            models.Index(fields=["withdrawn_at"], name="learner_note_withdrawn"),
        ]

    def __str__(self) -> str:
        return f"{site_day(self.written_at)}"


class NoteWording(AppendOnly, NoteText):
    """What a note said before it was corrected."""

    note = models.ForeignKey(LearnerNote, models.CASCADE, related_name="before")
    at = models.DateTimeField()  # since when it said so

    class Meta:
        verbose_name = _("former words of a note")
        verbose_name_plural = _("former words of notes")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.note_id} {site_day(self.at)}"
