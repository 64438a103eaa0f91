"""What those who teach a learner write down about them for each other."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.lib.append_only import AppendOnly


class LearnerNote(models.Model):
    """Read by whoever may see the account of the learner; by the learner in the copy of their data. What it said
    before a correction: ``NoteWording``.
    """

    learner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notes_about")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    key = models.UUIDField()  # one per form shown
    text = models.TextField()
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
        return f"{self.learner_id} {self.pk}"


class NoteWording(AppendOnly):
    """What a note said before it was corrected."""

    note = models.ForeignKey(LearnerNote, models.CASCADE, related_name="before")
    text = models.TextField()
    at = models.DateTimeField()  # since when it said so

    class Meta:
        verbose_name = _("former words of a note")
        verbose_name_plural = _("former words of notes")
        ordering: ClassVar[list[str]] = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.note_id} {self.pk}"
