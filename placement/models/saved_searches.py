"""What employers search again and again, and who was there the last time."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from placement.enums import SearchAlert
from placement.models.employers import EmployerContact


class SavedSearch(models.Model):
    """The filters of one search, as its address has them, and the alert that a contact wants about new people.

    ``known`` and ``fresh`` are bitmaps of profiles: all who fitted at the last look, and those who were new when
    somebody new was last found.
    """

    contact = models.ForeignKey(EmployerContact, models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=2000)
    alert = models.CharField(
        _("tell me of new people"), max_length=8, choices=SearchAlert.choices, default=SearchAlert.WEEKLY
    )
    known = models.BinaryField(default=b"")
    fresh = models.BinaryField(default=b"")
    fresh_at = models.DateTimeField(null=True, editable=False)
    due_at = models.DateTimeField(null=True, editable=False)  # of the next look; None: no alert is wanted
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["contact", "query"], name="search_saved_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="saved_search_due"),
        ]

    def __str__(self) -> str:
        return self.name
