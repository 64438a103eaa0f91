"""Whose data a trainer may see: the learners they created, and those that apps above entrust to them (cohorts).

An app above adds a rule in its ``AppConfig.ready``:
``register(lambda user: Q(cohort_memberships__cohort__trainers=user))``.
"""

from collections.abc import Callable

from django.db.models import Q, QuerySet

from lms.accounts.enums import Role
from lms.accounts.models import User

Rule = Callable[[User], Q]
RULES: list[Rule] = []


def register(rule: Rule) -> Rule:
    """Let trainers see also the learners that ``rule(trainer)`` matches. Usable as a decorator."""
    if rule not in RULES:
        RULES.append(rule)
    return rule


def visible_to(user: User) -> "QuerySet[User]":
    """The learners whose account this person may see and help. Nobody but the team sees any."""
    learners = User.objects.filter(role=Role.LEARNER, is_superuser=False, merged_into=None)
    if not user.is_active or not user.is_team:
        return learners.none()
    if user.is_manager:
        return learners
    mine = Q(created_by=user)
    for rule in RULES:
        mine |= Q(pk__in=User.objects.filter(rule(user)).values("pk"))
    return learners.filter(mine)
