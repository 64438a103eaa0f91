"""Modules and steps that an author threw away: they stay, with what learners did, until they are brought back."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from wagtail.models import Page


class TrashedPage(models.Model):
    """A page that no list of its course shows. Whatever stands below it is in the trash with it."""

    page = models.OneToOneField(Page, models.CASCADE, related_name="in_trash")
    was_live = models.BooleanField()  # whether bringing it back publishes it
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "pk"]

    def __str__(self) -> str:
        return str(self.page_id)
