"""Whose certificates are whose."""

from typing import Any

from django.db.models import Model, QuerySet

from certificates.models import Certificate
from cms.rows import Action
from lms.accounts.visibility import visible_to


def certificates_of(user: Any, action: Action, model: type[Model] = Certificate) -> QuerySet[Certificate]:
    """All for programme managers; those of their own learners for a trainer."""
    return Certificate.objects.all() if user.is_manager else Certificate.objects.filter(user__in=visible_to(user))


def keep_all(rows: QuerySet[Any]) -> QuerySet[Any]:
    """A register is never shortened: certificates are withdrawn."""
    return rows
